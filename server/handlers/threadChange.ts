import { storedToWireThread } from '../projection/wireThread.ts';
import { invalidRequest } from '../protocol/rpcError.ts';
import type { Clients } from '../session/clients.ts';
import { type Handlers, RpcFailure } from '../session/handler.ts';
import type { ThreadSubscriptions } from '../session/threadSubscriptions.ts';
import type { ThreadStore } from '../store/threadStore.ts';
import type { Threads } from '../thread/threads.ts';
import { checkThreadId, storedThread } from './threadLookup.ts';

export interface ThreadChangeServices {
	readonly threads: Threads;
	readonly store: ThreadStore;
	readonly clients: Clients;
	readonly subscriptions: ThreadSubscriptions;
}

/** What is changed of a thread without running it. */
export function threadChangeHandlers({ threads, store, clients, subscriptions }: ThreadChangeServices): Handlers {
	return {
		'thread/archive': async (params, context) => {
			const id = checkThreadId(params.threadId);
			const loaded = threads.get(id);
			const found = loaded && !loaded.materialized ? null : await store.find(id);
			if (!found || found.archived) throw new RpcFailure(invalidRequest(`no rollout found for thread id ${id}`));
			await threads.unload(id);
			await store.setArchived(found, { archived: true });
			context.afterReply(() => {
				if (loaded) subscriptions.broadcast({ method: 'thread/status/changed', params: { threadId: id, status: { type: 'notLoaded' } } });
				subscriptions.broadcast({ method: 'thread/archived', params: { threadId: id } });
			});
			return {};
		},

		'thread/unarchive': async (params, context) => {
			const id = checkThreadId(params.threadId);
			const found = await storedThread(store, params.threadId, 'no archived rollout found for thread id');
			if (!found.archived) throw new RpcFailure(invalidRequest(`no archived rollout found for thread id ${id}`));
			// A loaded thread writes to its file by path: it is closed while the file moves, and can be resumed after.
			const before = threads.get(id);
			await threads.unload(id);
			const moved = await store.setArchived(found, { archived: false });
			if (before) {
				const again = await threads.resume(moved, { settings: before.settings, originator: context.session.client?.name ?? 'tiller' });
				for (const session of clients.subscribersOf(id)) subscriptions.subscribe(again, session);
			}
			context.afterReply(() => subscriptions.broadcast({ method: 'thread/unarchived', params: { threadId: id } }));
			return { thread: storedToWireThread(moved, { loaded: threads.get(id) }) };
		},

		'thread/name/set': async (params, context) => {
			const id = checkThreadId(params.threadId);
			const name = params.name.trim();
			if (name === '') throw new RpcFailure(invalidRequest('thread name must not be empty'));
			const loaded = threads.get(id);
			if (!loaded && !(await store.find(id))) throw new RpcFailure(invalidRequest(`thread not found: ${id}`));
			if (!loaded?.ephemeral) await store.setName(id, name);
			if (loaded) loaded.name = name;
			context.afterReply(() => subscriptions.broadcast({ method: 'thread/name/updated', params: { threadId: id, threadName: name } }));
			return {};
		},
	};
}
