import fs from 'node:fs';
import path from 'node:path';
import { readRollout } from './rolloutFile.ts';
import { parseRolloutLine, parseSessionMeta, type SessionMeta } from './rolloutLine.ts';
import { ThreadNames } from './threadNames.ts';
import { InvalidCursorError, type StoredThread, type ThreadPage, type ThreadQuery, type ThreadStore } from './threadStore.ts';

const ROLLOUT_NAME = /^rollout-.*-([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\.jsonl$/i;
/** A head is read in steps of this many bytes until the first user message is in it. */
const HEAD_STEP = 64 * 1024;
const HEAD_LIMIT = 4 * 1024 * 1024;

interface Head {
	readonly meta: SessionMeta;
	readonly preview: string;
}

/** Threads as rollout files below `sessions/` and `archived_sessions/` of the home. */
export class LocalThreadStore implements ThreadStore {
	readonly #home: string;
	readonly #names: ThreadNames;
	/** Heads never change once the first user message is in them. Keyed by file name, which holds the thread's id. */
	readonly #heads = new Map<string, Head>();

	constructor(home: string) {
		this.#home = home;
		this.#names = new ThreadNames(path.join(home, 'session_index.jsonl'));
	}

	async list(query: ThreadQuery): Promise<ThreadPage> {
		const after = query.cursor === null ? null : parseCursor(query.cursor);
		const all = await this.#all(query.archived);
		const key = (thread: StoredThread) => (query.sortKey === 'created_at' ? thread.createdAt : thread.updatedAt);
		const sign = query.sortDirection === 'asc' ? 1 : -1;
		const compare = (a: { key: number; id: string }, b: { key: number; id: string }) =>
			sign * (a.key - b.key || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
		const position = (thread: StoredThread) => ({ key: key(thread), id: thread.meta.id });
		const fitting = all
			.filter((thread) => fits(thread, query))
			.sort((a, b) => compare(position(a), position(b)))
			.filter((thread) => after === null || compare(position(thread), after) > 0);
		const threads = fitting.slice(0, query.limit);
		const first = threads.at(0);
		const last = threads.at(-1);
		return {
			threads,
			nextCursor: last && fitting.length > threads.length ? formatCursor(position(last)) : null,
			backwardsCursor: first ? formatCursor(position(first)) : null,
		};
	}

	async find(id: string): Promise<StoredThread | null> {
		for (const archived of [false, true]) {
			for (const file of await this.#files(archived)) {
				if (ROLLOUT_NAME.exec(path.basename(file))?.[1]?.toLowerCase() !== id.toLowerCase()) continue;
				const thread = await this.#stored(file, archived);
				if (thread) return thread;
			}
		}
		return null;
	}

	async findByPath(file: string): Promise<StoredThread | null> {
		const absolute = path.resolve(this.#home, file);
		return this.#stored(absolute, absolute.startsWith(path.join(this.#home, 'archived_sessions') + path.sep));
	}

	read(thread: StoredThread) {
		return readRollout(thread.path);
	}

	async setArchived(thread: StoredThread, change: { readonly archived: boolean }): Promise<StoredThread> {
		const target = change.archived ? path.join(this.#home, 'archived_sessions', path.basename(thread.path)) : this.#datedPath(thread.path);
		await fs.promises.mkdir(path.dirname(target), { recursive: true });
		await fs.promises.rename(thread.path, target);
		return { ...thread, path: target, archived: change.archived };
	}

	setName(id: string, name: string): Promise<void> {
		return this.#names.set(id, name);
	}

	nameOf(id: string): Promise<string | null> {
		return this.#names.get(id);
	}

	#datedPath(file: string): string {
		const date = /^rollout-(\d{4})-(\d\d)-(\d\d)T/.exec(path.basename(file));
		const folder = date ? path.join(date[1] ?? '', date[2] ?? '', date[3] ?? '') : '';
		return path.join(this.#home, 'sessions', folder, path.basename(file));
	}

	async #files(archived: boolean): Promise<string[]> {
		const root = path.join(this.#home, archived ? 'archived_sessions' : 'sessions');
		try {
			const entries = await fs.promises.readdir(root, { recursive: true, withFileTypes: true });
			return entries.filter((entry) => entry.isFile() && ROLLOUT_NAME.test(entry.name)).map((entry) => path.join(entry.parentPath, entry.name));
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
			throw error;
		}
	}

	async #all(archived: boolean): Promise<StoredThread[]> {
		const files = await this.#files(archived);
		const threads = await Promise.all(files.map((file) => this.#stored(file, archived)));
		return threads.filter((thread) => thread !== null);
	}

	/** Null for a file that is gone, unreadable or no rollout: a list never fails because of one file. */
	async #stored(file: string, archived: boolean): Promise<StoredThread | null> {
		try {
			const head = this.#heads.get(path.basename(file)) ?? (await this.#readHead(file));
			if (head === null) return null;
			const { mtimeMs } = await fs.promises.stat(file);
			return {
				meta: head.meta,
				path: file,
				archived,
				preview: head.preview,
				name: await this.#names.get(head.meta.id),
				createdAt: Date.parse(head.meta.timestamp) || mtimeMs,
				updatedAt: mtimeMs,
			};
		} catch {
			return null;
		}
	}

	async #readHead(file: string): Promise<Head | null> {
		const handle = await fs.promises.open(file, 'r');
		try {
			const { size } = await handle.stat();
			for (let length = HEAD_STEP; ; length *= 4) {
				const buffer = Buffer.alloc(Math.min(length, size));
				await handle.read(buffer, 0, buffer.length, 0);
				const complete = length >= size || length >= HEAD_LIMIT;
				const head = parseHead(buffer.toString('utf8'));
				if (head && (head.preview !== '' || complete)) {
					if (head.preview !== '') this.#heads.set(path.basename(file), head);
					return head;
				}
				if (complete) return head;
			}
		} finally {
			await handle.close();
		}
	}
}

function parseHead(content: string): Head | null {
	let meta: SessionMeta | null = null;
	for (const raw of content.split('\n')) {
		const line = parseRolloutLine(raw);
		if (!line) continue;
		meta ??= parseSessionMeta(line);
		if (meta && line.type === 'event_msg' && line.payload.type === 'user_message' && typeof line.payload.message === 'string') {
			return { meta, preview: line.payload.message };
		}
	}
	return meta && { meta, preview: '' };
}

function fits(thread: StoredThread, query: ThreadQuery): boolean {
	if (query.cwds && !query.cwds.includes(thread.meta.cwd)) return false;
	if (query.providers?.length && !query.providers.includes(thread.meta.modelProvider)) return false;
	if (query.sources && !query.sources.includes(thread.meta.source)) return false;
	if (query.searchTerm !== null && !thread.preview.includes(query.searchTerm) && !thread.name?.includes(query.searchTerm)) return false;
	// A thread that never got a message has nothing to show.
	return thread.preview !== '';
}

function formatCursor(position: { key: number; id: string }): string {
	return Buffer.from(JSON.stringify([position.key, position.id])).toString('base64url');
}

function parseCursor(cursor: string): { key: number; id: string } {
	try {
		const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
		if (Array.isArray(value) && typeof value[0] === 'number' && typeof value[1] === 'string') return { key: value[0], id: value[1] };
	} catch {
		// Falls through to the one error for every cursor that is not ours.
	}
	throw new InvalidCursorError(`invalid cursor: ${cursor}`);
}
