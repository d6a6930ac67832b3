import { v7 as uuid } from 'uuid';
import { compactionPrompt, isContextText, isSummary, summaryMessage } from '../instructions/compaction.ts';
import { ModelError } from '../model/model.ts';
import type { TokenUsage } from '../items/modelInfo.ts';
import { isCall, isOutput, pairCalls } from '../model/history/pairCalls.ts';
import type { MessageItem, ResponseItem } from '../items/responseItem.ts';
import { itemTokens, textTokens } from '../model/catalogue/tokenEstimate.ts';
import { compactByEndpoint, compactInStream } from './remoteCompaction.ts';
import { type Compacted, compactionEvents, type CompactionPorts, type CompactionWay } from './compactionWay.ts';
import type { TurnFailure } from '../items/events.ts';
import { personsMessages, textOf, userMessage } from './keptMessages.ts';
import { asModelError, retryLater } from './modelRetry.ts';
import { l10n } from '../words/l10n.ts';

export type CompactionOutcome =
	| { readonly type: 'done' }
	| { readonly type: 'failed'; readonly error: TurnFailure }
	/** The turn was stopped; the history is as it was. */
	| { readonly type: 'aborted' };

/** When the provider says that even the summary request is too long, this share of its items goes, the oldest first. */
const DROPPED_SHARE = 0.2;
const NO_TOKENS: TokenUsage = { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, reasoningOutputTokens: 0, totalTokens: 0 };

/**
 * Replaces the history by what the person said and a summary, by the model or by the provider itself, and shows that as an item. Until
 * the summary is there nothing changes, so that a failure or an interrupt costs nothing. Never throws.
 */
export async function compact(ports: CompactionPorts): Promise<CompactionOutcome> {
	const item = { type: 'contextCompaction', id: uuid() } as const;
	ports.emit({ type: 'itemStarted', turnId: ports.turnId, at: ports.now(), item: { ...item, status: 'inProgress' } });
	const outcome = await replace(ports);
	if (outcome.type === 'replaced') {
		const history = withContext(outcome.history, ports.context);
		ports.emit({ type: 'compacted', turnId: ports.turnId, message: outcome.message, history });
		const totalTokens = history.reduce((sum, each) => sum + itemTokens(each), textTokens(ports.request.instructions));
		ports.emit({
			type: 'tokenUsage',
			turnId: ports.turnId,
			total: ports.addUsage(NO_TOKENS),
			last: { ...NO_TOKENS, totalTokens },
			contextWindow: ports.contextWindow,
		});
	}
	const status = outcome.type === 'replaced' ? 'completed' : 'failed';
	ports.emit({ type: 'itemCompleted', turnId: ports.turnId, at: ports.now(), item: { ...item, status } });
	switch (outcome.type) {
		case 'replaced':
			ports.emit({
				type: 'warning',
				message: l10n`Earlier work in this thread is a summary for the model from here on, and details may be missing in it. For a new task, a new thread gives better answers.`,
			});
			return { type: 'done' };
		case 'aborted':
			return outcome;
		case 'failed': {
			const { message, kind, httpStatusCode } = outcome.error;
			return { type: 'failed', error: { message: l10n`The conversation could not be summarised: ${message}`, kind, httpStatusCode, details: null } };
		}
		default:
			return outcome satisfies never;
	}
}

/** Tries until the history has been replaced, as often as a turn tries a broken stream. */
async function replace(ports: CompactionPorts): Promise<Replacement> {
	const { model, signal } = ports;
	const room = ports.contextWindow === null ? null : ports.contextWindow - textTokens(ports.request.instructions) - itemTokens(asking(ports));
	let input = withoutTrailingCalls(ports.request.input, room);
	/** What had to go so that the request could be made, in its order. */
	let unseen: readonly ResponseItem[] = [];
	for (let attempt = 0; ; ) {
		try {
			const replaced = await wayOf(ports)(ports, pairCalls(input));
			if (signal.aborted) return { type: 'aborted' };
			// The provider turned out to have no way of its own.
			if (replaced !== null)
				return { type: 'replaced', ...replaced, history: [...(replaced.keepsMessages ? [] : personsMessages(unseen)), ...replaced.history] };
			continue;
		} catch (thrown) {
			if (signal.aborted) return { type: 'aborted' };
			const error = asModelError(thrown);
			const shorter = error.kind === 'contextWindowExceeded' ? withoutOldest(input) : null;
			if (shorter) {
				input = shorter.kept;
				unseen = [...unseen, ...shorter.dropped];
				continue;
			}
			attempt++;
			if (!error.retryable || attempt > model.streamMaxRetries) return { type: 'failed', error };
			await retryLater(ports, error, attempt);
			if (signal.aborted) return { type: 'aborted' };
		}
	}
}

type Replacement =
	| ({ readonly type: 'replaced' } & Compacted)
	| { readonly type: 'failed'; readonly error: ModelError }
	| { readonly type: 'aborted' };

/** Somebody who wrote a prompt of their own wants it to be used. */
function wayOf({ model, prompt }: CompactionPorts): CompactionWay {
	if (prompt !== null) return bySummary;
	switch (model.remoteCompaction ?? null) {
		case 'endpoint':
			return compactByEndpoint;
		case 'stream':
			return compactInStream;
		case null:
			return bySummary;
	}
}

function asking({ prompt }: CompactionPorts): MessageItem {
	return userMessage(prompt ?? compactionPrompt);
}

/** The model itself writes a summary. */
async function bySummary(ports: CompactionPorts, input: readonly ResponseItem[]): Promise<Compacted> {
	let text = '';
	for await (const event of compactionEvents(ports, { ...ports.request, input: [...input, asking(ports)], tools: [], outputSchema: null })) {
		if (event.type === 'itemDone' && event.item.type === 'message' && event.item.role === 'assistant') text = textOf(event.item);
	}
	if (text.trim() === '') throw new ModelError(l10n`the model wrote no summary.`, { kind: 'other', retryable: true });
	const message = summaryMessage(text.trim());
	return { message, history: [...personsMessages(ports.request.input), userMessage(message)], keepsMessages: true };
}

/** S129: the newest calls and their outputs go until the rest fits; messages stay, also one that only tells of an interrupt. */
function withoutTrailingCalls(items: readonly ResponseItem[], limit: number | null): readonly ResponseItem[] {
	if (limit === null) return items;
	let size = items.reduce((sum, item) => sum + itemTokens(item), 0);
	const kept: ResponseItem[] = [];
	const unanswered = new Set<string>();
	let end = items.length;
	for (; end > 0 && size > limit; end--) {
		const last = items[end - 1];
		if (last?.type === 'message' && last.role === 'user' && isContextText(textOf(last))) kept.unshift(last);
		else if (last && last.type !== 'message') {
			size -= itemTokens(last);
			if (isOutput(last)) unanswered.add(last.call_id);
		} else break;
	}
	const rest = items.slice(0, end).filter((item, index) => index < lastMessage(items, end) || !(isCall(item) && unanswered.has(item.call_id)));
	return [...rest, ...kept];
}

/** Calls before it have other outputs, whatever their ids are. */
function lastMessage(items: readonly ResponseItem[], end: number): number {
	return items.slice(0, end).findLastIndex((item) => item.type === 'message');
}

/** What a person said goes last. */
function withoutOldest(items: readonly ResponseItem[]): { readonly kept: readonly ResponseItem[]; readonly dropped: readonly ResponseItem[] } | null {
	if (items.length <= 1) return null;
	let count = Math.max(1, Math.floor(items.length * DROPPED_SHARE));
	const dropped = new Set<ResponseItem>();
	for (const fits of [(item: ResponseItem) => !isSaid(item), isSaid]) {
		for (const item of items.slice(0, -1)) {
			if (count === 0 || !fits(item)) continue;
			dropped.add(item);
			count--;
		}
	}
	return { kept: items.filter((item) => !dropped.has(item)), dropped: items.filter((item) => dropped.has(item)) };
}

function isSaid(item: ResponseItem): boolean {
	return item.type === 'message' && item.role === 'user' && !isContextText(textOf(item));
}

/** The context where a turn goes on stands before the last message of the person. */
function withContext(items: readonly ResponseItem[], context: readonly ResponseItem[]): readonly ResponseItem[] {
	const last = items.findLastIndex((item) => item.type === 'message' && item.role === 'user' && !isSummary(textOf(item)));
	const at = last < 0 ? 0 : last;
	return [...items.slice(0, at), ...context, ...items.slice(at)];
}
