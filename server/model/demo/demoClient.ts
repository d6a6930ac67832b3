import type { ModelClient, ModelEvent, ModelRequest } from '../model.ts';
import { streamFailure } from '../providerFailure.ts';
import type { ResponseItem } from '../../items/responseItem.ts';
import { reviewerReply } from './agentReplies.ts';
import { readConversation } from './conversation.ts';
import { demoReply, isKnown } from './demoReply.ts';
import type { DemoStep } from './demoStep.ts';
import { l10n } from '../../words/l10n.ts';

export interface DemoClientOptions {
	/** Waits; resolves early when the signal is aborted. */
	readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Pause between two pieces of text, in milliseconds: fast enough to wait for, slow enough to watch. */
const PIECE_MS = 18;
const PIECE_LENGTH = 14;

/** A script in the place of a model: it runs in this process, needs no key, and says what it is. */
export class DemoClient implements ModelClient {
	readonly streamMaxRetries = 1;
	readonly #options: DemoClientOptions;
	/** The request whose stream was cut on purpose: its second attempt goes through. */
	#cut = '';

	constructor(options: DemoClientOptions) {
		this.#options = options;
	}

	async *stream(request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelEvent, void, void> {
		yield { type: 'created', model: null };
		const id = `demo-${request.input.length}-${Date.now().toString(36)}`;
		let written = 0;
		const conversation = readConversation(request.input, isKnown);
		for (const [index, step] of (reviewerReply(request.instructions, conversation) ?? demoReply(conversation)).entries()) {
			for await (const event of this.#play(step, { id: `${id}-${index}`, signal, request })) {
				if (signal.aborted) throw signal.reason;
				if ('delta' in event) written += event.delta.length;
				yield event;
			}
		}
		const inputTokens = Math.ceil(JSON.stringify(request.input).length / 4);
		const outputTokens = Math.ceil(written / 4);
		const usage = { inputTokens, cachedInputTokens: 0, outputTokens, reasoningOutputTokens: 0, totalTokens: inputTokens + outputTokens };
		yield { type: 'completed', responseId: id, usage };
	}

	dispose(): void {}

	async *#play(
		step: DemoStep,
		{ id, signal, request }: { id: string; signal: AbortSignal; request: ModelRequest },
	): AsyncGenerator<ModelEvent, void, void> {
		switch (step.type) {
			case 'say': {
				yield { type: 'itemAdded', item: { type: 'message', id, role: 'assistant', content: [] } };
				yield* this.#pieces(step.text, { signal, event: (delta) => ({ type: 'textDelta', itemId: id, delta }) });
				yield { type: 'itemDone', item: { type: 'message', id, role: 'assistant', content: [{ type: 'output_text', text: step.text }] } };
				return;
			}
			case 'think': {
				yield { type: 'itemAdded', item: { type: 'reasoning', id, summary: [] } };
				yield { type: 'summaryPartAdded', itemId: id, summaryIndex: 0 };
				yield* this.#pieces(step.text, { signal, event: (delta) => ({ type: 'summaryDelta', itemId: id, summaryIndex: 0, delta }) });
				yield* this.#pieces(step.raw ?? '', { signal, event: (delta) => ({ type: 'reasoningDelta', itemId: id, contentIndex: 0, delta }) });
				yield {
					type: 'itemDone',
					item: {
						type: 'reasoning',
						id,
						summary: [{ type: 'summary_text', text: step.text }],
						...(step.raw === undefined ? {} : { content: [{ type: 'reasoning_text', text: step.raw }] }),
					},
				};
				return;
			}
			case 'call':
				yield {
					type: 'itemDone',
					item: { type: 'function_call', id, call_id: `call-${id}`, name: step.name, arguments: JSON.stringify(step.arguments) },
				};
				return;
			case 'patch': {
				if (request.tools.some((tool) => tool.type === 'function' && tool.name === 'apply_patch')) {
					const done: ResponseItem = {
						type: 'function_call',
						id,
						call_id: `call-${id}`,
						name: 'apply_patch',
						arguments: JSON.stringify({ input: step.patch }),
					};
					yield { type: 'itemDone', item: done };
					return;
				}
				const item = { type: 'custom_tool_call', id, call_id: `call-${id}`, name: 'apply_patch' } as const;
				yield { type: 'itemAdded', item: { ...item, input: '' } };
				yield* this.#pieces(step.patch, { signal, event: (delta) => ({ type: 'toolInputDelta', itemId: id, callId: item.call_id, delta }) });
				yield { type: 'itemDone', item: { ...item, input: step.patch } };
				return;
			}
			case 'search':
				yield { type: 'itemAdded', item: { type: 'web_search_call', id, status: 'in_progress' } };
				await this.#options.sleep(400, signal);
				yield { type: 'itemDone', item: { type: 'web_search_call', id, status: 'completed', action: { type: 'search', query: step.query } } };
				return;
			case 'cut': {
				const attempt = `${request.threadId} ${request.input.length}`;
				if (this.#cut === attempt) return;
				this.#cut = attempt;
				throw streamFailure(l10n`the demo cut it, as you asked.`);
			}
			case 'fail':
				throw step.error;
			default:
				step satisfies never;
		}
	}

	async *#pieces(
		text: string,
		{ signal, event }: { signal: AbortSignal; event: (delta: string) => ModelEvent },
	): AsyncGenerator<ModelEvent, void, void> {
		const characters = [...text];
		for (let start = 0; start < characters.length; start += PIECE_LENGTH) {
			await this.#options.sleep(PIECE_MS, signal);
			if (signal.aborted) throw signal.reason;
			yield event(characters.slice(start, start + PIECE_LENGTH).join(''));
		}
	}
}
