import { storedToWireThread } from '../../projection/wireThread.ts';
import type { ParsedParamsOf } from '../../protocol/methods.ts';
import { invalidRequest } from '../../protocol/wire/rpcError.ts';
import { type Handlers, RpcFailure } from '../../session/handler.ts';
import type { ThreadReadState } from '../../protocol/thread/readState.ts';
import type { ReadMarks } from '../../session/readMarks.ts';
import type { StoredThread, ThreadStore } from '../../store/threadStore.ts';
import type { Threads } from '../../thread/threads.ts';
import { foldersOf } from './listedFolders.ts';
import { pageSize, refuseCursor } from './paging.ts';
import { checkThreadId, isThreadId } from './threadLookup.ts';

export interface ThreadListServices {
	readonly threads: Threads;
	readonly store: ThreadStore;
	readonly marks: ReadMarks;
	/** The ids that a provider had before: threads were begun under them. */
	earlierProviders(id: string): readonly string[];
}

export function threadListHandlers({ threads, store, marks, earlierProviders }: ThreadListServices): Handlers {
	return {
		'thread/list': async (params) => {
			refuseFilters(params);
			const cwds = await foldersOf(params.cwd);
			const providers = params.modelProviders?.flatMap((id) => [id, ...earlierProviders(id)]) ?? null;
			const page = await store.list({ ...toQuery(params), cwds, providers }).catch(refuseCursor);
			return {
				data: page.threads.map((thread) => storedToWireThread(thread, { loaded: threads.get(thread.meta.id) })),
				readStates: statesOf(page.threads, marks),
				nextCursor: page.nextCursor,
				backwardsCursor: page.backwardsCursor,
			};
		},

		'thread/loaded/list': (params) => {
			const { cursor, limit } = params;
			if (cursor && !isThreadId(cursor)) throw new RpcFailure(invalidRequest(`invalid cursor: ${cursor}`));
			// In the order of ids, so that a cursor holds also when its thread is no longer loaded.
			const ids = threads.loaded.map((thread) => thread.id).toSorted();
			const left = cursor ? ids.filter((id) => id > checkThreadId(cursor)) : ids;
			const data = limit === null || limit === undefined ? left : left.slice(0, Math.max(limit, 1));
			return { data, nextCursor: data.length < left.length ? (data.at(-1) ?? null) : null };
		},
	};
}

function statesOf(threads: readonly StoredThread[], marks: ReadMarks): Record<string, ThreadReadState> {
	const states = threads.map(({ meta }) => [meta.id, marks.ofKept(meta.id, meta.source)] as const);
	return Object.fromEntries(states.flatMap(([id, state]) => (state ? [[id, { ...state }]] : [])));
}

const MAX_IDS = 100;

function refuseFilters({ includedThreadIds, parentThreadId, ancestorThreadId, originators }: ParsedParamsOf<'thread/list'>): void {
	const refuse = (reason: string): never => {
		throw new RpcFailure(invalidRequest(reason));
	};
	if (originators?.length) refuse('`originators` must be empty: this server keeps threads of one person');
	if (parentThreadId && ancestorThreadId) refuse('`parentThreadId` cannot be combined with `ancestorThreadId`');
	if (includedThreadIds && includedThreadIds.length > MAX_IDS)
		refuse(`\`includedThreadIds\` holds ${includedThreadIds.length} ids, which is more than ${MAX_IDS}`);
}

/** What is no id of a thread fits none. */
const threadId = (id: string): string => (isThreadId(id) ? checkThreadId(id) : id);

function toQuery(params: ParsedParamsOf<'thread/list'>) {
	const agents = params.parentThreadId || params.ancestorThreadId;
	const sources = params.sourceKinds?.length ? params.sourceKinds : agents ? ['subAgentThreadSpawn'] : ['cli', 'vscode'];
	return {
		archived: params.archived ?? false,
		sources: sources.map(String),
		ids: params.includedThreadIds?.map(threadId) ?? null,
		exceptIds: params.excludedThreadIds?.map(threadId) ?? [],
		parent: params.parentThreadId ? threadId(params.parentThreadId) : null,
		ancestor: params.ancestorThreadId ? threadId(params.ancestorThreadId) : null,
		inNone: Boolean(params.sectionId) || Boolean(params.projectId),
		searchTerm: params.searchTerm ? params.searchTerm : null,
		sortKey: params.sortKey === 'created_at' || !params.sortKey ? 'created_at' : 'updated_at',
		sortDirection: params.sortDirection ?? 'desc',
		indexOnly: params.useStateDbOnly ?? false,
		cursor: params.cursor ?? null,
		limit: pageSize(params.limit),
	} as const;
}
