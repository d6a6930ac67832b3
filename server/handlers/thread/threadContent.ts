import * as z from 'zod/mini';
import { fromWire } from '../../model/responses/responseItemWire.ts';
import { allTurns, countFrom } from '../../projection/threadTurns.ts';
import { toTurn } from '../../projection/turnViews.ts';
import { toWireThread } from '../../projection/wireThread.ts';
import { ResponseItem } from '../../protocol/thread/responseItem.ts';
import { describeInvalid } from '../../protocol/wire/describeInvalid.ts';
import { invalidRequest } from '../../protocol/wire/rpcError.ts';
import { type Handlers, refusal, RpcFailure } from '../../session/handler.ts';
import { RollbackRefusedError } from '../../thread/thread.ts';
import type { Threads } from '../../thread/threads.ts';
import { loadedThread } from './threadLookup.ts';
import { newestCursors } from './turnsPage.ts';
import { type TurnServices, turnSource } from './turnSource.ts';
import { textOf } from '../../words/l10n.ts';

/** Types that providers refuse, or that they do not have, would spoil every later request of the thread. */
const MODEL_ITEMS: ReadonlySet<string> = new Set([
	'message',
	'reasoning',
	'local_shell_call',
	'function_call',
	'function_call_output',
	'custom_tool_call',
	'custom_tool_call_output',
	'tool_search_call',
	'tool_search_output',
	'web_search_call',
	'image_generation_call',
	'compaction',
]);

/** What is added to a thread, or taken from it, without a turn. */
export function threadContentHandlers({ threads, store, subscriptions }: TurnServices & { readonly threads: Threads }): Handlers {
	return {
		'thread/context/read': (params) => {
			const { tokens, parts } = loadedThread(threads, params.threadId).contextUse();
			return { tokens, parts: [...parts] };
		},
		'thread/inject_items': (params) => {
			const thread = loadedThread(threads, params.threadId);
			if (params.items.length === 0) throw new RpcFailure(invalidRequest('items must not be empty'));
			const items = params.items.map((raw, index) => {
				const item = fromWire(raw);
				// Nobody takes a known item without what belongs to it: each later request of the thread would fail.
				const isBroken = !item || (item.type === 'opaque' && MODEL_ITEMS.has(String(item.raw.type)) && !z.safeParse(ResponseItem, raw).success);
				if (!isBroken) return item;
				const problem = describeInvalid(ResponseItem, raw).replace(/^Invalid request: /, '');
				throw new RpcFailure(invalidRequest(`items[${index}] is not a valid response item: ${problem}`));
			});
			thread.inject(items.filter((item) => item.type !== 'opaque' || MODEL_ITEMS.has(String(item.raw.type))));
			return {};
		},

		'thread/revert': async (params, context) => {
			const thread = loadedThread(threads, params.threadId);
			const count = await countFrom(turnSource({ store, subscriptions }, thread), params.beforeTurnId);
			if (count === null) throw new RpcFailure(invalidRequest(`thread ${thread.id} has no turn ${params.beforeTurnId}`));
			await thread.rollback(count).catch(refuseRollback);
			context.afterReply(() => subscriptions.tell(thread.id, { method: 'thread/reverted', params: { threadId: thread.id } }));
			return { thread: toWireThread(thread), ...(await newestCursors(turnSource({ store, subscriptions }, thread), thread.meta)) };
		},

		'thread/rollback': async (params) => {
			const thread = loadedThread(threads, params.threadId);
			if (params.numTurns < 1) throw new RpcFailure(invalidRequest('numTurns must be >= 1'));
			await thread.rollback(params.numTurns).catch(refuseRollback);
			const turns = await allTurns(turnSource({ store, subscriptions }, thread));
			return {
				thread: toWireThread(
					thread,
					turns.map((turn) => toTurn(turn, 'full')),
				),
			};
		},
	};
}

function refuseRollback(error: unknown): never {
	throw error instanceof RollbackRefusedError ? refusal(textOf(error)) : error;
}
