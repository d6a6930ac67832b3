import { type AnswerOptions, answerEvents, openAnswer } from '../answerStream.ts';
import { mayBeSilent, usedCallIds } from '../dialogue/answerBuilder.ts';
import { offeredTools } from '../dialogue/offeredTools.ts';
import { jsonBody } from '../jsonBody.ts';
import { type ModelClient, ModelError, type ModelEvent, type ModelRequest } from '../model.ts';
import { RefusedImages } from '../refusedImages.ts';
import { providerUrl } from '../requestHeaders.ts';
import { chatBody, type Refused } from './chatBody.ts';
import { ChatEventReader } from './chatEvents.ts';
import { chatTraits } from './chatTraits.ts';

export interface ChatClientOptions extends AnswerOptions {
	userAgent(originator: string): string;
}

/** What a refusal is about, by the words in it. */
const REFUSALS: readonly (readonly [Refused, RegExp])[] = [
	['usage', /stream_options|include_usage/i],
	[
		'effort',
		/reasoning[_. ]?effort|`?reasoning`?\b.*(?:not support|unsupported|unknown|unrecognized|not permitted|extra)|does not support (?:thinking|reasoning)|thinking is not supported/i,
	],
	['parallel', /parallel_tool_calls/i],
	['schema', /response_format|json_schema/i],
	['thoughts', /reasoning_content|reasoning_details|'reasoning'|"reasoning"|thinking/i],
];
/** The server could not read the call that its own model wrote: another try may be better. */
const FAILED_GENERATION = /tool_use_failed|failed_generation|failed to (?:call a function|parse tool call)|tool call validation failed/i;
const GENERATIONS = 3;

/** Speaks Chat Completions for one thread, with servers that have nothing else. The events are those of a Responses stream. */
export class ChatClient implements ModelClient {
	readonly streamMaxRetries: number;
	private readonly options: ChatClientOptions;
	private readonly disposed = new AbortController();
	private readonly refusedImages = new RefusedImages();
	private readonly refused = new Set<Refused>();

	constructor(options: ChatClientOptions) {
		this.options = options;
		this.streamMaxRetries = options.provider.streamMaxRetries;
	}

	async warm(): Promise<void> {
		this.options.transport.load(providerUrl(this.options.provider, '/chat/completions'));
	}

	async *stream(request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelEvent, void, void> {
		const either = AbortSignal.any([signal, this.disposed.signal]);
		yield* this.refusedImages.around(request, (prepared) => this.sample(prepared, either));
	}

	dispose(): void {
		this.disposed.abort(new ModelError('The model client was closed.', { kind: 'other' }));
	}

	/** Samples; when the server refuses something that it can do without, samples again without that. */
	private async *sample(request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelEvent, void, void> {
		for (let generations = 1; ; ) {
			let began = false;
			try {
				for await (const event of this.attempt(request, signal)) {
					began ||= event.type === 'itemAdded';
					yield event;
				}
				return;
			} catch (error) {
				if (began || !(error instanceof ModelError)) throw error;
				if (FAILED_GENERATION.test(error.message) && generations < GENERATIONS) generations++;
				else if (!this.learn(error)) throw error;
			}
		}
	}

	private async *attempt(request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelEvent, void, void> {
		const { provider } = this.options;
		const tools = offeredTools(request.tools);
		const headers = {
			accept: 'text/event-stream',
			'content-type': 'application/json',
			originator: request.originator,
			'user-agent': this.options.userAgent(request.originator),
		};
		const traits = chatTraits(provider, request.model);
		const body = jsonBody(chatBody(request, { provider: provider.id, traits, refused: this.refused, tools }));
		const answer = await openAnswer(this.options, { path: '/chat/completions', headers, body }, signal);
		const reader = new ChatEventReader({
			provider: provider.id,
			secrets: answer.secrets,
			tools,
			usedCallIds: usedCallIds(request.input),
			mayBeSilent: mayBeSilent(request.input),
		});
		yield* answerEvents(
			answer,
			{
				idleTimeoutMs: provider.streamIdleTimeoutMs,
				read: (sse) => reader.read(sse),
				bodyEnded: () => reader.bodyEnded(),
				isLast: (event) => event.type === 'completed',
			},
			signal,
		);
	}

	/** Whether the refusal is about something that was sent and need not be. */
	private learn({ kind, message, httpStatusCode }: ModelError): boolean {
		if (kind !== 'badRequest' && httpStatusCode !== 422) return false;
		const found = REFUSALS.find(([what, words]) => !this.refused.has(what) && words.test(message));
		if (found) this.refused.add(found[0]);
		return found !== undefined;
	}
}
