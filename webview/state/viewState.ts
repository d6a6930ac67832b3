/** What the page shows: the host's state with the thread taken apart into turns and items that can grow. Plain immutable data. */
import type { ServerNotificationParams } from '../../server/protocol/serverMessages.ts';
import type { ThreadItem } from '../../server/protocol/thread/item.ts';
import type { Thread } from '../../server/protocol/thread/thread.ts';
import type { Turn, TurnHookRun } from '../../server/protocol/thread/turn.ts';
import type { ContextUsage } from '../channel/statusInfo.ts';
import type { PageState } from '../channel/pageState.ts';
import type { TurnPlan } from '../channel/turnFacts.ts';

export interface ItemState {
	readonly item: ThreadItem;
	/** False while text may still be appended. A finished item is never changed by a late delta. */
	readonly done: boolean;
	readonly startedAtMs: number | null;
	/** The newest progress message of a tool. */
	readonly progress: string | null;
	/** What an automatic reviewer decided about it. */
	readonly autoReview?: AutoReview;
}

/** The notification itself: it is what is sent back to overrule a denial. */
export type AutoReview = ServerNotificationParams<'item/autoApprovalReview/completed'>;

export interface TurnState {
	readonly id: string;
	readonly status: Turn['status'];
	readonly error: Turn['error'];
	/** Unix seconds. */
	readonly startedAt: number | null;
	readonly durationMs: number | null;
	readonly items: readonly ItemState[];
	readonly plan: TurnPlan | null;
	/** Why the model is asked again, and when (Unix milliseconds); null as soon as something arrives. */
	readonly retry: RetryState | null;
	readonly notices: readonly string[];
	/** In the order in which they began. */
	readonly hookRuns: readonly TurnHookRun[];
}

export interface RetryState {
	readonly message: string;
	/** What the provider said. */
	readonly cause: string | null;
	readonly untilMs: number | null;
}

export interface ThreadSummary {
	readonly id: string;
	readonly name: string | null;
	readonly preview: string;
	readonly cwd: string;
	readonly modelProvider: string;
}

export interface ViewState extends Omit<PageState, 'thread' | 'plans' | 'contextUsage'> {
	readonly thread: ThreadSummary | null;
	readonly turns: readonly TurnState[];
	readonly contextUsage: ContextUsage | null;
	/** Warnings that belong to no turn, oldest first. */
	readonly notices: readonly string[];
}

/** The state behind a snapshot. `previous` lends what no snapshot carries when it is of the same thread. */
export function fromSnapshot(page: PageState, previous: ViewState | null): ViewState {
	const { thread, plans, contextUsage, ...rest } = page;
	const known = previous !== null && thread !== null && previous.thread?.id === thread.id ? previous : null;
	const knownTurns = new Map(known?.turns.map((turn) => [turn.id, turn]));
	const older = known === null || rest.olderTurns === null ? null : olderThan(thread, known);
	return {
		...rest,
		olderTurns: older === null ? rest.olderTurns : older.cursor,
		thread:
			thread === null ? null : { id: thread.id, name: thread.name, preview: thread.preview, cwd: thread.cwd, modelProvider: thread.modelProvider },
		turns: [
			...(older?.turns ?? []),
			...(thread?.turns ?? []).map((turn) => {
				const before = knownTurns.get(turn.id);
				return { ...fromTurn(turn), plan: plans?.[turn.id] ?? before?.plan ?? null, notices: before?.notices ?? [] };
			}),
		],
		contextUsage: contextUsage ?? known?.contextUsage ?? null,
		notices: known?.notices ?? [],
	};
}

/** Earlier turns that were loaded before a snapshot of the newest ones: who reads them is not to be sent to the end. */
function olderThan(thread: Thread | null, known: ViewState): { readonly turns: readonly TurnState[]; readonly cursor: string | null } | null {
	const first = thread?.turns[0]?.id;
	const at = known.turns.findIndex(({ id }) => id === first);
	return at <= 0 ? null : { turns: known.turns.slice(0, at), cursor: known.olderTurns };
}

export function fromTurn(turn: Turn): TurnState {
	const running = turn.status === 'inProgress';
	return {
		id: turn.id,
		status: turn.status,
		error: turn.error,
		startedAt: turn.startedAt,
		durationMs: turn.durationMs,
		// Only the last item of a running turn can still grow; which of the others ended last does not show.
		items: turn.items.map((item, index) => ({
			item,
			done: !(running && index === turn.items.length - 1) && !isRunning(item),
			startedAtMs: null,
			progress: null,
		})),
		plan: null,
		retry: null,
		notices: [],
		hookRuns: turn.hookRuns ?? [],
	};
}

/** Whether the item itself says that it still runs. */
export function isRunning(item: ThreadItem): boolean {
	return 'status' in item && item.status === 'inProgress';
}

export function runningTurn(state: ViewState): TurnState | null {
	const last = state.turns.at(-1);
	return last !== undefined && last.status === 'inProgress' ? last : null;
}

/** Older turns that were loaded on demand, put before those that are there. */
export function withOlderTurns(state: ViewState, turns: readonly Turn[], cursor: string | null): ViewState {
	const known = new Set(state.turns.map((turn) => turn.id));
	const older = turns.filter((turn) => !known.has(turn.id)).map(fromTurn);
	return { ...state, turns: [...older, ...state.turns], olderTurns: cursor };
}

export function findItem(state: ViewState, turnId: string, itemId: string): ItemState | undefined {
	return state.turns.find((turn) => turn.id === turnId)?.items.find(({ item }) => item.id === itemId);
}
