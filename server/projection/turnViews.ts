import type { TurnError } from '../protocol/wire/error.ts';
import type { Turn, TurnItemsView } from '../protocol/thread/turn.ts';
import type { TurnEvent, TurnFailure } from '../items/events.ts';
import { planId, type TurnItem } from '../items/item.ts';
import { type PlacedHookRun, withHookRun } from './placedHookRun.ts';
import { toHookRun } from './wireHook.ts';
import { type ItemTimes, toThreadItem } from './wireItem.ts';
import { inEnglish } from '../words/l10n.ts';

/** One turn as its events tell it. Times are Unix milliseconds. */
export interface TurnView {
	readonly id: string;
	readonly items: TurnItem[];
	/** By `itemKey`. */
	readonly times: Map<string, ItemTimes>;
	/** Ended, or still running; as they began. */
	hookRuns: readonly PlacedHookRun[];
	status: Turn['status'];
	error: TurnFailure | null;
	readonly startedAt: number | null;
	completedAt: number | null;
	durationMs: number | null;
}

/**
 * The turns of a thread, made from its events: the same for events that just happened and for those that records gave back.
 * An item keeps the place in which it started.
 */
export class TurnViews {
	readonly turns: TurnView[] = [];

	apply(event: TurnEvent): void {
		switch (event.type) {
			case 'turnStarted':
				this.turns.push({
					...{ id: event.turnId, items: [], times: new Map(), hookRuns: [], status: 'inProgress', error: null },
					...{ startedAt: event.at, completedAt: null, durationMs: null },
				});
				return;
			case 'turnEnded':
				this.#end(event);
				return;
			case 'itemStarted':
			case 'itemCompleted':
				this.#put(event);
				return;
			case 'textDelta':
				this.#change(event.turnId, event.itemId, (item) => (item.type === 'agentMessage' ? { ...item, text: item.text + event.delta } : item));
				return;
			case 'planDelta':
				this.#change(event.turnId, event.itemId, (item) => (item.type === 'plan' ? { ...item, text: item.text + event.delta } : item));
				return;
			case 'summaryPartAdded':
				this.#change(event.turnId, event.itemId, (item) => (item.type === 'reasoning' ? { ...item, summary: [...item.summary, ''] } : item));
				return;
			case 'summaryDelta':
				this.#change(event.turnId, event.itemId, (item) =>
					item.type === 'reasoning' ? { ...item, summary: appended(item.summary, event.summaryIndex, event.delta) } : item,
				);
				return;
			case 'reasoningDelta':
				this.#change(event.turnId, event.itemId, (item) =>
					item.type === 'reasoning' ? { ...item, content: appended(item.content, event.contentIndex, event.delta) } : item,
				);
				return;
			case 'commandOutput':
				this.#change(event.turnId, event.itemId, (item) =>
					item.type === 'command' && item.status === 'inProgress' ? { ...item, output: (item.output ?? '') + event.delta } : item,
				);
				return;
			case 'patchPreview':
				this.#change(event.turnId, event.itemId, (item) => (item.type === 'fileChange' ? { ...item, changes: event.changes } : item));
				return;
			case 'error': {
				const turn = this.#turn(event.turnId);
				if (turn && !event.willRetry) turn.error = event.error;
				return;
			}
			case 'hookStarted':
			case 'hookCompleted': {
				const turn = this.#turn(event.turnId);
				if (turn) turn.hookRuns = withHookRun(turn.hookRuns, { run: event.run, afterItemId: turn.items.at(-1)?.id ?? null });
				return;
			}
			case 'turnsRolledBack':
				this.turns.splice(Math.max(0, this.turns.length - event.count));
				return;
			case 'terminalInteraction':
			case 'toolProgress':
			case 'turnDiff':
			case 'planUpdated':
			case 'tokenUsage':
			case 'rateLimits':
			case 'modelRerouted':
			case 'approvalReview':
			case 'warning':
			case 'compacted':
			case 'history':
				return;
			default:
				event satisfies never;
		}
	}

	/** Ends what a crash left open: called after a replay, when nothing of the thread runs any more. */
	closeUnfinished(): void {
		for (const turn of this.turns) if (turn.status === 'inProgress') this.#finish(turn, 'interrupted');
	}

	/** Ended turns can be read back from their records. */
	forgetEnded(): void {
		const running = this.turns.filter((turn) => turn.status === 'inProgress');
		this.turns.splice(0, Infinity, ...running);
	}

	#turn(id: string): TurnView | undefined {
		return this.turns.findLast((turn) => turn.id === id);
	}

	#end(event: Extract<TurnEvent, { type: 'turnEnded' }>): void {
		const turn = this.#turn(event.turnId);
		if (!turn) return;
		const failure = event.end.status === 'failed' ? event.end.error : null;
		turn.error = failure ?? (event.end.status === 'completed' ? turn.error : null);
		this.#finish(turn, turn.error && event.end.status !== 'interrupted' ? 'failed' : event.end.status);
		turn.completedAt = event.at;
		turn.durationMs = event.durationMs;
	}

	#finish(turn: TurnView, status: TurnView['status']): void {
		turn.status = status;
		for (const [index, item] of turn.items.entries()) {
			if (item.type === 'command' && item.status === 'inProgress' && item.source === 'agent' && item.processId === null) {
				// It was never started: nobody has allowed it.
				turn.items[index] = { ...item, status: 'declined' };
			} else if ('status' in item && item.status === 'inProgress') turn.items[index] = { ...item, status: 'failed' };
		}
	}

	#put({ turnId, item, ...event }: Extract<TurnEvent, { type: 'itemStarted' | 'itemCompleted' }>): void {
		const turn = this.#turn(turnId);
		if (!turn) return;
		const { items, times } = turn;
		const known = times.get(itemKey(item))?.startedAt ?? null;
		times.set(
			itemKey(item),
			event.type === 'itemStarted'
				? { startedAt: event.at || known, completedAt: null }
				: { startedAt: event.startedAt ?? known, completedAt: event.at || null },
		);
		const index = items.findLastIndex((other) => other.id === item.id && other.type === item.type);
		if (index < 0) items.splice(placeOf(item, items), 0, item);
		else items[index] = item;
	}

	#change(turnId: string, itemId: string, change: (item: TurnItem) => TurnItem): void {
		const items = this.#turn(turnId)?.items;
		const index = items?.findLastIndex((item) => item.id === itemId) ?? -1;
		const item = items?.[index];
		if (items && item) items[index] = change(item);
	}
}

/** Items of different types may have one id. */
const itemKey = ({ type, id }: TurnItem): string => `${type}:${id}`;

/** When an item of a turn began and ended. */
export const timesOf = (view: TurnView, item: TurnItem): ItemTimes => view.times.get(itemKey(item)) ?? { startedAt: null, completedAt: null };

/** A plan stands before the message that it was cut out of: records have them in that order too, as they complete. */
function placeOf(item: TurnItem, items: readonly TurnItem[]): number {
	const message = item.type === 'plan' ? items.findLastIndex((other) => planId(other.id) === item.id) : -1;
	return message < 0 ? items.length : message;
}

function appended(parts: readonly string[], index: number, delta: string): readonly string[] {
	const next = [...parts];
	while (next.length <= index) next.push('');
	next[index] = (next[index] ?? '') + delta;
	return next;
}

const seconds = (ms: number | null) => (ms === null ? null : Math.floor(ms / 1000));

/** A turn that was just accepted: nobody has heard of it yet. */
export function notBegun(id: string): TurnView {
	return { id, items: [], times: new Map(), hookRuns: [], status: 'inProgress', error: null, startedAt: null, completedAt: null, durationMs: null };
}

/** The wire form of a turn, with as much of its items as asked for; with the runs of hooks for clients that know this addition. */
export function toTurn(view: TurnView, itemsView: TurnItemsView, { hookRuns = false }: { readonly hookRuns?: boolean } = {}): Turn {
	return {
		id: view.id,
		items: itemsIn(view, itemsView).map((item) => toThreadItem(item, timesOf(view, item))),
		itemsView,
		status: view.status,
		error: view.error && view.status === 'failed' ? toTurnError(view.error) : null,
		startedAt: seconds(view.startedAt),
		completedAt: seconds(view.completedAt),
		durationMs: view.durationMs,
		rootTurnId: view.id,
		...(hookRuns && view.hookRuns.length > 0
			? { hookRuns: view.hookRuns.map(({ run, afterItemId }) => ({ afterItemId, run: toHookRun(run) })) }
			: {}),
	};
}

function itemsIn(view: TurnView, itemsView: TurnItemsView): readonly TurnItem[] {
	switch (itemsView) {
		case 'notLoaded':
			return [];
		case 'full':
			// A model may end a message without a word; there is nothing to show of it.
			return view.items.filter((item) => view.status === 'inProgress' || item.type !== 'agentMessage' || item.text !== '');
		case 'summary': {
			const first = view.items.find((item) => item.type === 'userMessage');
			const last = view.items.findLast((item) => item.type === 'agentMessage');
			return [first, last].filter((item) => item !== undefined);
		}
		default:
			return itemsView satisfies never;
	}
}

export function toTurnError(failure: TurnFailure): TurnError {
	const { message, details } = failure;
	return {
		message: inEnglish(message),
		codexErrorInfo: toCodexErrorInfo(failure),
		additionalDetails: details === null ? null : inEnglish(details),
		...(typeof message === 'string' ? {} : { l10n: message }),
		...(details === null || typeof details === 'string' ? {} : { detailsL10n: details }),
	};
}

function toCodexErrorInfo({ kind, httpStatusCode }: TurnFailure): TurnError['codexErrorInfo'] {
	switch (kind) {
		case 'httpConnectionFailed':
			return { httpConnectionFailed: { httpStatusCode } };
		case 'responseStreamConnectionFailed':
			return { responseStreamConnectionFailed: { httpStatusCode } };
		case 'responseStreamDisconnected':
			return { responseStreamDisconnected: { httpStatusCode } };
		case 'responseTooManyFailedAttempts':
			return { responseTooManyFailedAttempts: { httpStatusCode } };
		case 'contextWindowExceeded':
		case 'usageLimitExceeded':
		case 'serverOverloaded':
		case 'cyberPolicy':
		case 'internalServerError':
		case 'unauthorized':
		case 'badRequest':
		case 'sandboxError':
		case 'other':
			return kind;
		default:
			return kind satisfies never;
	}
}
