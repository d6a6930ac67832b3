import { storedToWireThread } from '../../projection/wireThread.ts';
import type { ParsedParamsOf } from '../../protocol/methods.ts';
import { invalidRequest } from '../../protocol/wire/rpcError.ts';
import type { Clients } from '../../session/clients.ts';
import { type Handlers, refusal, RpcFailure } from '../../session/handler.ts';
import type { ThreadSubscriptions } from '../../session/threadSubscriptions.ts';
import type { GitPatch } from '../../store/rollout/gitPatches.ts';
import { RolloutWriter } from '../../store/rollout/rolloutFile.ts';
import { sessionMetaEntry } from '../../store/rollout/rolloutLine.ts';
import { NeededRecordsError, type ThreadStore } from '../../store/threadStore.ts';
import type { Threads } from '../../thread/threads.ts';
import { checkThreadId, storedThread } from './threadLookup.ts';
import { textOf } from '../../words/l10n.ts';

export interface ThreadChangeServices {
	readonly threads: Threads;
	readonly store: ThreadStore;
	readonly clients: Clients;
	readonly subscriptions: ThreadSubscriptions;
	/** Removes what other services keep of a deleted thread. */
	forget(threadId: string): Promise<void>;
	/** It has another name, is in the archive, or no longer there, or deleted. */
	changed(): void;
}

/** What is changed of a thread without running it. */
export function threadChangeHandlers({ threads, store, clients, subscriptions, forget, changed }: ThreadChangeServices): Handlers {
	return {
		'thread/archive': async (params, context) => {
			const id = checkThreadId(params.threadId);
			const loaded = threads.get(id);
			const found = loaded && !loaded.materialized ? null : await store.find(id);
			if (!found || found.archived) throw new RpcFailure(invalidRequest(`no rollout found for thread id ${id}`));
			await threads.unload(id);
			await store.setArchived(found, { archived: true });
			changed();
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
			const followers = clients.subscribersOf(id);
			await threads.unload(id);
			const moved = await store.setArchived(found, { archived: false });
			changed();
			if (before) {
				const again = await threads.resume(moved, { settingsOf: () => before.settings, originator: context.session.client?.name ?? 'tiller' });
				for (const session of followers) subscriptions.subscribe(again, session);
			}
			context.afterReply(() => subscriptions.broadcast({ method: 'thread/unarchived', params: { threadId: id } }));
			return { thread: storedToWireThread(moved, { loaded: threads.get(id) }) };
		},

		'thread/delete': async (params, context) => {
			const id = checkThreadId(params.threadId);
			const loaded = threads.get(id);
			await threads.unload(id);
			const found = loaded && !loaded.materialized ? null : await store.find(id);
			if (!found && !loaded) throw new RpcFailure(invalidRequest(`no rollout found for thread id ${id}`));
			if (found) await store.delete(found).catch(refuseNeeded);
			await forget(id);
			changed();
			context.afterReply(() => {
				if (loaded) subscriptions.broadcast({ method: 'thread/status/changed', params: { threadId: id, status: { type: 'notLoaded' } } });
				subscriptions.broadcast({ method: 'thread/deleted', params: { threadId: id } });
			});
			return {};
		},

		'thread/metadata/update': async (params) => {
			const id = checkThreadId(params.threadId);
			const patch = gitPatchOf(params.gitInfo ?? {});
			const loaded = threads.get(id);
			if (loaded?.ephemeral) throw new RpcFailure(invalidRequest(`thread ${id} is ephemeral: nothing of it is kept`));
			if (loaded && !loaded.materialized) throw new RpcFailure(invalidRequest(`thread ${id} is not materialized yet: send it a message first`));
			const changed = await store.patchGit(await storedThread(store, id, 'thread not found:'), patch);
			loaded?.changeGit(changed.meta.git);
			return { thread: storedToWireThread(changed, { loaded }) };
		},

		'thread/memoryMode/set': async (params) => {
			const id = checkThreadId(params.threadId);
			const loaded = threads.get(id);
			if (loaded) {
				loaded.setMemoryMode(params.mode);
				return {};
			}
			const found = await storedThread(store, id, 'thread not found:');
			const writer = new RolloutWriter({ path: found.path, materialized: true, numbered: found.meta.historyMode === 'paginated' });
			writer.append([sessionMetaEntry({ ...found.meta, memoryMode: params.mode })]);
			writer.close();
			return {};
		},

		'thread/name/set': async (params, context) => {
			const id = checkThreadId(params.threadId);
			const name = params.name.trim();
			if (name === '') throw new RpcFailure(invalidRequest('thread name must not be empty'));
			const loaded = threads.get(id);
			if (!loaded && !(await store.find(id))) throw new RpcFailure(invalidRequest(`thread not found: ${id}`));
			if (!loaded?.ephemeral) await store.setName(id, name);
			if (loaded) loaded.name = name;
			changed();
			context.afterReply(() => subscriptions.broadcast({ method: 'thread/name/updated', params: { threadId: id, threadName: name } }));
			return {};
		},
	};
}

function refuseNeeded(error: unknown): never {
	throw error instanceof NeededRecordsError ? refusal(textOf(error)) : error;
}

function gitPatchOf(given: NonNullable<ParsedParamsOf<'thread/metadata/update'>['gitInfo']>): GitPatch {
	const members = (['sha', 'branch', 'originUrl'] as const).flatMap((name) => {
		const value = given[name];
		if (value === undefined) return [];
		const trimmed = value?.trim() ?? null;
		if (trimmed === '') throw new RpcFailure(invalidRequest(`gitInfo.${name} must not be empty`));
		return [[name, trimmed] as const];
	});
	if (members.length === 0) throw new RpcFailure(invalidRequest('gitInfo must include at least one field'));
	return Object.fromEntries(members);
}
