import fs from 'node:fs';
import path from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { GitPatches, type GitPatch } from './rollout/gitPatches.ts';
import { ChangedFiles } from './index/changedFiles.ts';
import type { IndexUpdater } from './index/indexUpdater.ts';
import { placeOf, stateOf, whileOpen } from './rollout/rolloutBytes.ts';
import { RolloutFiles } from './rollout/rolloutFiles.ts';
import { newestOf, type RolloutRef } from './rollout/rolloutFolders.ts';
import type { RolloutHead } from './rollout/rolloutHead.ts';
import { RolloutHeads } from './rollout/rolloutHeads.ts';
import { createdAt, datedPath, parseRolloutName } from './rollout/rolloutName.ts';
import type { SessionMeta } from './rollout/rolloutLine.ts';
import type { RolloutView } from './rollout/rolloutView.ts';
import { spawnedAgent } from './sessionSource.ts';
import { parsePhrase, parseQuery } from './index/searchWords.ts';
import type { TurnItemsAnswer, TurnsAnswer } from './turns/storedTurns.ts';
import { filesOfThread, indexedFile, knownFolders, latestFiles, threadsOnBase, type ThreadIndex } from './index/threadIndex.ts';
import { type Candidate, listIndex, listIndexAndFiles, scanFiles } from './index/threadListing.ts';
import { turnCacheOf } from './turns/turnCache.ts';
import { type RolloutTail, TurnLog } from './turns/turnLog.ts';
import type { LineFilter } from './turns/turnRecords.ts';
import { ThreadNames } from './index/threadNames.ts';
import { matchingThreads, parseMatchCursor } from './index/threadMatches.ts';
import { type FoundText, searchTexts } from './index/threadSearch.ts';
import {
	InvalidCursorError,
	NeededRecordsError,
	type SearchHit,
	type SearchPage,
	type SearchQuery,
	type StoredThread,
	type ThreadMatchPage,
	type ThreadMatchQuery,
	type ThreadMatchRun,
	type ThreadPage,
	type ThreadQuery,
	type ThreadStore,
} from './threadStore.ts';
import { renameFileLater } from '../platform/replaceFile.ts';
import { hostPaths } from '../platform/host.ts';

/** A search waits this long, in milliseconds, for records that are not in the index yet. */
const SEARCH_WAIT_MS = 1500;
/** What was said since the index was brought up to date is looked for again after this many milliseconds. */
const SEARCH_AGE_MS = 2000;

export interface LocalThreadStoreOptions {
	readonly home: string;
	readonly index: ThreadIndex;
	readonly updater: IndexUpdater;
	readonly changes?: ChangedFiles;
}

/**
 * Threads as rollout files below `sessions/` and `archived_sessions/` of the home. The index makes it quick; without it, and for what it
 * lacks, the rollouts themselves are asked.
 */
export class LocalThreadStore implements ThreadStore {
	readonly #home: string;
	readonly #index: ThreadIndex;
	readonly #updater: IndexUpdater;
	readonly #names: ThreadNames;
	readonly #git: GitPatches;
	readonly #files: RolloutFiles;
	readonly #heads: RolloutHeads;
	readonly #turns: TurnLog;
	readonly #changes: ChangedFiles;

	/** When this process last began to keep a thread. */
	#begunAt = Number.NEGATIVE_INFINITY;

	constructor({ home, index, updater, changes = new ChangedFiles(home) }: LocalThreadStoreOptions) {
		this.#changes = changes;
		this.#home = home;
		this.#index = index;
		this.#updater = updater;
		this.#names = new ThreadNames(path.join(home, 'session_index.jsonl'));
		this.#git = new GitPatches(path.join(home, 'tiller', 'thread_git.jsonl'));
		this.#files = new RolloutFiles(home);
		this.#heads = new RolloutHeads(this.#files.locate);
		this.#turns = new TurnLog((file) => this.#files.open(file), turnCacheOf(home));
	}

	async list(query: ThreadQuery): Promise<ThreadPage> {
		const after = query.cursor === null ? null : parseCursor(query.cursor);
		const names = await this.#names.all();
		const { searchTerm } = query;
		const named = searchTerm === null ? [] : [...names].filter(([, name]) => name.includes(searchTerm)).map(([id]) => id);
		const request = { ...query, named, after };
		const sources = {
			home: this.#home,
			folders: query.archived ? this.#files.archived : this.#files.active,
			heads: this.#heads,
			changes: this.#changes,
		};
		const page = (candidates: Candidates) => this.#page(candidates, { query, names });
		if (query.indexOnly) {
			const indexed = () => this.#index.use((database) => page(listIndex(database, this.#home, request)));
			const answer = this.#lacksOwn ? null : await indexed();
			if (answer) return answer;
			await this.#updater.run({ renew: this.#index.damaged });
			// It may have joined one that began too early.
			if (this.#lacksOwn) await this.#updater.run({ renew: false });
			return (await indexed()) ?? { threads: [], nextCursor: null, backwardsCursor: null };
		}
		const answer = await this.#index.use(async (database) => {
			const listed = await listIndexAndFiles(database, sources, request);
			if (listed?.stale) this.#updater.request({ renew: false });
			return listed && page(listed.candidates);
		});
		if (answer) return answer;
		this.#updater.request({ renew: this.#index.damaged });
		return page(scanFiles(sources, request));
	}

	begun(): void {
		this.#begunAt = performance.now();
		this.#updater.request({ renew: false });
	}

	/** Whether the index was not brought up to date since this process began to keep a thread. */
	get #lacksOwn(): boolean {
		return this.#updater.upTo < this.#begunAt;
	}

	async search(query: SearchQuery): Promise<SearchPage | null> {
		const phrases = parseQuery(query.query);
		const after = query.cursor === null ? null : parseSearchCursor(query.cursor);
		const isComplete = await this.#catchUp();
		if (phrases.length === 0) return { hits: [], nextCursor: null, isComplete };
		const names = await this.#names.all();
		const answer = await this.#index.use((database) => {
			const hits: SearchHit[] = [];
			let last: FoundText | null = null;
			for (const found of searchTexts(database, this.#home, { ...query, phrases, names, after })) {
				const thread = this.#found(found, { archived: query.archived, names });
				if (!thread) continue;
				if (hits.length === query.limit) return { hits, nextCursor: last && formatSearchCursor(last), isComplete };
				const { kind, turnId, itemId, snippet, position } = found;
				hits.push({ thread, kind, turnId, itemId, snippet, place: position });
				last = found;
			}
			return { hits, nextCursor: null, isComplete };
		});
		// While the index is made for the first time there is nothing to find yet.
		return answer ?? (isComplete ? null : { hits: [], nextCursor: null, isComplete });
	}

	async searchThreads(query: ThreadMatchQuery, run: ThreadMatchRun): Promise<ThreadMatchPage | null> {
		const phrase = parsePhrase(query.term);
		const after = query.cursor === null ? null : parseMatchCursor(query.cursor);
		while (!(await this.#catchUp()) && !run.signal.aborted);
		if (phrase === null || run.signal.aborted) return { matches: [], nextCursor: null, backwardsCursor: null };
		const names = await this.#names.all();
		const threadOf = (found: FoundText) => this.#found(found, { archived: query.archived, names });
		return this.#index.use((database) => matchingThreads({ database, home: this.#home, names, threadOf }, { ...query, phrase, after }, run));
	}

	async find(id: string): Promise<StoredThread | null> {
		const names = await this.#names.all();
		const stored = (file: string) => this.#stored(file, { archived: this.#isArchived(file), names, head: null });
		const known = await this.#index.use((database) => {
			const times = knownFolders(database, this.#home);
			for (const folders of [this.#files.active, this.#files.archived]) {
				const archived = folders === this.#files.archived;
				const refs: RolloutRef[] = [...filesOfThread(database, { home: this.#home, id, archived })];
				for (const { files } of folders.changed((folder) => times.get(folder))) refs.push(...files.filter((file) => file.id === id));
				const newest = newestOf(refs.filter((ref) => stateOf(ref.path))).get(id);
				const thread = newest && stored(newest.path);
				if (thread) return { thread };
			}
			return { thread: null };
		});
		if (known) return known.thread;
		for (const folders of [this.#files.active, this.#files.archived]) {
			const ref = folders.find(id);
			const thread = ref && stored(ref.path);
			if (thread) return thread;
		}
		return null;
	}

	async findByPath(file: string): Promise<StoredThread | null> {
		const given = path.resolve(this.#home, file);
		const name = parseRolloutName(given)?.name;
		const absolute = name === undefined ? given : path.join(path.dirname(given), name);
		// Opening a pipe would wait for a writer, and the whole server with it.
		if (!stateOf(absolute)?.isFile()) return null;
		// What the index knows of it needs no look into the file (S033).
		const indexed = await this.#index.use((database) => indexedFile(database, this.#home, absolute));
		return this.#stored(absolute, { archived: this.#isArchived(absolute), names: await this.#names.all(), head: indexed?.head ?? null });
	}

	openRecords(thread: { readonly path: string }): RolloutView {
		return this.#files.open(thread.path);
	}

	readTail(thread: { readonly path: string }, takenBack = 0): Promise<RolloutTail> {
		return this.#turns.tail(thread.path, takenBack);
	}

	listTurns(thread: { readonly path: string }): TurnsAnswer {
		return this.#turns.listTurns(thread);
	}

	listTurnItems(thread: { readonly path: string }, turnId: string, wanted: () => LineFilter): Promise<TurnItemsAnswer> {
		return this.#turns.listTurnItems(thread, turnId, wanted);
	}

	/** All files of the thread move, also those that newer ones have taken the place of. The one that counts goes last. */
	async setArchived(thread: StoredThread, change: { readonly archived: boolean }): Promise<StoredThread> {
		const target = (file: string) =>
			change.archived ? path.join(this.#home, 'archived_sessions', path.basename(file)) : datedPath(this.#home, file);
		const others = this.#files.ofThread(thread.meta.id).map((ref) => ref.path);
		for (const file of [...others.filter((each) => each !== thread.path && this.#isArchived(each) !== change.archived), thread.path]) {
			const [from, to] = [placeOf(file), target(placeOf(file))];
			await fs.promises.mkdir(path.dirname(to), { recursive: true });
			await renameFileLater(from, to);
		}
		return { ...thread, path: target(thread.path), archived: change.archived };
	}

	async setName(id: string, name: string): Promise<void> {
		this.#names.set(id, name);
	}

	async patchGit(thread: StoredThread, patch: GitPatch): Promise<StoredThread> {
		const { id } = thread.meta;
		this.#git.add(id, patch);
		return { ...thread, meta: { ...thread.meta, git: this.#git.apply(id, thread.meta.git) } };
	}

	/** The records go last: a thread whose deletion failed half-way is still there and can be deleted again. */
	async delete(thread: StoredThread): Promise<void> {
		const { id } = thread.meta;
		const refs = this.#files.ofThread(id);
		const needed = await this.#goingOn(id, refs);
		if (needed.length > 0) throw new NeededRecordsError(id, needed);
		this.#names.remove(id);
		this.#git.remove(id);
		for (const file of [...refs.map((ref) => ref.path).filter((each) => each !== thread.path), thread.path]) {
			await fs.promises.rm(placeOf(file), { force: true });
			this.#heads.forget(file);
			this.#turns.forget(file);
		}
		this.#updater.request({ renew: false });
	}

	/** Other threads that go on from records of this one. */
	async #goingOn(id: string, refs: readonly RolloutRef[]): Promise<readonly string[]> {
		const rolloutIds = refs.map((ref) => ref.name.rolloutId);
		const others = (ids: readonly string[]) => [...new Set(ids)].filter((other) => other !== id);
		await this.#catchUp();
		const known = await this.#index.use((database) => others(threadsOnBase(database, rolloutIds)));
		if (known) return known;
		const bases = [...this.#files.active.all(), ...this.#files.archived.all()];
		return others(bases.filter((ref) => rolloutIds.includes(this.#heads.get(ref.path)?.meta.historyBase?.rolloutId ?? '')).map((ref) => ref.id));
	}

	nameOf(id: string): Promise<string | null> {
		return this.#names.get(id);
	}

	readonly #isArchived = (file: string) => hostPaths.isInside(path.join(this.#home, 'archived_sessions'), file);

	/** Waits for the index, though not for long. False when it is not up to date yet. */
	async #catchUp(): Promise<boolean> {
		if (this.#updater.age < SEARCH_AGE_MS && (await this.#index.use((database) => !this.#hasMore(database)))) return true;
		const { promise: timeout, resolve } = Promise.withResolvers<false>();
		const timer = setTimeout(() => resolve(false), SEARCH_WAIT_MS);
		const asked = performance.now();
		const update = () => this.#updater.run({ renew: this.#index.damaged });
		// It may have joined one that began too early.
		const updated = update()
			.then(() => (this.#updater.upTo < asked ? update() : undefined))
			.then(() => true as const);
		const isComplete = await Promise.race([updated, timeout]);
		clearTimeout(timer);
		if (isComplete) this.#index.damaged = false;
		return isComplete;
	}

	/** Whether a thread that was used last has got more than the index knows, or a folder another file. */
	#hasMore(database: DatabaseSync): boolean {
		const known = knownFolders(database, this.#home);
		for (const folders of [this.#files.active, this.#files.archived]) for (const _ of folders.changed((folder) => known.get(folder))) return true;
		return latestFiles(database, this.#home).some(({ path: file, indexed, packed }) => stateOf(file)?.size !== (packed ?? indexed));
	}

	async #page(candidates: Candidates, { query, names }: { query: ThreadQuery; names: ReadonlyMap<string, string> }): Promise<ThreadPage> {
		const found: { readonly thread: StoredThread; readonly position: Candidate }[] = [];
		for await (const position of candidates) {
			if (!(await this.#belongs(position.head.meta, query))) continue;
			const state = query.indexOnly ? position.indexed : null;
			const thread = this.#stored(position.path, { archived: query.archived, names, head: position.head, state });
			if (thread) found.push({ thread, position });
			if (found.length > query.limit) break;
		}
		const page = found.slice(0, query.limit);
		const [first, last] = [page.at(0), page.at(-1)];
		return {
			threads: page.map(({ thread }) => thread),
			nextCursor: last && found.length > page.length ? formatCursor(last.position) : null,
			backwardsCursor: first ? formatCursor(first.position) : null,
		};
	}

	/** Whether the filters that the index does not know let a thread pass. */
	async #belongs(meta: SessionMeta, { ids, exceptIds, parent, ancestor, inNone }: ThreadQuery): Promise<boolean> {
		if (inNone === true || (ids && !ids.includes(meta.id)) || exceptIds?.includes(meta.id)) return false;
		const parentId = spawnedAgent(meta.source)?.parentThreadId ?? null;
		if (parent != null && parentId !== parent) return false;
		if (ancestor == null) return true;
		const seen = new Set<string>();
		for (let id = parentId; id !== null && !seen.has(id); ) {
			if (id === ancestor) return true;
			seen.add(id);
			const above = await this.find(id);
			id = above ? (spawnedAgent(above.meta.source)?.parentThreadId ?? null) : null;
		}
		return false;
	}

	/** Null for a file that is gone, unreadable or no rollout: a list never fails because of one file. */
	#stored(file: string, { archived, names, ...known }: Known): StoredThread | null {
		// Whether the records that it goes on from are there is looked at each time.
		const head = known.head?.meta.historyBase === undefined && known.head ? known.head : this.#heads.get(file);
		const state = known.state ?? stateOf(file);
		if (head === null || state === null) return null;
		return {
			meta: { ...head.meta, git: this.#git.apply(head.meta.id, head.meta.git) },
			path: file,
			archived,
			preview: head.preview,
			name: names.get(head.meta.id) ?? null,
			createdAt: createdAt(file) ?? (Date.parse(head.meta.timestamp) || state.mtimeMs),
			updatedAt: state.mtimeMs,
			size: state.size,
			missing: head.missing,
		};
	}

	/** The thread of a text; null when its turn was taken back since. */
	#found({ file, olderAt }: FoundText, { archived, names }: { archived: boolean; names: ReadonlyMap<string, string> }): StoredThread | null {
		if (olderAt === null) return this.#stored(file.path, { archived, names, head: file.head });
		const newest = newestOf(this.#files.ofThread(file.head.meta.id)).get(file.head.meta.id);
		const thread = newest && this.#stored(newest.path, { archived, names, head: null });
		if (!thread) return null;
		const parts = whileOpen(this.#files.open(thread.path), (view) => view.parts);
		return parts.some((part) => part.file === file.path && olderAt >= part.from && olderAt < part.to) ? thread : null;
	}
}

type Candidates = Iterable<Candidate> | AsyncIterable<Candidate>;

interface Known {
	readonly archived: boolean;
	readonly names: ReadonlyMap<string, string>;
	readonly head: RolloutHead | null;
	/** What holds of the file; without it the file is looked at. */
	readonly state?: { readonly mtimeMs: number; readonly size: number } | null;
}

/** Where a thread stands in a list. */
interface Position {
	readonly time: number;
	readonly key: string;
}

function formatCursor({ time, key }: Position): string {
	return Buffer.from(JSON.stringify([time, key])).toString('base64url');
}

function parseCursor(cursor: string): Position {
	try {
		const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
		if (Array.isArray(value) && typeof value[0] === 'number' && typeof value[1] === 'string') return { time: value[0], key: value[1] };
	} catch {
		// Falls through to the one error for every cursor that is not ours.
	}
	throw new InvalidCursorError(`invalid cursor: ${cursor}`);
}

function formatSearchCursor({ position }: FoundText): string {
	return Buffer.from(JSON.stringify([position.file, position.text])).toString('base64url');
}

function parseSearchCursor(cursor: string) {
	try {
		const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
		if (Array.isArray(value) && Number.isSafeInteger(value[0]) && Number.isSafeInteger(value[1]))
			return { file: Number(value[0]), text: Number(value[1]) };
	} catch {
		// Falls through to the one error for every cursor that is not ours.
	}
	throw new InvalidCursorError(`invalid cursor: ${cursor}`);
}
