import { AnswerBuilder, mayBeSilent, usedCallIds } from '../dialogue/answerBuilder.ts';
import { dialogueOf, mediaData, type Part, type Step, unheard } from '../dialogue/dialogue.ts';
import { offeredTools } from '../dialogue/offeredTools.ts';
import { type ModelClient, ModelError, type ModelEvent, type ModelRequest } from '../model.ts';
import type { ModelErrorKind, TokenUsage } from '../../items/modelInfo.ts';
import type { Provider } from '../provider.ts';
import { nothingUnderstood } from '../providerFailure.ts';
import { itemTokens, textTokens } from '../catalogue/tokenEstimate.ts';
import type { ClientContent, ClientModelOutcome, ClientModelPart, ClientModelRequest, LanguageModels } from './languageModels.ts';

const FAILURES: Readonly<Record<Extract<ClientModelOutcome, { status: 'failed' }>['reason'], ModelErrorKind>> = {
	consent: 'unauthorized',
	quota: 'usageLimitExceeded',
	notFound: 'badRequest',
	blocked: 'other',
	tooLong: 'contextWindowExceeded',
	other: 'other',
};

/** Speaks to a model that a client serves, for one thread. The events are those of a Responses stream. */
export class ClientModelClient implements ModelClient {
	readonly streamMaxRetries: number;
	readonly #provider: Provider;
	readonly #models: LanguageModels;
	readonly #disposed = new AbortController();

	constructor(provider: Provider, models: LanguageModels) {
		this.#provider = provider;
		this.#models = models;
		this.streamMaxRetries = provider.streamMaxRetries;
	}

	async *stream(request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelEvent, void, void> {
		const either = AbortSignal.any([signal, this.#disposed.signal]);
		const tools = offeredTools(request.tools);
		const answer = new AnswerBuilder({ tools, usedCallIds: usedCallIds(request.input) });
		const asked = clientRequest(request, this.#provider.id);
		let waiting: ModelEvent[] = [{ type: 'created', model: null }];
		let wake = () => {};
		let said = 0;
		const onParts = (parts: readonly ClientModelPart[]) => {
			for (const part of parts) {
				said += part.type === 'toolCall' ? textTokens(JSON.stringify(part.input)) : textTokens(part.text);
				waiting.push(...eventsOf(answer, part));
			}
			wake();
		};
		let outcome: ClientModelOutcome | null = null;
		const ended = this.#models.request(asked, { onParts, idleTimeoutMs: this.#provider.streamIdleTimeoutMs }, either).then((result) => {
			outcome = result;
			wake();
		});
		// Also when nobody reads on any more.
		ended.catch(() => {});
		for (;;) {
			const events = waiting;
			waiting = [];
			yield* events;
			either.throwIfAborted();
			if (outcome !== null && waiting.length === 0) break;
			if (waiting.length > 0) continue;
			const { promise, resolve } = Promise.withResolvers<void>();
			wake = resolve;
			await Promise.race([promise, ended]);
		}
		yield* finish({ outcome, answer, request, said });
	}

	dispose(): void {
		this.#disposed.abort(new ModelError('The model client was closed.', { kind: 'other' }));
	}
}

function eventsOf(answer: AnswerBuilder, part: ClientModelPart): readonly ModelEvent[] {
	switch (part.type) {
		case 'text':
			return answer.say(part.text);
		case 'thinking':
			return answer.think(part.text);
		case 'toolCall':
			return [...answer.endText(), ...answer.call(answer.callCount, { id: part.callId, name: part.name, more: JSON.stringify(part.input) })];
		default:
			return part satisfies never;
	}
}

function* finish(ended: {
	readonly outcome: ClientModelOutcome;
	readonly answer: AnswerBuilder;
	readonly request: ModelRequest;
	readonly said: number;
}): Generator<ModelEvent, void, void> {
	const { outcome, answer, request, said } = ended;
	if (outcome.status === 'gone') throw new ModelError(outcome.message, { kind: 'responseStreamDisconnected', retryable: true });
	if (outcome.status === 'failed') throw new ModelError(outcome.message, { kind: FAILURES[outcome.reason] });
	yield* answer.endAll();
	if (!answer.heard && !mayBeSilent(request.input)) throw nothingUnderstood();
	const input = outcome.usage?.inputTokens ?? request.input.reduce((sum, item) => sum + itemTokens(item), textTokens(request.instructions));
	const output = outcome.usage?.outputTokens ?? said;
	const usage: TokenUsage = { inputTokens: input, cachedInputTokens: 0, outputTokens: output, reasoningOutputTokens: 0, totalTokens: input + output };
	yield { type: 'completed', responseId: '', usage };
}

function clientRequest(request: ModelRequest, provider: string): ClientModelRequest {
	const { system, steps } = dialogueOf(request.input, { instructions: request.instructions, provider });
	const [first, ...rest] = steps.map(messageOf);
	const begun =
		first?.role === 'user' ? [{ role: 'user' as const, content: [{ type: 'text' as const, text: system }, ...first.content] }, ...rest] : [];
	return {
		threadId: request.threadId,
		turnId: request.turnId,
		model: request.model,
		messages: begun,
		tools: offeredTools(request.tools).functions.map(({ name, description, parameters }) => ({ name, description, inputSchema: parameters })),
	};
}

function messageOf(step: Step): ClientModelRequest['messages'][number] {
	switch (step.role) {
		case 'user':
			return { role: 'user', content: step.parts.map(contentOf) };
		case 'assistant':
			return {
				role: 'assistant',
				content: step.blocks.flatMap((block): readonly ClientContent[] => {
					if (block.type === 'thought') return [];
					return block.type === 'text'
						? [{ type: 'text', text: block.text }]
						: [{ type: 'toolCall', callId: block.id, name: block.name, input: block.arguments }];
				}),
			};
		case 'results':
			return { role: 'user', content: step.results.map(({ callId, parts }) => ({ type: 'toolResult', callId, content: parts.map(contentOf) })) };
		default:
			return step satisfies never;
	}
}

function contentOf(part: Part) {
	if (part.type === 'text') return { type: 'text', text: part.text } as const;
	if (part.type === 'audio') return { type: 'text', text: unheard(part.url) } as const;
	const data = mediaData(part.url);
	if (data === null) return { type: 'text', text: `[A picture at ${part.url}]` } as const;
	return { type: 'image', mimeType: data.mediaType, dataBase64: data.base64 } as const;
}
