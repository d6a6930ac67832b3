import { type AnswerOptions, answerEvents, openAnswer } from './answerStream.ts';
import { type ChatDialect, chatBody, chatName } from './chatBody.ts';
import { ChatEventReader } from './chatEvents.ts';
import { type ModelClient, ModelError, type ModelEvent, type ModelRequest } from './model.ts';
import { RefusedImages } from './refusedImages.ts';
import { providerUrl } from './requestHeaders.ts';

export interface ChatClientOptions extends AnswerOptions {
	userAgent(originator: string): string;
}

/** Speaks Chat Completions for one thread, with servers that have nothing else. The events are those of a Responses stream. */
export class ChatClient implements ModelClient {
	readonly streamMaxRetries: number;
	private readonly options: ChatClientOptions;
	private readonly disposed = new AbortController();
	private readonly refusedImages = new RefusedImages();
	private dialect: ChatDialect = { reasoningField: null, usage: true };

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

	private async *sample(request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelEvent, void, void> {
		const answer = await this.open(request, signal);
		const reader = new ChatEventReader({
			secrets: answer.secrets,
			freeformTools: new Set(request.tools.flatMap((tool) => (tool.type === 'custom' ? [tool.name] : []))),
			namespacedTools: new Map(
				request.tools.flatMap((tool) =>
					tool.type === 'namespace' ? tool.tools.map(({ name }) => [chatName(name, tool.name), { namespace: tool.name, name }] as const) : [],
				),
			),
			usedCallIds: new Set(request.input.flatMap((item) => ('call_id' in item && item.call_id ? [item.call_id] : []))),
		});
		try {
			yield* answerEvents(
				answer,
				{
					idleTimeoutMs: this.options.provider.streamIdleTimeoutMs,
					read: (sse) => reader.read(sse),
					bodyEnded: () => reader.bodyEnded(),
					isLast: (event) => event.type === 'completed',
				},
				signal,
			);
		} finally {
			if (reader.reasoningField !== null) this.dialect = { ...this.dialect, reasoningField: reader.reasoningField };
		}
	}

	private async open(request: ModelRequest, signal: AbortSignal) {
		const headers = {
			accept: 'text/event-stream',
			'content-type': 'application/json',
			originator: request.originator,
			'user-agent': this.options.userAgent(request.originator),
		};
		const send = () =>
			openAnswer(this.options, { path: '/chat/completions', headers, body: JSON.stringify(chatBody(request, this.dialect)) }, signal);
		try {
			return await send();
		} catch (error) {
			// Older servers do not know how to be asked for the usage.
			if (!(error instanceof ModelError) || error.kind !== 'badRequest' || !this.dialect.usage || !error.message.includes('stream_options'))
				throw error;
			this.dialect = { ...this.dialect, usage: false };
			return await send();
		}
	}
}
