import fs from 'node:fs';
import path from 'node:path';
import { sourceKinds } from './sessionSource.ts';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { GitPatches, type GitPatch } from './gitPatches.ts';
import { readRollout, readRolloutEvents } from './rolloutFile.ts';
import { RolloutFolders, type RolloutRef } from './rolloutFolders.ts';
import { readRolloutHead, type RolloutHead } from './rolloutHead.ts';
import { ThreadNames } from './threadNames.ts';
import { InvalidCursorError, type StoredThread, type ThreadPage, type ThreadQuery, type ThreadStore } from './threadStore.ts';

/** After this many heads that had to be read, other work gets its turn. */
const HEADS_AT_ONCE = 64;

/** Where a thread stands in a list. */
interface Position {
	/** Unix milliseconds of the last change; 0 in lists that are sorted by creation. */
	readonly time: number;
	readonly key: string;
}

interface Candidate extends Position {
	readonly ref: RolloutRef;
}

/** Threads as rollout files below `sessions/` and `archived_sessions/` of the home. */
export class LocalThreadStore implements ThreadStore {
	readonly #home: string;
	readonly #names: ThreadNames;
	readonly #git: GitPatches;
	readonly #active: RolloutFolders;
	readonly #archived: RolloutFolders;
	/** Heads never change once the first user message is in them. Keyed by file name, which holds the thread's id. */
	readonly #heads = new Map<string, RolloutHead>();

	constructor(home: string) {
		this.#home = home;
		this.#names = new ThreadNames(path.join(home, 'session_index.jsonl'));
		this.#git = new GitPatches(path.join(home, 'tiller', 'thread_git.jsonl'));
		this.#active = new RolloutFolders(path.join(home, 'sessions'));
		this.#archived = new RolloutFolders(path.join(home, 'archived_sessions'));
	}

	/** Looks at no more threads than the page needs: names of files give the order, and heads are read until the page is full. */
	async list(query: ThreadQuery): Promise<ThreadPage> {
		const after = query.cursor === null ? null : parseCursor(query.cursor);
		const names = await this.#names.all();
		const found: { readonly thread: StoredThread; readonly position: Position }[] = [];
		let reads = 0;
		for (const candidate of this.#candidates(query, after)) {
			if (!this.#heads.has(path.basename(candidate.ref.path)) && ++reads % HEADS_AT_ONCE === 0) await nextTurn();
			const head = this.#head(candidate.ref.path);
			if (head === null || !fits(head, names.get(head.meta.id) ?? null, query)) continue;
			const thread = this.#stored(candidate.ref.path, { archived: query.archived, names });
			if (thread) found.push({ thread, position: candidate });
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

	async find(id: string): Promise<StoredThread | null> {
		const names = await this.#names.all();
		for (const archived of [false, true]) {
			const ref = (archived ? this.#archived : this.#active).find(id);
			const thread = ref && this.#stored(ref.path, { archived, names });
			if (thread) return thread;
		}
		return null;
	}

	async findByPath(file: string): Promise<StoredThread | null> {
		const absolute = path.resolve(this.#home, file);
		// Opening a pipe would wait for a writer, and the whole server with it.
		if (!stateOf(absolute)?.isFile()) return null;
		const archived = absolute.startsWith(path.join(this.#home, 'archived_sessions') + path.sep);
		return this.#stored(absolute, { archived, names: await this.#names.all() });
	}

	read(thread: StoredThread) {
		return readRollout(thread.path);
	}

	readEvents(thread: StoredThread) {
		return readRolloutEvents(thread.path);
	}

	async setArchived(thread: StoredThread, change: { readonly archived: boolean }): Promise<StoredThread> {
		const target = change.archived ? path.join(this.#home, 'archived_sessions', path.basename(thread.path)) : this.#datedPath(thread.path);
		await fs.promises.mkdir(path.dirname(target), { recursive: true });
		await fs.promises.rename(thread.path, target);
		return { ...thread, path: target, archived: change.archived };
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
		this.#names.remove(thread.meta.id);
		this.#git.remove(thread.meta.id);
		await fs.promises.rm(thread.path, { force: true });
		this.#heads.delete(path.basename(thread.path));
	}

	nameOf(id: string): Promise<string | null> {
		return this.#names.get(id);
	}

	#datedPath(file: string): string {
		const date = /^rollout-(\d{4})-(\d\d)-(\d\d)T/.exec(path.basename(file));
		const folder = date ? path.join(date[1] ?? '', date[2] ?? '', date[3] ?? '') : '';
		return path.join(this.#home, 'sessions', folder, path.basename(file));
	}

	/** In the order of the list, from the cursor on. */
	#candidates(query: ThreadQuery, after: Position | null): Iterable<Candidate> {
		const newestFirst = query.sortDirection === 'desc';
		const folders = query.archived ? this.#archived : this.#active;
		if (query.sortKey === 'created_at') return inOrderOfNames(folders.walk({ newestFirst, after: after?.key ?? null }));
		const sign = newestFirst ? -1 : 1;
		const compare = (a: Position, b: Position) => sign * (a.time - b.time || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
		const candidates: Candidate[] = [];
		for (const ref of folders.walk({ newestFirst, after: null })) {
			const known = this.#heads.get(path.basename(ref.path));
			// What is known not to fit costs no look at its file. The name may have changed, so a search looks at all.
			if (known && query.searchTerm === null && !fits(known, null, query)) continue;
			const state = stateOf(ref.path);
			if (state) candidates.push({ ref, key: ref.key, time: state.mtimeMs });
		}
		return candidates.filter((candidate) => after === null || compare(candidate, after) > 0).sort(compare);
	}

	/** Null for a file that is gone, unreadable or no rollout: a list never fails because of one file. */
	#stored(file: string, { archived, names }: { archived: boolean; names: ReadonlyMap<string, string> }): StoredThread | null {
		const head = this.#head(file);
		const state = stateOf(file);
		if (head === null || state === null) return null;
		return {
			meta: { ...head.meta, git: this.#git.apply(head.meta.id, head.meta.git) },
			path: file,
			archived,
			preview: head.preview,
			name: names.get(head.meta.id) ?? null,
			createdAt: Date.parse(head.meta.timestamp) || state.mtimeMs,
			updatedAt: state.mtimeMs,
			size: state.size,
		};
	}

	#head(file: string): RolloutHead | null {
		const name = path.basename(file);
		const known = this.#heads.get(name);
		if (known) return known;
		try {
			const head = readRolloutHead(file);
			if (head && head.preview !== '') this.#heads.set(name, head);
			return head;
		} catch {
			return null;
		}
	}
}

function* inOrderOfNames(refs: Iterable<RolloutRef>): Generator<Candidate> {
	for (const ref of refs) yield { ref, key: ref.key, time: 0 };
}

/** Null when the file is gone or out of reach. */
function stateOf(file: string): fs.Stats | null {
	try {
		return fs.statSync(file, { throwIfNoEntry: false }) ?? null;
	} catch {
		return null;
	}
}

function fits({ meta, preview }: RolloutHead, name: string | null, query: ThreadQuery): boolean {
	if (query.cwds && !query.cwds.includes(meta.cwd)) return false;
	if (query.providers?.length && !query.providers.includes(meta.modelProvider)) return false;
	if (query.sources && !sourceKinds(meta.source).some((kind) => query.sources?.includes(kind))) return false;
	if (query.searchTerm !== null && !preview.includes(query.searchTerm) && !name?.includes(query.searchTerm)) return false;
	// A thread that never got a message has nothing to show.
	return preview !== '';
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
