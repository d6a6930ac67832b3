import type { TurnEvent } from '../items/events.ts';
import { protocolV1 } from './protocolV1.ts';
import { protocolV2 } from './protocolV2.ts';
import type { AudioChunk, RealtimeProtocol, ServiceItem } from './realtimeEvent.ts';
import { type ClosedReason, type Handoff, type OpenSocket, RealtimeSession } from './realtimeSession.ts';
import type { RealtimeSettings } from './realtimeSettings.ts';
import { delegationText } from './transcript.ts';
import { DEFAULT_VOICE, hasVoice, type RealtimeVersion, type Voice } from './voices.ts';
import { l10n, TextError } from '../words/l10n.ts';

/** A request that cannot be served; the message is for people. */
export class RealtimeError extends TextError {}

export interface RealtimeRequest {
	readonly modality: 'text' | 'audio';
	/** Undefined: the product's own; null or empty: none. */
	readonly prompt: string | null | undefined;
	readonly voice: Voice | null;
	/** Null: the thread's id. */
	readonly sessionId: string | null;
}

/** What clients that follow the thread are told. */
export interface RealtimeListener {
	started(facts: { readonly sessionId: string; readonly version: RealtimeVersion }): void;
	itemAdded(item: ServiceItem): void;
	transcriptDelta(role: string, delta: string): void;
	transcriptDone(role: string, text: string): void;
	audio(chunk: AudioChunk): void;
	error(message: string): void;
	closed(reason: ClosedReason): void;
}

export interface ThreadRealtimeOptions {
	readonly threadId: string;
	readonly listener: RealtimeListener;
	/** Gives the agent work: a turn of its own, or a word to the one that runs. Rejects when it cannot be taken. Answers the turn's id. */
	readonly startWork: (text: string) => Promise<string>;
}

/** A session is set up. */
export interface SessionPlan {
	readonly protocol: RealtimeProtocol;
	readonly setup: { readonly instructions: string; readonly modality: 'text' | 'audio'; readonly voice: string };
	readonly sessionId: string;
	readonly version: RealtimeVersion;
}

const DEFAULT_PROMPT =
	'You speak for a coding agent. Keep answers short, as in a conversation. Give work on code or files to the background agent, and tell the person what it reports in messages that begin with [BACKEND].';
const SETUP_TIMEOUT_MS = 15_000;

/** How a request is to be set up. Throws `RealtimeError` for what the version of the service does not have. */
export function planSession(request: RealtimeRequest, settings: RealtimeSettings, threadId: string): SessionPlan {
	const { version } = settings;
	if (request.modality === 'text' && version === 'v1')
		throw new RealtimeError(l10n`Text as output needs version 2 of the realtime service ([realtime] version = "v2").`);
	if (request.voice !== null && !hasVoice(version, request.voice))
		throw new RealtimeError(l10n`The voice ${request.voice} is not one of version ${version} of the realtime service.`);
	const prompt = settings.backendPrompt ?? (request.prompt === undefined ? DEFAULT_PROMPT : (request.prompt ?? ''));
	const instructions = [prompt, settings.startupContext ?? ''].filter((text) => text.trim() !== '').join('\n\n');
	const setup = { instructions, modality: request.modality, voice: request.voice ?? DEFAULT_VOICE[version] };
	return { protocol: version === 'v1' ? protocolV1 : protocolV2, setup, sessionId: request.sessionId ?? threadId, version };
}

/** The realtime side of one thread: at most one session, beside the turns, and the work that it handed over. Ends with the thread. */
export class ThreadRealtime {
	readonly #options: ThreadRealtimeOptions;
	#session: RealtimeSession | null = null;
	/** Work of the voice model that a turn is at. */
	#work: { readonly turnId: string; readonly callId: string } | null = null;

	constructor(options: ThreadRealtimeOptions) {
		this.#options = options;
	}

	/** Ends a session that runs, and starts another one. How that goes is told to the listener. */
	start({ protocol, setup, sessionId, version }: SessionPlan, openSocket: OpenSocket, { isSetUp }: { readonly isSetUp: boolean }): void {
		this.stop();
		const { listener } = this.#options;
		const session: RealtimeSession = new RealtimeSession({
			protocol,
			setup,
			openSocket,
			setupTimeoutMs: SETUP_TIMEOUT_MS,
			isSetUp,
			observer: {
				...listener,
				started: () => listener.started({ sessionId, version }),
				handoff: (handoff) => this.#handOver(session, handoff),
				closed: (reason) => {
					if (this.#session === session) this.#session = null;
					listener.closed(reason);
				},
			},
		});
		this.#session = session;
		void session.start();
	}

	/** Nothing happens, and nothing is told, when no session runs. */
	stop(): void {
		const session = this.#session;
		this.#session = null;
		this.#work = null;
		session?.stop();
	}

	addText(text: string): void {
		this.#open().addText(text);
	}

	addAudio(chunk: AudioChunk): void {
		this.#open().addAudio(chunk);
	}

	/** What the agent says in the turn of a handoff is told to the person; its end is the answer to the voice model. */
	heard(event: TurnEvent): void {
		const work = this.#work;
		const session = this.#session;
		if (work === null || session === null) return;
		if (event.type === 'itemCompleted' && event.turnId === work.turnId && event.item.type === 'agentMessage') session.tell(event.item.text);
		if (event.type !== 'turnEnded' || event.turnId !== work.turnId) return;
		this.#work = null;
		session.answerHandoff(work.callId, event.end.status === 'completed' ? 'The work is done.' : `The work was not finished: ${event.end.status}.`);
	}

	#open(): RealtimeSession {
		const session = this.#session;
		if (session?.isOpen !== true) throw new RealtimeError(l10n`no realtime session is running in this thread`);
		return session;
	}

	#handOver(session: RealtimeSession, { callId, itemId, prompt, transcript }: Handoff): void {
		const spoken = transcript.map((part) => ({ ...part }));
		this.#options.listener.itemAdded({
			type: 'handoff_request',
			handoff_id: callId,
			item_id: itemId,
			input_transcript: prompt,
			active_transcript: spoken,
		});
		this.#options.startWork(delegationText(prompt, transcript)).then(
			(turnId) => {
				this.#work = { turnId, callId };
			},
			(error: unknown) => session.answerHandoff(callId, `The work could not begin: ${error instanceof Error ? error.message : String(error)}`),
		);
	}
}
