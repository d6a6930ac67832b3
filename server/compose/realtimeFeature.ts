import { text as readText } from 'node:stream/consumers';
import { isEnabled } from '../config/values/features.ts';
import { redactSecrets } from '../config/redact.ts';
import { type RealtimeThread, realtimeHandlers } from '../handlers/thread/realtime.ts';
import type { ThreadSettings } from '../items/threadSettings.ts';
import { JsonValue } from '../protocol/wire/jsonValue.ts';
import { callIdOf, callOffer, sessionOf } from '../realtime/callOffer.ts';
import { webSockets } from '../realtime/openSocket.ts';
import { callsUrl, realtimeSettings, type RealtimeSettings, socketUrl } from '../realtime/realtimeSettings.ts';
import { planSession, RealtimeError, type RealtimeListener, type SessionPlan, ThreadRealtime } from '../realtime/threadRealtime.ts';
import { configScopeOf } from '../thread/freezeSettings.ts';
import type { Thread } from '../thread/thread.ts';
import type { Threads } from '../thread/threads.ts';
import type { Feature } from './feature.ts';
import type { Ground } from './ground.ts';
import type { ModelServices } from './modelServices.ts';
import { l10n } from '../words/l10n.ts';

const OFFER_TIMEOUT_MS = 30_000;

/** Conversations by voice or text with a realtime service, beside the turns of a thread. */
export function realtimeFeature(
	{ configs, subscriptions, log }: Ground,
	{ threads, models }: { readonly threads: Threads; readonly models: ModelServices },
): Feature {
	/** Those of loaded threads that had one; each goes with its thread's scope. */
	const open = new Map<string, ThreadRealtime>();
	const scopes = new Map<string, (end: () => void) => void>();

	const listenerOf = (threadId: string): RealtimeListener => {
		const tell = subscriptions.tell.bind(subscriptions, threadId);
		return {
			started: ({ sessionId, version }) => tell({ method: 'thread/realtime/started', params: { threadId, realtimeSessionId: sessionId, version } }),
			itemAdded: (item) => tell({ method: 'thread/realtime/itemAdded', params: { threadId, item: JsonValue.parse(item) } }),
			transcriptDelta: (role, delta) => tell({ method: 'thread/realtime/transcript/delta', params: { threadId, role, delta } }),
			transcriptDone: (role, text) => tell({ method: 'thread/realtime/transcript/done', params: { threadId, role, text } }),
			audio: (chunk) => tell({ method: 'thread/realtime/outputAudio/delta', params: { threadId, audio: { ...chunk } } }),
			error: (message) => tell({ method: 'thread/realtime/error', params: { threadId, message } }),
			closed: (reason) => tell({ method: 'thread/realtime/closed', params: { threadId, reason } }),
		};
	};
	const realtimeOf = (thread: Thread): ThreadRealtime => {
		const known = open.get(thread.id);
		if (known !== undefined) return known;
		const made = new ThreadRealtime({
			threadId: thread.id,
			listener: listenerOf(thread.id),
			startWork: async (text) => {
				const options = { overrides: {}, outputSchema: null, environment: null, clientId: null };
				const { turnId, begin } = await thread.messages.start([{ type: 'text', text, textElements: [] }], options);
				begin();
				return turnId;
			},
		});
		open.set(thread.id, made);
		scopes.get(thread.id)?.(() => {
			open.delete(thread.id);
			made.stop();
		});
		return made;
	};
	const settingsOf = (settings: ThreadSettings): RealtimeSettings => {
		const { config, table } = configs.snapshot(configScopeOf(settings));
		if (!isEnabled(config, 'realtime_conversation'))
			throw new RealtimeError(l10n`realtime conversations are switched off (features.realtime_conversation)`);
		try {
			return realtimeSettings(table);
		} catch (error) {
			throw new RealtimeError(error instanceof Error ? error.message : String(error), { cause: error });
		}
	};

	function start(thread: Thread, request: Parameters<RealtimeThread['start']>[0], transport: Parameters<RealtimeThread['start']>[1]): void {
		const settings = settingsOf(thread.settings);
		const listener = listenerOf(thread.id);
		const { baseUrl } = settings;
		let plan: SessionPlan;
		try {
			if (baseUrl === null) throw new RealtimeError(l10n`no realtime service is configured (experimental_realtime_ws_base_url)`);
			plan = planSession(request, settings, thread.id);
		} catch (error) {
			if (!(error instanceof RealtimeError)) throw error;
			// As every other failure of a start: it is told.
			queueMicrotask(() => listener.error(error.message));
			return;
		}
		const { protocol, setup, sessionId, version } = plan;
		const access = models.access(thread.settings);
		const headersFor = (url: URL, more: Readonly<Record<string, string>>) =>
			access.headers({ originator: thread.originator, 'x-session-id': sessionId, ...more }, { url, threadId: thread.id });

		const call = async (sdp: string, signal: AbortSignal): Promise<string> => {
			const { contentType, body } = callOffer(sdp, sessionOf(protocol.sessionUpdate(setup)));
			const url = callsUrl(settings.callBaseUrl ?? baseUrl);
			const { headers, secrets } = await headersFor(url, { 'content-type': contentType });
			const send = {
				method: 'POST',
				url,
				headers,
				body,
				providerName: 'The realtime service',
				secrets,
				idleTimeoutMs: OFFER_TIMEOUT_MS,
			} as const;
			const response = await access.transport.send(send, AbortSignal.any([signal, AbortSignal.timeout(OFFER_TIMEOUT_MS)]));
			const answer = await readText(response);
			const callId = callIdOf(response.headers.location);
			if (response.statusCode === undefined || response.statusCode >= 300)
				throw new Error(`The realtime service refused the offer (${response.statusCode}).`);
			if (callId === null) throw new Error('The realtime service answered the offer without naming the call.');
			listener.started({ sessionId, version });
			subscriptions.tell(thread.id, { method: 'thread/realtime/sdp', params: { threadId: thread.id, sdp: answer } });
			return callId;
		};
		const openSocket = webSockets(async (signal) => {
			const query = transport.type === 'webrtc' ? { call_id: await call(transport.sdp, signal) } : protocol.query(settings.model);
			const url = socketUrl(baseUrl, query);
			const { headers, secrets } = await headersFor(url, {});
			return { url, headers, agent: access.transport.agentFor(url), redact: (text) => redactSecrets(text, secrets) };
		});
		realtimeOf(thread).start(plan, openSocket, { isSetUp: transport.type === 'webrtc' });
		log.debug('a realtime session begins', { thread: thread.id, version });
	}

	return {
		name: 'realtime',
		handlers: realtimeHandlers({
			threads,
			of: (threadId) => {
				const thread = threads.get(threadId);
				if (thread === null) throw new RealtimeError(l10n`thread not found: ${threadId}`);
				return {
					start: (request, transport) => start(thread, request, transport),
					stop: () => open.get(threadId)?.stop(),
					addText: (text) => realtimeOf(thread).addText(text),
					addAudio: (chunk) => realtimeOf(thread).addAudio(chunk),
				};
			},
		}),
		tools: ({ id, scope }) => {
			scopes.set(id, (end) => scope.own('realtime', end));
			scope.own('realtime scope', () => void scopes.delete(id));
			return { snapshot: () => [] };
		},
		observers: [{ phase: 'afterwards', attach: (threadId) => ({ event: (event) => open.get(threadId)?.heard(event) }) }],
	};
}
