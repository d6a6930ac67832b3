import { toConversationSummary } from '../../projection/conversationSummary.ts';
import { textAt, wholeCharacters } from '../../projection/longTexts.ts';
import { turnOf } from '../../projection/threadTurns.ts';
import { toTurn } from '../../projection/turnViews.ts';
import { toWholeThreadItem } from '../../projection/wireItem.ts';
import { storedToWireThread, toWireThread } from '../../projection/wireThread.ts';
import { invalidRequest, notSupportedYet } from '../../protocol/wire/rpcError.ts';
import { type Handlers, RpcFailure } from '../../session/handler.ts';
import type { KeptTexts } from '../../projection/keptTexts.ts';
import { knowsOwnMembers } from '../../session/ownMembers.ts';
import { WithTurns } from '../../session/withTurns.ts';
import type { ReadMarks } from '../../session/readMarks.ts';
import type { ReadState } from '../../store/readStates.ts';
import { formatCursor, pageSize, parseCursor } from './paging.ts';
import { turnsPage } from './turnsPage.ts';
import { checkThreadId, storedThread } from './threadLookup.ts';
import { type ThreadSourceServices, turnSource, turnsOfThread, turnTexts } from './turnSource.ts';

export interface ThreadHistoryServices extends ThreadSourceServices {
	/** Clients may ask to be refused the items of a turn, as servers that have no such list do. */
	refusesItemLists(): boolean;
	readonly marks: ReadMarks;
	readonly texts: KeptTexts;
}

/** UTF-16 units of a text in one answer. */
const MAX_TEXT = 1024 * 1024;

const copied = (state: ReadState | null) => state && { ...state };

/** What happened in a thread, loaded or not. */
export function threadHistoryHandlers(services: ThreadHistoryServices): Handlers {
	const { threads, store } = services;

	const sourceOf = (threadId: string, method: string) => turnsOfThread(services, threadId, method);

	return {
		'thread/read': async (params, { session }) => {
			const id = checkThreadId(params.threadId);
			const loaded = threads.get(id);
			if (loaded) {
				if (params.includeTurns && loaded.ephemeral) throw new RpcFailure(invalidRequest('ephemeral threads do not support includeTurns'));
				if (params.includeTurns && !loaded.materialized) {
					throw new RpcFailure(invalidRequest(`thread ${id} is not materialized yet; includeTurns is unavailable before first user message`));
				}
				const turns = params.includeTurns ? await turnTexts(turnSource(services, loaded), session, services.texts) : [];
				return new WithTurns({ readState: copied(services.marks.ofLoaded(loaded)), thread: toWireThread(loaded) }, turns);
			}
			const found = await storedThread(store, id, 'thread not loaded:');
			const turns = params.includeTurns ? await turnTexts(turnSource(services, { id, path: found.path }), session, services.texts) : [];
			return new WithTurns(
				{ readState: copied(services.marks.ofKept(id, found.meta.source)), thread: storedToWireThread(found, { loaded: null }) },
				turns,
			);
		},

		'thread/turns/list': async (params, { session }) => {
			const source = await sourceOf(params.threadId, 'thread/turns/list');
			return turnsPage(source, params, { hookRuns: knowsOwnMembers(session) });
		},

		'thread/turns/items/list': async (params) => {
			if (services.refusesItemLists()) throw new RpcFailure(notSupportedYet('thread/turns/items/list'));
			const source = await sourceOf(params.threadId, 'thread/turns/items/list');
			const turn = await turnOf(source, params.turnId);
			if (!turn) throw new RpcFailure(invalidRequest(`turn not found: ${params.turnId}`));
			const { items } = toTurn(turn, 'full');
			const ordered = params.sortDirection === 'desc' ? items.toReversed() : items;
			const anchor = params.cursor ? parseCursor(params.cursor, 'itemId') : null;
			const at = anchor ? ordered.findIndex((item) => item.id === anchor.id) : 0;
			if (at < 0) throw new RpcFailure(invalidRequest(`invalid cursor: ${params.cursor}`));
			const start = anchor && !anchor.inclusive ? at + 1 : at;
			const data = ordered.slice(start, start + pageSize(params.limit));
			const [first, last] = [data.at(0), data.at(-1)];
			return {
				data,
				nextCursor: last && start + data.length < ordered.length ? formatCursor('itemId', { id: last.id, inclusive: false }) : null,
				backwardsCursor: first ? formatCursor('itemId', { id: first.id, inclusive: true }) : null,
			};
		},

		'thread/item/read': async (params) => {
			const source = await sourceOf(params.threadId, 'thread/item/read');
			const turn = await turnOf(source, params.turnId);
			if (!turn) throw new RpcFailure(invalidRequest(`turn not found: ${params.turnId}`));
			const item = turn.items.find(({ id }) => id === params.itemId);
			if (!item) throw new RpcFailure(invalidRequest(`item not found: ${params.itemId}`));
			const whole = toWholeThreadItem(item);
			const pointers = params.pointer ? [params.pointer] : ['/aggregatedOutput', '/text'];
			const text = pointers.map((pointer) => textAt(whole, pointer)).find((found) => found !== null);
			if (text === undefined) throw new RpcFailure(invalidRequest(`item ${item.id} has no text at ${pointers.join(' or ')}`));
			const offset = params.offset ?? 0;
			return { text: wholeCharacters(text, offset, offset + Math.min(params.length ?? MAX_TEXT, MAX_TEXT)), totalLength: text.length };
		},

		getConversationSummary: async (params) => {
			if ('rolloutPath' in params) {
				const found = await store.findByPath(params.rolloutPath);
				if (!found) throw new RpcFailure(invalidRequest(`no rollout found at ${params.rolloutPath}`));
				return { summary: toConversationSummary(found) };
			}
			return { summary: toConversationSummary(await storedThread(store, params.conversationId, 'no rollout found for conversation id')) };
		},
	};
}
