import { itemKey } from './itemKey.ts';
import type { ServerNotification } from '../../server/protocol/serverMessages.ts';
import type { ThreadItem } from '../../server/protocol/thread/item.ts';
import type { Turn } from '../../server/protocol/thread/turn.ts';
import { appendOutput, appendText, appendToPart, withPart } from './growItem.ts';
import { withHookRun } from '../hooks/turnHookRuns.ts';
import { errorDetails, errorMessage } from '../text/turnErrorText.ts';
import { fromTurn, type ItemState, isRunning, type TurnState, type ViewState } from './viewState.ts';

const MAX_NOTICES = 5;

export function reduceNotification(state: ViewState, notification: ServerNotification): ViewState {
	if (isOfAnotherThread(state, notification)) {
		return state;
	}
	switch (notification.method) {
		case 'turn/started':
			return startTurn(state, notification.params.turn);
		case 'turn/completed':
			return completeTurn(state, notification.params.turn);
		case 'turn/plan/updated': {
			const { turnId, explanation, plan } = notification.params;
			return changeTurn(state, turnId, (turn) => ({ ...turn, plan: { explanation, steps: plan } }));
		}
		case 'item/started': {
			const { turnId, item, startedAtMs } = notification.params;
			return addItem(state, turnId, { item, done: false, startedAtMs, progress: null });
		}
		case 'item/completed': {
			const { turnId, item } = notification.params;
			return finishItem(state, turnId, item);
		}
		case 'item/agentMessage/delta':
		case 'item/plan/delta': {
			const { turnId, itemId, delta } = notification.params;
			return growItem(state, { turnId, itemId }, (item) => appendText(item, delta));
		}
		case 'item/reasoning/summaryPartAdded': {
			const { turnId, itemId, summaryIndex } = notification.params;
			return growItem(state, { turnId, itemId }, (item) => withPart(item, 'summary', summaryIndex));
		}
		case 'item/reasoning/summaryTextDelta': {
			const { turnId, itemId, delta, summaryIndex } = notification.params;
			return growItem(state, { turnId, itemId }, (item) => appendToPart(item, { part: 'summary', index: summaryIndex, delta }));
		}
		case 'item/reasoning/textDelta': {
			const { turnId, itemId, delta, contentIndex } = notification.params;
			return growItem(state, { turnId, itemId }, (item) => appendToPart(item, { part: 'content', index: contentIndex, delta }));
		}
		case 'item/commandExecution/outputDelta': {
			const { turnId, itemId, delta } = notification.params;
			return growItem(state, { turnId, itemId }, (item) => appendOutput(item, delta));
		}
		case 'item/fileChange/patchUpdated': {
			const { turnId, itemId, changes } = notification.params;
			return growItem(state, { turnId, itemId }, (item) => (item.type === 'fileChange' ? { ...item, changes } : item));
		}
		case 'item/autoApprovalReview/completed': {
			const { turnId, targetItemId } = notification.params;
			return targetItemId === null
				? state
				: changeItem(state, { turnId, itemId: targetItemId }, (item) => ({ ...item, autoReview: notification.params }));
		}
		case 'item/mcpToolCall/progress': {
			const { turnId, itemId, message } = notification.params;
			return changeItem(state, { turnId, itemId }, (item) => (item.done ? item : { ...item, progress: message }));
		}
		case 'hook/started':
		case 'hook/completed': {
			const { turnId, run } = notification.params;
			if (turnId === null) return state;
			return changeTurn(state, turnId, (turn) => {
				const hookRuns = withHookRun(turn.hookRuns, { run, afterItemId: turn.items.at(-1)?.item.id ?? null });
				return hookRuns === turn.hookRuns ? turn : { ...turn, retry: null, hookRuns };
			});
		}
		case 'error': {
			const { turnId, error, willRetry, retryInMs } = notification.params;
			if (!willRetry) return changeTurn(state, turnId, (turn) => ({ ...turn, retry: null, error }));
			const untilMs = retryInMs === undefined ? null : Date.now() + retryInMs;
			return changeTurn(state, turnId, (turn) => ({ ...turn, retry: { message: errorMessage(error), cause: errorDetails(error), untilMs } }));
		}
		case 'model/rerouted': {
			const { turnId, fromModel, toModel } = notification.params;
			return changeTurn(state, turnId, (turn) => ({ ...turn, notices: withNotice(turn.notices, `${fromModel} → ${toModel}`) }));
		}
		case 'thread/tokenUsage/updated': {
			const { last, total, modelContextWindow } = notification.params.tokenUsage;
			return { ...state, contextUsage: { usedTokens: last.totalTokens, window: modelContextWindow, last, total } };
		}
		case 'thread/name/updated': {
			const name = notification.params.threadName ?? null;
			return state.thread === null ? state : { ...state, thread: { ...state.thread, name } };
		}
		case 'warning':
		case 'guardianWarning':
			return { ...state, notices: withNotice(state.notices, notification.params.message) };
		case 'deprecationNotice':
		case 'configWarning': {
			const { summary, details } = notification.params;
			return { ...state, notices: withNotice(state.notices, details ? `${summary}\n${details}` : summary) };
		}
		// All others change nothing that the page shows.
		default:
			return state;
	}
}

function isOfAnotherThread(state: ViewState, { params }: ServerNotification): boolean {
	return (
		typeof params === 'object' && 'threadId' in params && params.threadId != null && state.thread !== null && params.threadId !== state.thread.id
	);
}

function withNotice(notices: readonly string[], notice: string): readonly string[] {
	return notices.includes(notice) ? notices : [...notices, notice].slice(-MAX_NOTICES);
}

function startTurn(state: ViewState, turn: Turn): ViewState {
	const known = state.turns.some(({ id }) => id === turn.id);
	if (!known) {
		return { ...state, turns: [...state.turns, fromTurn(turn)] };
	}
	// An item may have come first; what is finished is not started again.
	return changeTurn(state, turn.id, (before) => ({ ...before, startedAt: before.startedAt ?? turn.startedAt }));
}

function completeTurn(state: ViewState, turn: Turn): ViewState {
	const merged = turn.items.reduce(
		(sum, item) => finishItem(sum, turn.id, item),
		changeTurn(state, turn.id, (before) => before),
	);
	return changeTurn(merged, turn.id, (before) => ({
		...before,
		status: turn.status === 'inProgress' ? before.status : turn.status,
		error: turn.error ?? (turn.status === 'failed' ? before.error : null),
		startedAt: before.startedAt ?? turn.startedAt,
		durationMs: turn.durationMs,
		retry: null,
		// A command may outlive its turn; text may not.
		items: before.items.map((item) => (item.done || isRunning(item.item) ? item : { ...item, done: true })),
	}));
}

/** Changes a turn; one that nobody announced is taken as running. */
function changeTurn(state: ViewState, turnId: string, change: (turn: TurnState) => TurnState): ViewState {
	const index = state.turns.findLastIndex((turn) => turn.id === turnId);
	const before = state.turns[index];
	if (before === undefined) {
		const turn: TurnState = {
			id: turnId,
			status: 'inProgress',
			error: null,
			startedAt: null,
			durationMs: null,
			items: [],
			plan: null,
			retry: null,
			notices: [],
			hookRuns: [],
		};
		return { ...state, turns: [...state.turns, change(turn)] };
	}
	const after = change(before);
	return after === before ? state : { ...state, turns: state.turns.with(index, after) };
}

function addItem(state: ViewState, turnId: string, item: ItemState): ViewState {
	return changeTurn(state, turnId, (turn) => {
		const index = turn.items.findLastIndex((known) => itemKey(known.item) === itemKey(item.item));
		const before = turn.items[index];
		if (before === undefined) {
			return { ...turn, retry: null, items: [...turn.items, item] };
		}
		return before.startedAtMs !== null ? turn : { ...turn, items: turn.items.with(index, { ...before, startedAtMs: item.startedAtMs }) };
	});
}

function finishItem(state: ViewState, turnId: string, item: ThreadItem): ViewState {
	return changeTurn(state, turnId, (turn) => {
		const index = turn.items.findLastIndex((known) => itemKey(known.item) === itemKey(item));
		const before = turn.items[index];
		const after: ItemState = {
			item,
			done: true,
			startedAtMs: before?.startedAtMs ?? null,
			progress: null,
			...(before?.autoReview ? { autoReview: before.autoReview } : {}),
		};
		return { ...turn, retry: null, items: before === undefined ? [...turn.items, after] : turn.items.with(index, after) };
	});
}

interface ItemKey {
	readonly turnId: string;
	readonly itemId: string;
}

function changeItem(state: ViewState, key: ItemKey, change: (item: ItemState) => ItemState): ViewState {
	const turnIndex = state.turns.findLastIndex((turn) => turn.id === key.turnId);
	const turn = state.turns[turnIndex];
	const itemIndex = turn?.items.findLastIndex(({ item }) => item.id === key.itemId) ?? -1;
	const before = turn?.items[itemIndex];
	if (turn === undefined || before === undefined) {
		return state;
	}
	const after = change(before);
	if (after === before) {
		return state;
	}
	return { ...state, turns: state.turns.with(turnIndex, { ...turn, retry: null, items: turn.items.with(itemIndex, after) }) };
}

/** A delta without its item is dropped: the finished item brings the whole. */
function growItem(state: ViewState, key: ItemKey, grow: (item: ThreadItem) => ThreadItem): ViewState {
	return changeItem(state, key, (before) => {
		const item = before.done ? before.item : grow(before.item);
		return item === before.item ? before : { ...before, item };
	});
}
