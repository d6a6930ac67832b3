import { itemPage } from '../../projection/pages/itemPages.ts';
import { type TurnPage, turnPage, type TurnSource } from '../../projection/threadTurns.ts';
import { toTurn, type TurnView } from '../../projection/turnViews.ts';
import type { ThreadResumeInitialTurnsPageParams, TurnsPage } from '../../protocol/thread/thread.ts';
import type { Turn } from '../../protocol/thread/turn.ts';
import { invalidRequest } from '../../protocol/wire/rpcError.ts';
import { RpcFailure } from '../../session/handler.ts';
import type { SessionMeta } from '../../store/rollout/rolloutLine.ts';
import { formatCursor, pageSize, parseCursor } from './paging.ts';
import { formatItemCursor } from './threadItems.ts';

type TurnsPageParams = ThreadResumeInitialTurnsPageParams & { readonly cursor?: string | null | undefined };

interface HookRuns {
	readonly hookRuns?: boolean;
}

/** A page of a thread's turns as clients ask for it. */
export async function turnsPage(source: TurnSource, params: TurnsPageParams, show: HookRuns = {}): Promise<TurnsPage> {
	const page = await turnPage(source, {
		anchor: params.cursor ? parseCursor(params.cursor, 'turnId') : null,
		newestFirst: params.sortDirection !== 'asc',
		limit: pageSize(params.limit),
	});
	if (!page) throw new RpcFailure(invalidRequest(`invalid cursor: ${params.cursor}`));
	return toTurnsPage(page, params, show);
}

/** The first page of turns that are all there, oldest first. */
export function firstTurnsPage(all: readonly TurnView[], params: ThreadResumeInitialTurnsPageParams): TurnsPage {
	const ordered = params.sortDirection === 'asc' ? all : all.toReversed();
	const turns = ordered.slice(0, pageSize(params.limit));
	return toTurnsPage({ turns, more: turns.length < ordered.length }, params, {});
}

function toTurnsPage({ turns, more }: TurnPage, { itemsView }: TurnsPageParams, show: HookRuns): TurnsPage {
	const [first, last] = [turns.at(0), turns.at(-1)];
	return {
		data: turns.map((turn): Turn => toTurn(turn, itemsView ?? 'summary', show)),
		nextCursor: more && last ? formatCursor('turnId', { id: last.id, inclusive: false }) : null,
		backwardsCursor: first ? formatCursor('turnId', { id: first.id, inclusive: true }) : null,
	};
}

interface NewestCursors {
	readonly turnsBackwardsCursor: string | null;
	readonly itemsBackwardsCursor: string | null;
}

/** Where a client begins that reads a thread from its end. Clients that know these cursors page through `paginated` threads only. */
export async function newestCursors(source: TurnSource, { historyMode }: SessionMeta): Promise<NewestCursors> {
	if (historyMode !== 'paginated') return { turnsBackwardsCursor: null, itemsBackwardsCursor: null };
	const turn = (await turnPage(source, { anchor: null, newestFirst: true, limit: 1 }))?.turns[0];
	const item = (await itemPage(source, { turnId: null, anchor: null, newestFirst: true, limit: 1 }))?.items[0];
	return {
		turnsBackwardsCursor: turn ? formatCursor('turnId', { id: turn.id, inclusive: true }) : null,
		itemsBackwardsCursor: item ? formatItemCursor(item, { inclusive: true }) : null,
	};
}
