import { v7 as uuid } from 'uuid';
import { compactionPrompt, isContextText, summaryMessage } from '../instructions/compaction.ts';
import { type ModelClient, ModelError, type ModelRequest, type TokenUsage } from '../model/model.ts';
import { isCall, isOutput, pairCalls } from '../model/pairCalls.ts';
import type { MessageItem, ResponseItem } from '../model/responseItem.ts';
import { itemTokens, textTokens } from '../model/tokenEstimate.ts';
import type { TurnEvent, TurnFailure } from './events.ts';
import { asModelError, retryLater } from './modelRetry.ts';

export interface CompactionPorts {
	readonly turnId: string;
	readonly model: ModelClient;
	readonly signal: AbortSignal;
	/** The request that would be sent next. */
	readonly request: ModelRequest;
	/** Null: our own. */
	readonly prompt: string | null;
	/** In tokens; null when nobody knows. */
	readonly contextWindow: number | null;
	/** In the middle of a turn: the messages that have to come before the last one of the person. */
	readonly context: readonly ResponseItem[];
	emit(event: TurnEvent): void;
	addUsage(usage: TokenUsage): TokenUsage;
	delay(ms: number): Promise<void>;
	now(): number;
	random(): number;
}

export type CompactionOutcome =
	| { readonly type: 'done' }
	| { readonly type: 'failed'; readonly error: TurnFailure }
	/** The turn was stopped; the history is as it was. */
	| { readonly type: 'aborted' };

/** How much of what the person said is kept word for word, in tokens; the newest first. */
const KEPT_TOKENS = 20_000;
/** When the provider says that even the summary request is too long, this share of its items goes, the oldest first. */
const DROPPED_SHARE = 0.2;
const NO_TOKENS: TokenUsage = { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, reasoningOutputTokens: 0, totalTokens: 0 };

/**
 * Replaces the history by what the person said and a summary by the model, and shows that as an item. Until the summary is there
 * nothing changes, so that a failure or an interrupt costs nothing. Never throws.
 */
export async function compact(ports: CompactionPorts): Promise<CompactionOutcome> {
	const item = { type: 'contextCompaction', id: uuid() } as const;
	ports.emit({ type: 'itemStarted', turnId: ports.turnId, at: ports.now(), item });
	const outcome = await summarise(ports);
	if (outcome.type === 'summary') {
		const history = compactedHistory(ports.request.input, outcome.text, ports.context);
		ports.emit({ type: 'compacted', turnId: ports.turnId, message: summaryMessage(outcome.text), history });
		const totalTokens = history.reduce((sum, each) => sum + itemTokens(each), textTokens(ports.request.instructions));
		ports.emit({
			type: 'tokenUsage',
			turnId: ports.turnId,
			total: ports.addUsage(NO_TOKENS),
			last: { ...NO_TOKENS, totalTokens },
			contextWindow: ports.contextWindow,
		});
	}
	ports.emit({ type: 'itemCompleted', turnId: ports.turnId, at: ports.now(), item });
	switch (outcome.type) {
		case 'summary':
			ports.emit({
				type: 'warning',
				message:
					'Earlier work in this thread is a summary for the model from here on, and details may be missing in it. For a new task, a new thread gives better answers.',
			});
			return { type: 'done' };
		case 'aborted':
			return outcome;
		case 'failed': {
			const { message, kind, httpStatusCode } = outcome.error;
			return { type: 'failed', error: { message: `The conversation could not be summarised: ${message}`, kind, httpStatusCode, details: null } };
		}
		default:
			return outcome satisfies never;
	}
}

type Summary =
	| { readonly type: 'summary'; readonly text: string }
	| { readonly type: 'failed'; readonly error: ModelError }
	| { readonly type: 'aborted' };

async function summarise(ports: CompactionPorts): Promise<Summary> {
	const ask: MessageItem = { type: 'message', role: 'user', content: [{ type: 'input_text', text: ports.prompt ?? compactionPrompt }] };
	const fixed = textTokens(ports.request.instructions) + itemTokens(ask);
	let input = withoutTrailingCalls(ports.request.input, ports.contextWindow === null ? null : ports.contextWindow - fixed);
	for (let attempt = 0; ; ) {
		const outcome = await sampleSummary(ports, { ...ports.request, input: [...pairCalls(input), ask], tools: [], outputSchema: null });
		if (outcome.type !== 'failed') return outcome;
		const { error } = outcome;
		if (error.kind === 'contextWindowExceeded' && input.length > 1) {
			input = input.slice(Math.max(1, Math.floor(input.length * DROPPED_SHARE)));
			continue;
		}
		attempt++;
		if (!error.retryable || attempt > ports.model.streamMaxRetries) return outcome;
		await retryLater(ports, error, attempt);
		if (ports.signal.aborted) return { type: 'aborted' };
	}
}

async function sampleSummary(ports: CompactionPorts, request: ModelRequest): Promise<Summary> {
	let text = '';
	try {
		for await (const event of ports.model.stream(request, ports.signal)) {
			if (ports.signal.aborted) return { type: 'aborted' };
			if (event.type === 'itemDone' && event.item.type === 'message' && event.item.role === 'assistant') text = textOf(event.item);
			else if (event.type === 'rateLimits') ports.emit({ type: 'rateLimits', snapshot: event.snapshot });
			else if (event.type === 'completed' && event.usage) {
				const total = ports.addUsage(event.usage);
				ports.emit({ type: 'tokenUsage', turnId: ports.turnId, total, last: event.usage, contextWindow: ports.contextWindow });
			}
		}
	} catch (error) {
		return ports.signal.aborted ? { type: 'aborted' } : { type: 'failed', error: asModelError(error) };
	}
	if (ports.signal.aborted) return { type: 'aborted' };
	if (text.trim() === '') return { type: 'failed', error: new ModelError('the model wrote no summary.', { kind: 'other', retryable: true }) };
	return { type: 'summary', text: text.trim() };
}

/** S129: the newest calls and their outputs go until the rest fits; messages stay. */
function withoutTrailingCalls(items: readonly ResponseItem[], limit: number | null): readonly ResponseItem[] {
	if (limit === null) return items;
	let size = items.reduce((sum, item) => sum + itemTokens(item), 0);
	let end = items.length;
	for (; end > 0 && size > limit; end--) {
		const last = items[end - 1];
		if (!last || !(isCall(last) || isOutput(last))) break;
		size -= itemTokens(last);
	}
	return items.slice(0, end);
}

/** What takes the place of these items: the person's words, the context where the turn goes on, and the summary. */
export function compactedHistory(items: readonly ResponseItem[], summary: string, context: readonly ResponseItem[]): ResponseItem[] {
	const said = personsMessages(items);
	const last = context.length === 0 ? [] : said.slice(-1);
	const before = said.slice(0, said.length - last.length);
	return [...before, ...context, ...last, userMessage(summaryMessage(summary))];
}

function personsMessages(items: readonly ResponseItem[]): ResponseItem[] {
	const kept: ResponseItem[] = [];
	let room = KEPT_TOKENS;
	for (const item of items.toReversed()) {
		if (item.type !== 'message' || item.role !== 'user') continue;
		const text = textOf(item);
		if (text === '' || isContextText(text)) continue;
		const size = textTokens(text);
		if (size <= room) kept.unshift(userMessage(text));
		else if (room > 0)
			kept.unshift(
				userMessage(
					`${Buffer.from(text)
						.subarray(0, room * 4)
						.toString('utf8')
						.replace(/�$/, '')}\n[… ${size - room} tokens left out …]`,
				),
			);
		room -= size;
		if (room <= 0) break;
	}
	return kept;
}

/** The words of a message; tags around pictures say nothing without them. */
function textOf(message: MessageItem): string {
	return message.content
		.flatMap((part) => (part.type === 'input_image' || /^<image[^>]*>$|^<\/image>$/.test(part.text) ? [] : [part.text]))
		.join('\n');
}

function userMessage(text: string): MessageItem {
	return { type: 'message', role: 'user', content: [{ type: 'input_text', text }] };
}
