import { type ItemAnchor, itemKey, itemPage, itemsOf, type PlacedItem } from '../../projection/pages/itemPages.ts';
import { turnOf } from '../../projection/threadTurns.ts';
import { type TimelineAnchor, timelinePage } from '../../projection/pages/timeline.ts';
import type { ThreadItem } from '../../protocol/thread/item.ts';
import type { ThreadItemEntry, ThreadItemOutputDeferral, ThreadItemsListCursor } from '../../protocol/thread/threadItems.ts';
import { invalidParams, invalidRequest } from '../../protocol/wire/rpcError.ts';
import { type Handlers, RpcFailure } from '../../session/handler.ts';
import { pageSize } from './paging.ts';
import { type ThreadSourceServices, turnsOfThread } from './turnSource.ts';

const MAX_READ = 100;

/** What happened in a thread, item by item: loaded or not, and however its records are kept. */
export function threadItemHandlers(services: ThreadSourceServices): Handlers {
	return {
		'thread/items/list': async (params) => {
			const source = await turnsOfThread(services, params.threadId, 'thread/items/list');
			const turnId = params.turnId ?? null;
			const newestFirst = params.sortDirection === 'desc';
			const anchor = params.cursor ? await anchorOf(params.cursor, { turnId, turn: (id) => turnOf(source, id) }) : null;
			const page = await itemPage(source, { turnId, anchor, newestFirst, limit: pageSize(params.limit) });
			if (!page) throw invalidCursor(params.cursor);
			const [first, last] = [page.items.at(0), page.items.at(-1)];
			return {
				data: page.items.map((placed) => toEntry(placed, params.deferOutput ?? {})),
				nextCursor: page.more && last ? formatItemCursor(last, { inclusive: false }) : null,
				backwardsCursor: first ? formatItemCursor(first, { inclusive: true }) : null,
			};
		},

		'thread/items/read': async ({ threadId, turnId, itemIds }) => {
			if (itemIds.length === 0 || itemIds.length > MAX_READ) throw new RpcFailure(invalidRequest(`itemIds must contain 1 to ${MAX_READ} IDs`));
			const source = await turnsOfThread(services, threadId, 'thread/items/read');
			const turn = await turnOf(source, turnId);
			const found = turn ? itemsOf(turn).filter(({ item }) => itemIds.includes(item.id)) : [];
			return { data: found.map((placed) => toEntry(placed, {})) };
		},

		'thread/timeline/list': async (params) => {
			const source = await turnsOfThread(services, params.threadId, 'thread/timeline/list');
			const anchor = params.cursor ? parseTimelineCursor(params.cursor) : null;
			const page = await timelinePage(source, { anchor, limit: pageSize(params.limit) });
			if (!page) throw invalidCursor(params.cursor);
			return {
				data: [...page.entries],
				nextCursor: page.before && JSON.stringify(page.before),
				activeRealtimeSessionAtPageStart: null,
			};
		},
	};
}

const invalidCursor = (cursor: unknown) =>
	new RpcFailure(invalidRequest(`invalid cursor: ${typeof cursor === 'string' ? cursor : JSON.stringify(cursor)}`));

function toEntry({ turnId, item }: PlacedItem, defer: ThreadItemOutputDeferral): ThreadItemEntry {
	const short = withoutOutput(item, defer);
	const { startedAtMs = null, completedAtMs = null } = item;
	return { turnId, item: short ?? item, ...(short ? { outputDeferred: true } : {}), startedAtMs, completedAtMs };
}

/** Null when there is nothing to leave out: only what succeeded and said something is fetched later. */
function withoutOutput(item: ThreadItem, defer: ThreadItemOutputDeferral): ThreadItem | null {
	if (item.type === 'commandExecution' && defer.commandExecution && item.status === 'completed' && item.aggregatedOutput)
		return { ...item, aggregatedOutput: null };
	if (item.type === 'mcpToolCall' && defer.mcpToolCall && item.status === 'completed' && isPlainText(item.result))
		return { ...item, result: { ...item.result, content: [] } };
	return null;
}

type McpResult = NonNullable<Extract<ThreadItem, { type: 'mcpToolCall' }>['result']>;

function isPlainText(result: McpResult | null): result is McpResult {
	if (!result || result.content.length === 0) return false;
	return result.content.every((part) => typeof part === 'object' && part !== null && !Array.isArray(part) && part.type === 'text');
}

async function anchorOf(
	cursor: ThreadItemsListCursor,
	{ turnId, turn }: { readonly turnId: string | null; readonly turn: (id: string) => ReturnType<typeof turnOf> },
): Promise<ItemAnchor> {
	if (typeof cursor === 'string') return parseItemCursor(cursor);
	if (!turnId) throw new RpcFailure(invalidParams('turnId is required when cursor is an item anchor'));
	const found = await turn(turnId);
	const placed = found && itemsOf(found).find(({ item }) => item.id === cursor.itemId);
	if (!placed) throw new RpcFailure(invalidParams('cursor.itemId does not identify an item in the requested history scope'));
	return { turnId, item: itemKey(placed.item), inclusive: false };
}

/** Also of the places that other answers name for `thread/items/list`. */
export function formatItemCursor({ turnId, item }: PlacedItem, { inclusive }: { readonly inclusive: boolean }): string {
	return JSON.stringify({ turnId, item: itemKey(item), includeAnchor: inclusive });
}

function parseItemCursor(cursor: string): ItemAnchor {
	const { turnId, item, includeAnchor } = fieldsOf(cursor);
	if (typeof turnId !== 'string' || typeof item !== 'string' || typeof includeAnchor !== 'boolean') throw invalidCursor(cursor);
	return { turnId, item, inclusive: includeAnchor };
}

function parseTimelineCursor(cursor: string): TimelineAnchor {
	const { turnId, position } = fieldsOf(cursor);
	if (typeof turnId !== 'string' || !Number.isSafeInteger(position)) throw invalidCursor(cursor);
	return { turnId, position: Number(position) };
}

function fieldsOf(cursor: string): Readonly<Record<string, unknown>> {
	try {
		const value: unknown = JSON.parse(cursor);
		if (typeof value === 'object' && value !== null) return { ...value };
	} catch {
		// What is no JSON is not ours either.
	}
	return {};
}
