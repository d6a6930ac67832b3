import { type Answer, type AnswerOptions, answerEvents, openAnswer } from '../responses/answerStream.ts';
import { jsonBody } from '../http/jsonBody.ts';
import { type ModelClient, ModelError, type ModelEvent, type ModelRequest, traceHeaders } from '../model.ts';
import { RefusedMedia } from '../history/refusedMedia.ts';
import { providerUrl } from '../responses/requestHeaders.ts';
import type { SseEvent } from '../http/sse.ts';
import { mayBeSilent, usedCallIds } from './answerBuilder.ts';
import { type OfferedTools, offeredTools } from './offeredTools.ts';

export interface DialogueClientOptions extends AnswerOptions {
	userAgent(originator: string): string;
}

export interface AnswerReaderOptions {
	readonly provider: string;
	readonly secrets: readonly string[];
	readonly tools: OfferedTools;
	readonly usedCallIds: ReadonlySet<string>;
	readonly mayBeSilent: boolean;
}

/** Reads the events of one answer. Throws `ModelError`. */
export interface AnswerReader {
	read(sse: SseEvent): readonly ModelEvent[];
	bodyEnded(): readonly ModelEvent[];
}

/** How one API is spoken to. One object per thread: it remembers what the server turned out not to take. */
export interface Dialect {
	/** Below the base URL. */
	path(request: ModelRequest): string;
	headers(request: ModelRequest): Readonly<Record<string, string>>;
	body(request: ModelRequest, tools: OfferedTools): unknown;
	reader(options: AnswerReaderOptions): AnswerReader;
	/** Whether the refusal is about something that can be done without, or a mistake of the moment, so that another attempt is worth it. */
	learn(error: ModelError, attempt: number): boolean;
}

/** More than one thing may be refused, but not without end. */
const MAX_ATTEMPTS = 8;

/** Speaks an API that is not Responses, for one thread. The events are those of a Responses stream. */
export class DialogueClient implements ModelClient {
	readonly streamMaxRetries: number;
	readonly #options: DialogueClientOptions;
	readonly #dialect: Dialect;
	readonly #disposed = new AbortController();
	readonly #refusedMedia = new RefusedMedia();

	constructor(options: DialogueClientOptions, dialect: Dialect) {
		this.#options = options;
		this.#dialect = dialect;
		this.streamMaxRetries = options.provider.streamMaxRetries;
	}

	async warm(): Promise<void> {
		this.#options.transport.load(providerUrl(this.#options.provider, '/'));
	}

	async *stream(request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelEvent, void, void> {
		const either = AbortSignal.any([signal, this.#disposed.signal]);
		yield* this.#refusedMedia.around(request, (prepared) => this.#sample(prepared, either));
	}

	dispose(): void {
		this.#disposed.abort(new ModelError('The model client was closed.', { kind: 'other' }));
	}

	async *#sample(request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelEvent, void, void> {
		for (let attempt = 1; ; attempt++) {
			let began = false;
			try {
				for await (const event of this.#attempt(request, signal)) {
					began ||= event.type === 'itemAdded' || event.type === 'itemDone';
					yield event;
				}
				return;
			} catch (error) {
				if (began || !(error instanceof ModelError) || attempt === MAX_ATTEMPTS || !this.#dialect.learn(error, attempt)) throw error;
			}
		}
	}

	async *#attempt(request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelEvent, void, void> {
		const { provider, userAgent } = this.#options;
		const tools = offeredTools(request.tools);
		const headers = {
			accept: 'text/event-stream',
			'content-type': 'application/json',
			originator: request.originator,
			'user-agent': userAgent(request.originator),
			...traceHeaders(request),
			...this.#dialect.headers(request),
		};
		const body = jsonBody(this.#dialect.body(request, tools));
		const answer: Answer = await openAnswer(this.#options, { path: this.#dialect.path(request), headers, body }, signal);
		const reader = this.#dialect.reader({
			provider: provider.id,
			secrets: answer.secrets,
			tools,
			usedCallIds: usedCallIds(request.input),
			mayBeSilent: mayBeSilent(request.input),
		});
		const idleTimeoutMs = provider.streamIdleTimeoutMs;
		yield* answerEvents(
			answer,
			{ idleTimeoutMs, read: (sse) => reader.read(sse), bodyEnded: () => reader.bodyEnded(), isLast: (event) => event.type === 'completed' },
			signal,
		);
	}
}
