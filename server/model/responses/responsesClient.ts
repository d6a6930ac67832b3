import { type AnswerOptions, answerEvents, openAnswer } from './answerStream.ts';
import { jsonBody } from '../http/jsonBody.ts';
import { textOf } from '../http/jsonRecord.ts';
import { type ModelClient, ModelError, type ModelEvent, type ModelRequest, type RequestIdentity, traceHeaders } from '../model.ts';
import { rateLimitsFromHeaders } from '../rateLimits.ts';
import { RefusedMedia } from '../history/refusedMedia.ts';
import { RefusedReasoning } from '../history/refusedReasoning.ts';
import { postForItems } from './compactEndpoint.ts';
import { compactBody, requestBody } from './requestBody.ts';
import { providerUrl } from './requestHeaders.ts';
import type { ResponseItem } from '../../items/responseItem.ts';
import { ResponseEventReader } from './responseEvents.ts';
import { SocketRestartError } from './responsesSocket.ts';
import { SocketSession } from './socketSession.ts';
import { l10n } from '../../words/l10n.ts';

export interface ResponsesClientOptions extends AnswerOptions {
	userAgent(originator: string): string;
	/** Whether websockets may be used with providers that have them; models that prefer them use them anyway. */
	readonly websockets: boolean;
	/** Whether a provider that makes histories shorter is asked for that by a stream. */
	compactsInStream(): boolean;
	/** Told of the version of the provider's model list, whenever an answer names it. */
	modelsEtag?(etag: string): void;
}

type TurnIdentity = RequestIdentity & Pick<ModelRequest, 'turnId' | 'clientMetadata'>;

const REASONING_LEFT_OUT = l10n`The provider cannot read what the model thought earlier in this thread (it was sealed by another provider, account or key), so that is left out. Messages and work are all there.`;

/** Not found, not allowed, not implemented. */
const NO_ENDPOINT: ReadonlySet<number> = new Set([404, 405, 501]);

/**
 * Speaks the Responses API (https://platform.openai.com/docs/api-reference/responses-streaming) for one thread, over a websocket where
 * the provider has it, else over HTTP and server-sent events.
 */
export class ResponsesClient implements ModelClient {
	readonly streamMaxRetries: number;
	readonly #options: ResponsesClientOptions;
	readonly #disposed = new AbortController();
	readonly #sockets: SocketSession;
	readonly #refusedMedia = new RefusedMedia();
	readonly #refusedReasoning = new RefusedReasoning();
	/** Sticky routing: what the first answer of a turn gave goes along with all later requests of that turn. */
	#turn: { readonly id: string; state: string | null; answeredBy: string | null } | null = null;
	/** The model turned out to have nothing that could be set of how it thinks. */
	/** Models that refused what is asked of models that reason. */
	readonly #plain = new Set<string>();
	#brokenSocket: ModelError | null = null;
	#lacksCompaction = false;

	constructor(options: ResponsesClientOptions) {
		this.#options = options;
		this.streamMaxRetries = options.provider.streamMaxRetries;
		this.#sockets = new SocketSession(options);
	}

	async warm(identity: RequestIdentity): Promise<void> {
		if (this.#usesSockets(identity)) await this.#sockets.preconnect(this.#headers({ ...identity, turnId: '', clientMetadata: null }, null), identity);
		else this.#options.transport.load(providerUrl(this.#options.provider, '/responses'));
	}

	async *stream(request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelEvent, void, void> {
		const either = AbortSignal.any([signal, this.#disposed.signal]);
		try {
			for await (const event of this.#refusedMedia.around(request, (prepared) => this.#openable(prepared, either))) {
				if (event.type === 'created' && event.model !== null) yield* this.#reroute(request, event.model);
				yield event;
			}
		} catch (error) {
			if (error instanceof ModelError) for (const snapshot of error.rateLimits) yield { type: 'rateLimits', snapshot };
			throw error;
		}
	}

	/** Samples; when the provider cannot open what was sealed in the history, samples again without. */
	async *#openable(request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelEvent, void, void> {
		for (;;) {
			let began = false;
			const asked = this.#refusedReasoning.without(this.#plain.has(request.model) ? { ...request, reasoning: null } : request);
			try {
				for await (const event of this.#sample(asked, signal)) {
					began ||= event.type === 'itemAdded' || event.type === 'itemDone';
					yield event;
				}
				return;
			} catch (error) {
				if (began) throw error;
				if (asked.reasoning !== null && refusesReasoning(error)) {
					this.#plain.add(request.model);
					continue;
				}
				if (!this.#refusedReasoning.learn(request, error)) throw error;
				yield { type: 'warning', message: REASONING_LEFT_OUT };
			}
		}
	}

	get remoteCompaction(): 'endpoint' | 'stream' | null {
		if (!this.#options.provider.compacts || this.#lacksCompaction) return null;
		return this.#options.compactsInStream() ? 'stream' : 'endpoint';
	}

	async compact(request: ModelRequest, signal: AbortSignal): Promise<readonly ResponseItem[] | null> {
		const either = AbortSignal.any([signal, this.#disposed.signal]);
		const headers = { accept: 'application/json', 'content-type': 'application/json', ...traceHeaders(request), ...this.#headers(request, null) };
		try {
			const body = jsonBody(compactBody(this.#refusedReasoning.without(request), this.#options.provider));
			return await postForItems(this.#options, { path: '/responses/compact', headers, body, answer: 'json', attested: request }, either);
		} catch (error) {
			if (this.#refusedReasoning.learn(request, error)) return this.compact(request, signal);
			// A compatible server may have all but this: then the model writes a summary.
			if (!(error instanceof ModelError) || error.httpStatusCode === null || !NO_ENDPOINT.has(error.httpStatusCode)) throw error;
			this.#lacksCompaction = true;
			return null;
		}
	}

	fallBack(): string | null {
		const cause = this.#brokenSocket;
		this.#brokenSocket = null;
		if (!cause || !this.#sockets.turnOff()) return null;
		return `Going on over HTTPS instead of a websocket. ${cause.message}`;
	}

	dispose(): void {
		this.#disposed.abort(new ModelError('The model client was closed.', { kind: 'other' }));
		this.#sockets.drop();
	}

	#usesSockets(request: Pick<ModelRequest, 'preferWebsockets'>): boolean {
		const { provider, websockets } = this.#options;
		return provider.supportsWebsockets && (websockets || request.preferWebsockets) && !this.#sockets.isOff;
	}

	async *#sample(request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelEvent, void, void> {
		if (this.#turn?.id !== request.turnId) this.#turn = { id: request.turnId, state: null, answeredBy: null };
		const body = requestBody(request, this.#options.provider);
		if (this.#usesSockets(request)) {
			// A connection can end between two requests without our fault: the second one then begins anew, with nothing lost.
			for (let restarts = 0; restarts < 3; restarts += 1) {
				const socket = await this.#sockets.acquire(this.#headers(request, this.#turn.state), request, signal);
				if (!socket) break;
				this.#turn.state ??= socket.takeTurnState();
				this.#tellEtag(socket.modelsEtag);
				for (const snapshot of socket.takeLimits()) yield { type: 'rateLimits', snapshot };
				try {
					yield* socket.respond({ ...body, client_metadata: { 'x-codex-turn-metadata': turnMetadata(request), ...traceHeaders(request) } }, signal);
					this.#brokenSocket = null;
					return;
				} catch (error) {
					if (error instanceof SocketRestartError && restarts < 2) continue;
					if (error instanceof ModelError && error.kind === 'responseStreamDisconnected') this.#brokenSocket = error;
					throw error;
				}
			}
		}
		yield* this.#overHttp(request, jsonBody(body), signal);
	}

	async *#overHttp(request: ModelRequest, body: string, signal: AbortSignal): AsyncGenerator<ModelEvent, void, void> {
		const { provider, debug } = this.#options;
		const turn = this.#turn;
		const headers = {
			accept: 'text/event-stream',
			'content-type': 'application/json',
			...traceHeaders(request),
			...this.#headers(request, turn?.state ?? null),
		};
		const answer = await openAnswer(this.#options, { path: '/responses', headers, body, attested: request }, signal);
		const { response, secrets } = answer;
		if (turn) turn.state ??= textOf(response.headers['x-codex-turn-state']);
		this.#tellEtag(textOf(response.headers['x-models-etag']));
		for (const snapshot of rateLimitsFromHeaders(response.headers)) yield { type: 'rateLimits', snapshot };
		const model = response.headers['openai-model'];
		if (typeof model === 'string') yield* this.#reroute(request, model);

		const events = new ResponseEventReader({ secrets, debug });
		yield* answerEvents(
			answer,
			{
				idleTimeoutMs: provider.streamIdleTimeoutMs,
				read: (sse) => events.read(sse),
				isLast: (event) => event.type === 'completed',
			},
			signal,
		);
	}

	/** A dated version of the model that was asked is that model. */
	*#reroute(request: ModelRequest, model: string): Generator<ModelEvent, void, void> {
		const turn = this.#turn;
		if (turn === null || turn.answeredBy === model || model.toLowerCase().startsWith(request.model.toLowerCase())) return;
		turn.answeredBy = model;
		yield { type: 'modelRerouted', asked: request.model, model };
	}

	#headers(request: TurnIdentity, turnState: string | null): Readonly<Record<string, string>> {
		return {
			originator: request.originator,
			'user-agent': this.#options.userAgent(request.originator),
			session_id: request.threadId,
			thread_id: request.threadId,
			'x-client-request-id': request.threadId,
			'x-codex-turn-metadata': turnMetadata(request),
			...(turnState === null ? {} : { 'x-codex-turn-state': turnState }),
		};
	}

	#tellEtag(etag: string | null): void {
		if (etag !== null) this.#options.modelsEtag?.(etag);
	}
}

const NO_REASONING =
	/encrypted content is not supported|reasoning[._ ](?:effort|summary)|does not support (?:thinking|reasoning)|(?:unsupported|unknown) parameter: '?reasoning/i;

function refusesReasoning(error: unknown): boolean {
	return error instanceof ModelError && error.kind === 'badRequest' && NO_REASONING.test(error.message);
}

/** What the client adds cannot take the place of what is ours. In ASCII, since it goes into a header. */
function turnMetadata({ threadId, turnId, clientMetadata }: TurnIdentity): string {
	const text = JSON.stringify({ ...clientMetadata, session_id: threadId, thread_id: threadId, turn_id: turnId });
	return text.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
