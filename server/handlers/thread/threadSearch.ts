import { occurrencePage, type OccurrencePlace } from '../../projection/pages/occurrences.ts';
import { storedToWireThread } from '../../projection/wireThread.ts';
import type { ThreadTextSearchParams, ThreadTextSearchResult, ThreadWordSearchParams } from '../../protocol/thread/threadSearch.ts';
import { internalError, invalidRequest } from '../../protocol/wire/rpcError.ts';
import { type Handlers, type RequestContext, RpcFailure } from '../../session/handler.ts';
import { encodeNotification, type Session } from '../../session/session.ts';
import type { SessionResources } from '../../session/sessionResources.ts';
import type { ThreadMatch } from '../../store/threadStore.ts';
import { foldersOf } from './listedFolders.ts';
import { formatCursor, pageSize, refuseCursor } from './paging.ts';
import { type ThreadSourceServices, turnsOfThread } from './turnSource.ts';

/** A search that runs; to close it is to cancel it. */
export interface OpenSearch {
	close(): void;
}

export interface ThreadSearchServices extends ThreadSourceServices {
	readonly searches: SessionResources<OpenSearch>;
}

/** UTF-8 bytes. */
const MAX_TERM = 65_536;

/** Threads by what was said in them, in our own words and in those of newer clients; and the places in one thread. */
export function threadSearchHandlers(services: ThreadSearchServices): Handlers {
	const { threads, store, searches } = services;

	const ownSearch = async (params: ThreadWordSearchParams) => {
		const page = await store
			.search({
				query: params.query,
				archived: params.archived ?? false,
				cwds: await foldersOf(params.cwd),
				cursor: params.cursor ?? null,
				limit: pageSize(params.limit),
			})
			.catch(refuseCursor);
		if (page === null) throw noIndex();
		return {
			data: page.hits.map(({ thread, kind, turnId, itemId, snippet: { text, highlights } }) => ({
				thread: storedToWireThread(thread, { loaded: threads.get(thread.meta.id) }),
				itemType: kind,
				turnId,
				itemId,
				snippet: { text, highlights: highlights.map(({ start, end }) => ({ start, end })) },
			})),
			nextCursor: page.nextCursor,
			isComplete: page.isComplete,
		};
	};

	const toResult = ({ thread, snippet }: ThreadMatch): ThreadTextSearchResult => ({
		thread: storedToWireThread(thread, { loaded: threads.get(thread.meta.id) }),
		snippet: snippet.text,
	});

	/** Ends early when its client cancels it, or leaves. */
	const search = async (
		method: string,
		params: ThreadTextSearchParams,
		context: RequestContext & { found?(matches: readonly ThreadMatch[]): void },
	) => {
		const term = params.searchTerm.trim();
		if (term === '') throw new RpcFailure(invalidRequest(`${method} requires a non-empty searchTerm`));
		if (Buffer.byteLength(term) > MAX_TERM) throw new RpcFailure(invalidRequest(`${method} searchTerm must not exceed ${MAX_TERM} bytes`));
		const abort = new AbortController();
		const key = keyOf(method, context.requestId);
		searches.set(context.session, key, { close: () => abort.abort() });
		try {
			const page = await store
				.searchThreads(
					{
						term,
						archived: params.archived ?? false,
						sources: params.sourceKinds?.length ? params.sourceKinds.map(String) : ['cli', 'vscode'],
						sortKey: params.sortKey === 'created_at' || !params.sortKey ? 'created_at' : 'updated_at',
						sortDirection: params.sortDirection ?? 'desc',
						cursor: params.cursor ?? null,
						limit: pageSize(params.limit),
					},
					{ signal: abort.signal, found: (matches) => context.found?.(matches) },
				)
				.catch(refuseCursor);
			if (abort.signal.aborted) throw new RpcFailure(invalidRequest('the search was cancelled', { reason: 'cancelled' }));
			if (page === null) throw noIndex();
			return { data: page.matches.map(toResult), nextCursor: page.nextCursor, backwardsCursor: page.backwardsCursor };
		} finally {
			searches.delete(context.session, key);
		}
	};

	const cancel = (method: string, session: Session, requestId: string | number) => {
		searches.delete(session, keyOf(method, requestId));
		return {};
	};

	return {
		'thread/search': (params, context) => ('query' in params ? ownSearch(params) : search('thread/search', params, context)),

		'thread/search/stream': (params, context) =>
			search('thread/search/stream', params, {
				...context,
				found: (matches) => {
					const partial = { requestId: context.requestId, data: matches.map(toResult) };
					context.session.notify(encodeNotification({ method: 'thread/search/partial', params: partial }));
				},
			}),

		'thread/search/cancel': ({ requestId }, { session }) => cancel('thread/search', session, requestId),
		'thread/search/stream/cancel': ({ requestId }, { session }) => cancel('thread/search/stream', session, requestId),

		'thread/searchOccurrences': async ({ threadId, searchTerm, cursor, limit }) => {
			if (searchTerm.trim() === '') throw new RpcFailure(invalidRequest('thread/searchOccurrences requires a non-empty searchTerm'));
			const source = await turnsOfThread(services, threadId, 'thread/searchOccurrences');
			const from = cursor ? parseOccurrenceCursor(cursor, searchTerm) : null;
			const page = await occurrencePage(source, { term: searchTerm, from, limit: pageSize(limit) });
			if (!page) throw new RpcFailure(invalidRequest(`invalid cursor: ${cursor}`));
			return {
				data: page.occurrences.map(({ turnId, itemId, snippet, range }) => ({
					turnId,
					itemId,
					snippet,
					snippetMatchRange: range,
					turnCursor: formatCursor('turnId', { id: turnId, inclusive: true }),
				})),
				nextCursor: page.next && JSON.stringify({ ...page.next, searchTerm }),
			};
		},
	};
}

const noIndex = () => new RpcFailure(internalError('the search index cannot be used right now: see the log of the server'));

/** Ids that are numbers and those that are texts are different ones. */
const keyOf = (method: string, requestId: string | number) => `${method}:${JSON.stringify(requestId)}`;

function parseOccurrenceCursor(cursor: string, searchTerm: string): OccurrencePlace {
	try {
		const value: unknown = JSON.parse(cursor);
		const fields: Readonly<Record<string, unknown>> = typeof value === 'object' && value !== null ? { ...value } : {};
		const { turnId, number } = fields;
		if (typeof turnId === 'string' && Number.isSafeInteger(number) && fields.searchTerm === searchTerm) return { turnId, number: Number(number) };
	} catch {
		// Falls through to the one error for every cursor that is not ours.
	}
	throw new RpcFailure(invalidRequest(`invalid cursor: ${cursor}`));
}
