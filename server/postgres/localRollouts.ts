import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { openBytes, placeOf, type RolloutBytes, stateOf } from '../store/rollout/rolloutBytes.ts';
import { RolloutFiles } from '../store/rollout/rolloutFiles.ts';
import { type RolloutHead } from '../store/rollout/rolloutHead.ts';
import { RolloutHeads } from '../store/rollout/rolloutHeads.ts';
import { parseRolloutName } from '../store/rollout/rolloutName.ts';

/** How far a rollout goes, in bytes of whole lines, and what tells these lines from any others. */
export interface Extent {
	readonly size: number;
	readonly digest: string;
}

export const NOTHING: Extent = { size: 0, digest: '' };

export interface LocalRollout {
	readonly id: string;
	readonly thread: string;
	readonly path: string;
	readonly archived: boolean;
}

export interface Line {
	readonly bytes: Buffer;
	readonly at: number;
}

const STEP = 512 * 1024;

/** The digest of all lines up to this one. */
export function chain(before: string, line: Buffer): string {
	return createHash('sha256').update(before).update(line).digest('hex').slice(0, 32);
}

/** The whole lines from an offset on, byte for byte; what has no end yet is left out. Throws the file system's error. */
export async function* wholeLines(file: RolloutBytes, from: number): AsyncGenerator<Line> {
	let rest = Buffer.alloc(0);
	let at = from;
	for (let position = from; position < file.size; ) {
		const buffer = Buffer.allocUnsafe(Math.min(STEP, file.size - position));
		const read = file.read(buffer, position);
		if (read === 0) return;
		position += read;
		rest = Buffer.concat([rest, buffer.subarray(0, read)]);
		for (let end = rest.indexOf(0x0a) + 1; end > 0; end = rest.indexOf(0x0a) + 1) {
			yield { bytes: Buffer.from(rest.subarray(0, end)), at };
			at += end;
			rest = rest.subarray(end);
		}
		await nextTurn();
	}
}

/** The rollout files of a home, as the mirror sees them. What is known of them is kept in a file of its own, which may be deleted at any time. */
export class LocalRollouts {
	readonly home: string;
	readonly #files: RolloutFiles;
	readonly #heads: RolloutHeads;
	readonly #known: DatabaseSync;

	constructor(home: string) {
		this.home = home;
		this.#files = new RolloutFiles(home);
		this.#heads = new RolloutHeads(this.#files.locate);
		const { DatabaseSync: Sqlite } = process.getBuiltinModule('node:sqlite');
		fs.mkdirSync(path.join(home, 'tiller'), { recursive: true, mode: 0o700 });
		this.#known = new Sqlite(path.join(home, 'tiller', 'mirror_1.sqlite'), { timeout: 5000 });
		this.#known.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;
			CREATE TABLE IF NOT EXISTS files (id TEXT PRIMARY KEY, size INTEGER, digest TEXT, bytes INTEGER, mtime REAL);
			CREATE TABLE IF NOT EXISTS handed_over (store TEXT, id TEXT, size INTEGER, PRIMARY KEY (store, id));
			CREATE TABLE IF NOT EXISTS seen (store TEXT PRIMARY KEY, seq INTEGER)`);
	}

	all(): readonly LocalRollout[] {
		const of = (archived: boolean) =>
			(archived ? this.#files.archived : this.#files.active)
				.all()
				.map((ref) => ({ id: ref.name.rolloutId, thread: ref.id, path: ref.path, archived }));
		return [...of(false), ...of(true)];
	}

	ofThread(thread: string): readonly LocalRollout[] {
		return this.all().filter((each) => each.thread === thread);
	}

	get(id: string): LocalRollout | null {
		return this.all().find((each) => each.id === id) ?? null;
	}

	head(file: string): RolloutHead | null {
		return this.#heads.get(file);
	}

	/** Where a file of this name lies. Null for a name that is none of a rollout: it comes from elsewhere. */
	place(file: string, archived: boolean): string | null {
		const name = parseRolloutName(file);
		if (name === null || name.name !== file || /[\\/]/.test(file)) return null;
		return archived ? path.join(this.home, 'archived_sessions', file) : path.join(this.home, 'sessions', ...name.day.split('-'), file);
	}

	/** How far the file goes, and the digest where another extent ends; null when no line ends there. Reads only what is new. Throws the file system's error. */
	async extent(rollout: LocalRollout, other: number): Promise<{ readonly whole: Extent; readonly there: string | null }> {
		const state = stateOf(rollout.path);
		const row = this.#known.prepare('SELECT size, digest, bytes, mtime FROM files WHERE id = ?').get(rollout.id);
		const known = row ? { size: Number(row['size']), digest: String(row['digest']) } : NOTHING;
		const isSame = row !== undefined && state !== null && state.size === row['bytes'] && state.mtimeMs === row['mtime'];
		if (isSame && (other >= known.size || other === 0)) return { whole: known, there: other === 0 ? '' : other === known.size ? known.digest : null };
		const bytes = openBytes(rollout.path);
		try {
			let { size, digest } = other >= known.size && known.size <= bytes.size ? known : NOTHING;
			let there = other === 0 ? '' : other === size ? digest : null;
			for await (const line of wholeLines(bytes, size)) {
				digest = chain(digest, line.bytes);
				size = line.at + line.bytes.length;
				if (size === other) there = digest;
			}
			this.#keep(rollout.id, { size, digest }, bytes);
			return { whole: { size, digest }, there };
		} finally {
			bytes.close();
		}
	}

	/** Keeps a file that is no thread any more, in a folder of its own. Throws the file system's error. */
	setAside(file: string): void {
		const folder = path.join(this.home, 'tiller', 'parted');
		fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
		const from = placeOf(file);
		fs.renameSync(from, path.join(folder, `${path.basename(from)}.${Date.now()}`));
	}

	/** After another file has taken its place. */
	forget(id: string): void {
		this.#known.prepare('DELETE FROM files WHERE id = ?').run(id);
	}

	/** How many bytes of a rollout a store is known to have had. */
	handedOver(store: string, id: string): number {
		return Number(this.#known.prepare('SELECT size FROM handed_over WHERE store = ? AND id = ?').get(store, id)?.['size'] ?? 0);
	}

	setHandedOver(store: string, id: string, size: number): void {
		this.#known.prepare('INSERT OR REPLACE INTO handed_over VALUES (?, ?, ?)').run(store, id, size);
	}

	/** How far the changes of a store were carried out here. */
	seen(store: string): number {
		return Number(this.#known.prepare('SELECT seq FROM seen WHERE store = ?').get(store)?.['seq'] ?? 0);
	}

	setSeen(store: string, seq: number): void {
		this.#known.prepare('INSERT INTO seen VALUES (?, ?) ON CONFLICT (store) DO UPDATE SET seq = max(seq, excluded.seq)').run(store, seq);
	}

	dispose(): void {
		this.#known.close();
	}

	#keep(id: string, { size, digest }: Extent, { size: bytes, mtimeMs }: RolloutBytes): void {
		this.#known.prepare('INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?)').run(id, size, digest, bytes, mtimeMs);
	}
}

/** In bytes, of the lines of a rollout, packed or not. */
export function sizeOf(rollout: string): number {
	const bytes = openBytes(rollout);
	try {
		return bytes.size;
	} finally {
		bytes.close();
	}
}
