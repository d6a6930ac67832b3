import path from 'node:path';
import type { FuzzyFileSearchResult } from '../../protocol/host/fuzzyFileSearch.ts';
import type { ServerNotification } from '../../protocol/serverMessages.ts';
import { internalError, invalidRequest, overloaded } from '../../protocol/wire/rpcError.ts';
import type { FileSearch } from '../../search/fileSearch.ts';
import type { FoundFile } from '../../search/searchTrees.ts';
import { type Handlers, RpcFailure } from '../../session/handler.ts';
import { encodeNotification, type Session } from '../../session/session.ts';
import type { SessionResources } from '../../session/sessionResources.ts';

/** A search that goes on while someone types; one query at a time. */
export class SearchSession {
	readonly roots: readonly string[];
	#current = new AbortController();

	constructor(roots: readonly string[]) {
		this.roots = roots;
	}

	/** Ends the query before. */
	next(): AbortSignal {
		this.#current.abort();
		this.#current = new AbortController();
		return this.#current.signal;
	}

	close(): void {
		this.#current.abort();
	}
}

/** One search whose token can be used again to end it. */
export interface TokenSearch {
	close(): void;
}

export interface SearchServices {
	readonly search: Pick<FileSearch, 'search'>;
	readonly sessions: SessionResources<SearchSession>;
	readonly tokens: SessionResources<TokenSearch>;
	/** What relative roots are relative to. */
	readonly cwd: string;
	readonly onFailure: (error: unknown) => void;
}

const MAX_ROOTS = 64;

function toWire({ root, path: file, kind, score, indices }: FoundFile): FuzzyFileSearchResult {
	return {
		root,
		path: file,
		match_type: kind === 'folder' ? 'directory' : 'file',
		file_name: path.posix.basename(file),
		score,
		indices: [...indices],
	};
}

/** Files by parts of their names. */
export function fuzzyFileSearchHandlers({ search, sessions, tokens, cwd, onFailure }: SearchServices): Handlers {
	const rootsOf = (roots: readonly string[]): readonly string[] => {
		if (roots.length > MAX_ROOTS) throw new RpcFailure(invalidRequest(`at most ${MAX_ROOTS} search directories can be given, got ${roots.length}`));
		return [...new Set(roots.map((root) => path.resolve(cwd, root)))];
	};

	const query = async (session: Session, sessionId: string, text: string) => {
		const own = sessions.get(session, sessionId);
		if (own === null) return;
		const signal = own.next();
		const tell = (notification: ServerNotification) => {
			if (!signal.aborted) session.notify(encodeNotification(notification));
		};
		const update = (files: readonly FoundFile[]) =>
			tell({ method: 'fuzzyFileSearch/sessionUpdated', params: { sessionId, query: text, files: files.map(toWire) } });
		const found = await search.search({ roots: own.roots, query: text, onPartial: update, signal }).catch((error: unknown) => {
			onFailure(error);
			return [];
		});
		update(found);
		tell({ method: 'fuzzyFileSearch/sessionCompleted', params: { sessionId } });
	};

	return {
		fuzzyFileSearch: async (params, { session, afterReply }) => {
			const roots = rootsOf(params.roots);
			if (roots.length === 0) return { files: [] };
			if (params.query.trim() === '') {
				// Someone is about to type: the files are looked for now, so that the first query finds them known.
				afterReply(() => void search.search({ roots, query: '' }).catch(onFailure));
				return { files: [] };
			}
			const controller = new AbortController();
			const own: TokenSearch = { close: () => controller.abort() };
			const token = params.cancellationToken ?? null;
			if (token !== null) tokens.set(session, token, own);
			try {
				const files = await search.search({ roots, query: params.query, signal: controller.signal });
				return { files: files.map(toWire) };
			} finally {
				if (token !== null && tokens.get(session, token) === own) tokens.delete(session, token);
			}
		},

		'fuzzyFileSearch/sessionStart': ({ sessionId, roots: given }, { session, afterReply }) => {
			if (sessionId === '') throw new RpcFailure(invalidRequest('sessionId must not be empty'));
			const roots = rootsOf(given);
			if (roots.length === 0) {
				throw new RpcFailure(internalError('failed to start fuzzy file search session: at least one search directory is required'));
			}
			if (sessions.isFull(session) && sessions.get(session, sessionId) === null) throw new RpcFailure(overloaded());
			sessions.set(session, sessionId, new SearchSession(roots));
			// The files are looked for before there is a query, so that the first one finds them known.
			afterReply(() => void query(session, sessionId, ''));
			return {};
		},

		'fuzzyFileSearch/sessionUpdate': ({ sessionId, query: text }, { session, afterReply }) => {
			if (sessions.get(session, sessionId) === null) throw new RpcFailure(invalidRequest(`fuzzy file search session not found: ${sessionId}`));
			afterReply(() => void query(session, sessionId, text));
			return {};
		},

		'fuzzyFileSearch/sessionStop': ({ sessionId }, { session }) => {
			sessions.delete(session, sessionId);
			return {};
		},
	};
}
