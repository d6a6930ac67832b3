import type { GitPatch } from './rollout/gitPatches.ts';
import type { TextKind } from './rollout/recordText.ts';
import type { SessionMeta } from './rollout/rolloutLine.ts';
import type { RolloutView } from './rollout/rolloutView.ts';
import type { Snippet } from './index/searchWords.ts';
import type { TurnStore } from './turns/storedTurns.ts';
import type { RolloutTail } from './turns/turnLog.ts';

/** What is known of a stored thread without reading all of it. Times are Unix milliseconds. */
export interface StoredThread {
	readonly meta: SessionMeta;
	readonly path: string;
	readonly archived: boolean;
	/** Text of the first user message; empty before it. */
	readonly preview: string;
	readonly name: string | null;
	readonly createdAt: number;
	readonly updatedAt: number;
	/** Bytes of its own file. It is only ever added to, so the same size means the same records. */
	readonly size: number;
	/** Why it cannot be read whole; null when it can. */
	readonly missing: string | null;
}

export interface ThreadQuery {
	readonly archived: boolean;
	/** Recorded working directories, any of which fits; null for all. */
	readonly cwds: readonly string[] | null;
	/** Provider ids; null or empty for all. */
	readonly providers: readonly string[] | null;
	/** Session sources such as `vscode`, `cli`, `exec`; null for all. */
	readonly sources: readonly string[] | null;
	/** Only these threads; left out or null for all. */
	readonly ids?: readonly string[] | null;
	readonly exceptIds?: readonly string[];
	/** Only agents that this thread started itself; left out or null for all. */
	readonly parent?: string | null;
	/** Only agents that this thread started, and those that they started. */
	readonly ancestor?: string | null;
	/** Nothing fits. */
	readonly inNone?: boolean;
	/** A part of the name or of the preview, as it is written. */
	readonly searchTerm: string | null;
	readonly sortKey: 'created_at' | 'updated_at';
	readonly sortDirection: 'asc' | 'desc';
	/** From the index alone, as it is, where there is one. */
	readonly indexOnly: boolean;
	readonly cursor: string | null;
	readonly limit: number;
}

export interface ThreadPage {
	readonly threads: readonly StoredThread[];
	readonly nextCursor: string | null;
	/** Continues from the first thread of the page in the other direction. */
	readonly backwardsCursor: string | null;
}

export interface SearchQuery {
	/** Words that a text has to hold, in any order; the beginning of a word is enough. What stands in quotes stands so in the text. */
	readonly query: string;
	readonly archived: boolean;
	readonly cwds: readonly string[] | null;
	readonly cursor: string | null;
	readonly limit: number;
}

export interface SearchHit {
	readonly thread: StoredThread;
	readonly kind: TextKind;
	/** Null for a name, and where the records name none. */
	readonly turnId: string | null;
	readonly itemId: string | null;
	readonly snippet: Snippet;
	readonly place: TextPlace;
}

/** Where a text stands among all: the number of its file, which grows with the time at which the thread began, and its own in that file. */
export interface TextPlace {
	readonly file: number;
	readonly text: number;
}

/** The newest thread first, and in it the newest text. */
export interface SearchPage {
	readonly hits: readonly SearchHit[];
	readonly nextCursor: string | null;
	/** False while some of the records have not been looked at yet: the same question may find more a little later. */
	readonly isComplete: boolean;
}

export interface ThreadMatchQuery {
	/** Words that follow each other; the last one may go on. */
	readonly term: string;
	readonly archived: boolean;
	/** Session sources such as `vscode`, `cli`, `exec`; null for all. */
	readonly sources: readonly string[] | null;
	readonly sortKey: 'created_at' | 'updated_at';
	readonly sortDirection: 'asc' | 'desc';
	readonly cursor: string | null;
	readonly limit: number;
}

/** A thread that says something, and where. */
export interface ThreadMatch {
	readonly thread: StoredThread;
	readonly snippet: Snippet;
	readonly place: MatchPlace;
}

/** Where a thread stands among all that match: by what they are sorted by, then by the number of its first file. */
export interface MatchPlace {
	readonly time: number;
	readonly file: number;
}

export interface ThreadMatchPage {
	readonly matches: readonly ThreadMatch[];
	readonly nextCursor: string | null;
	/** Continues from the first match of the page in the other direction. */
	readonly backwardsCursor: string | null;
}

export interface ThreadMatchRun {
	/** Aborted, the search ends early with what it has. */
	readonly signal: AbortSignal;
	/** Told of matches of the page as they are found. */
	found(matches: readonly ThreadMatch[]): void;
}

/** Other threads go on from the records of this one. */
export class NeededRecordsError extends Error {
	constructor(id: string, needed: readonly string[]) {
		super(
			`thread ${id} cannot be deleted: ${needed.length === 1 ? 'a fork' : `${needed.length} forks`} of it (${needed.slice(0, 5).join(', ')}) would lose what it begins with`,
		);
	}
}

/** Raised for a cursor that this store did not make. */
export class InvalidCursorError extends Error {}

/** The one way to stored threads. Another implementation can take the place of the local files. */
export interface ThreadStore extends TurnStore {
	list(query: ThreadQuery): Promise<ThreadPage>;
	/** Finds words in names, messages, commands, paths and diffs. Null when this store cannot search. */
	search(query: SearchQuery): Promise<SearchPage | null>;
	/** Threads, each once. Waits until all records are indexed. Null when this store cannot search. */
	searchThreads(query: ThreadMatchQuery, run: ThreadMatchRun): Promise<ThreadMatchPage | null>;
	/** This process has begun to keep another thread. */
	begun(): void;
	/** Null when there is no such thread. */
	find(id: string): Promise<StoredThread | null>;
	/** The thread of a rollout file; null when the file is not one. */
	findByPath(path: string): Promise<StoredThread | null>;
	/** All records of a thread, opened. Throws the file system's error. */
	openRecords(thread: { readonly path: string }): RolloutView;
	/** What the thread goes on with when it is loaded, or without its last `takenBack` turns (none when left out). Throws the file system's error. */
	readTail(thread: { readonly path: string }, takenBack?: number): Promise<RolloutTail>;
	/** Moves the file; returns the thread as it is then. */
	setArchived(thread: StoredThread, change: { readonly archived: boolean }): Promise<StoredThread>;
	setName(id: string, name: string): Promise<void>;
	/** Changes the git state that the thread is shown with. Returns the thread as it is then. */
	patchGit(thread: StoredThread, patch: GitPatch): Promise<StoredThread>;
	/** Removes the records, the name and everything else that is kept of a thread. */
	delete(thread: StoredThread): Promise<void>;
	/** The name that was given last; null when there is none. */
	nameOf(id: string): Promise<string | null>;
	/** Why a thread may be elsewhere that is not found: null, or left out, when it is nowhere. */
	absence?(): string | null;
}
