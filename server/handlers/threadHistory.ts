import { toTurn } from '../projection/turnViews.ts';
import { storedToWireThread, toWireThread } from '../projection/wireThread.ts';
import type { ParsedParamsOf } from '../protocol/methods.ts';
import { invalidRequest } from '../protocol/rpcError.ts';
import type { Turn } from '../protocol/turn.ts';
import { type Handlers, RpcFailure } from '../session/handler.ts';
import type { ThreadSubscriptions } from '../session/threadSubscriptions.ts';
import type { StoredThread, ThreadStore } from '../store/threadStore.ts';
import type { Thread } from '../thread/thread.ts';
import type { Threads } from '../thread/threads.ts';
import { checkThreadId, storedThread } from './threadLookup.ts';

export interface ThreadHistoryServices {
	readonly threads: Threads;
	readonly store: ThreadStore;
	readonly subscriptions: ThreadSubscriptions;
	readTurns(stored: StoredThread): Promise<readonly Turn[]>;
}

const DEFAULT_PAGE = 25;
const MAX_PAGE = 100;

/** What happened in a thread, loaded or not. */
export function threadHistoryHandlers(services: ThreadHistoryServices): Handlers {
	const { threads, store, subscriptions } = services;

	const turnsOf = (thread: Thread): Turn[] => (subscriptions.turnsOf(thread.id)?.turns ?? []).map((turn) => toTurn(turn, 'full'));

	return {
		'thread/read': async (params) => {
			const id = checkThreadId(params.threadId);
			const loaded = threads.get(id);
			if (loaded) {
				if (params.includeTurns && loaded.ephemeral) throw new RpcFailure(invalidRequest('ephemeral threads do not support includeTurns'));
				if (params.includeTurns && !loaded.materialized) {
					throw new RpcFailure(invalidRequest(`thread ${id} is not materialized yet; includeTurns is unavailable before first user message`));
				}
				return { thread: toWireThread(loaded, params.includeTurns ? turnsOf(loaded) : []) };
			}
			const found = await store.find(id);
			if (!found) throw new RpcFailure(invalidRequest(`thread not loaded: ${id}`));
			return { thread: storedToWireThread(found, { loaded: null, turns: params.includeTurns ? await services.readTurns(found) : [] }) };
		},

		'thread/turns/list': async (params) => {
			const id = checkThreadId(params.threadId);
			const loaded = threads.get(id);
			if (loaded && !loaded.ephemeral && !loaded.materialized) {
				throw new RpcFailure(invalidRequest(`thread ${id} is not materialized yet; thread/turns/list is unavailable before first user message`));
			}
			const turns = loaded ? turnsOf(loaded) : await services.readTurns(await storedThread(store, params.threadId, 'thread not loaded:'));
			return pageOfTurns(turns, params);
		},
	};
}

/** A cursor names a turn; one that goes backwards begins with that turn itself, so it is marked. */
const BACKWARDS = '=';

function pageOfTurns(turns: readonly Turn[], params: ParsedParamsOf<'thread/turns/list'>) {
	const ordered = params.sortDirection === 'asc' ? turns : turns.toReversed();
	const start = params.cursor ? startOf(params.cursor, ordered) : 0;
	const data = ordered.slice(start, start + Math.min(Math.max(params.limit ?? DEFAULT_PAGE, 1), MAX_PAGE));
	const [first, last] = [data.at(0), data.at(-1)];
	return {
		data: data.map((turn) => narrowed(turn, params.itemsView ?? 'summary')),
		nextCursor: last && start + data.length < ordered.length ? last.id : null,
		backwardsCursor: first ? BACKWARDS + first.id : null,
	};
}

function startOf(cursor: string, turns: readonly Turn[]): number {
	const inclusive = cursor.startsWith(BACKWARDS);
	const id = inclusive ? cursor.slice(BACKWARDS.length) : cursor;
	const index = turns.findIndex((turn) => turn.id === id);
	if (index < 0) throw new RpcFailure(invalidRequest(`invalid cursor: ${cursor}`));
	return inclusive ? index : index + 1;
}

function narrowed(turn: Turn, itemsView: Turn['itemsView']): Turn {
	if (itemsView === 'full') return turn;
	if (itemsView === 'notLoaded') return { ...turn, items: [], itemsView };
	const first = turn.items.find((item) => item.type === 'userMessage');
	const last = turn.items.findLast((item) => item.type === 'agentMessage');
	return { ...turn, items: [first, last].filter((item) => item !== undefined), itemsView };
}
