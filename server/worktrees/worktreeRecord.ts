import fs from 'node:fs';
import path from 'node:path';
import * as z from 'zod/mini';
import { renameFile } from '../platform/replaceFile.ts';

const text = z.string();

/**
 * `making`: it is not handed out yet, and what there is of it may be thrown away. `ready`: a person or an agent works in it.
 * `removing`: the person let it go; what is left of it goes, too.
 */
const State = z.enum(['making', 'ready', 'removing']);

const Record = z.object({
	version: z.literal(1),
	id: text,
	state: State,
	/** The process that makes or removes it. */
	pid: z.number(),
	/** Milliseconds since 1970. */
	createdAt: z.number(),
	/** The checkout that it was made from, and the repository of both. */
	source: text,
	repository: text,
	/** Its own root. */
	folder: text,
	/** Below the root: where the thread works, with `/`; empty for the root. */
	inside: text,
	branch: text,
	/** What its branch began with. */
	commit: text,
	/** What its files began with: the commit, or that and the changes of the folder. */
	start: text,
	/** The files as they were brought back last; `start` when they never were. */
	base: text,
	/** By path: the hash of each file in the person's folder before changes were brought there, so that it is seen when they are taken back. */
	applied: z.record(text, z.nullable(text)),
	/** Ignored files that were copied from the person's folder. */
	copied: z.array(text),
	/** While it is removed: whether the branch stays. */
	keepBranch: z.boolean(),
});
export type WorktreeRecord = z.infer<typeof Record>;

const ID = /^[0-9a-f]{12}$/;

/** `<home>/tiller/worktrees/`: what was made of each worktree, a file for each. */
export class WorktreeRecords {
	readonly #folder: string;

	constructor(home: string) {
		this.#folder = path.join(home, 'tiller', 'worktrees');
	}

	/** The newest first. A file that cannot be read is no worktree. */
	list(): readonly WorktreeRecord[] {
		let names: readonly string[];
		try {
			names = fs.readdirSync(this.#folder);
		} catch {
			return [];
		}
		return names
			.flatMap((name) => (name.endsWith('.json') ? (this.find(name.slice(0, -'.json'.length)) ?? []) : []))
			.sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1));
	}

	find(id: string): WorktreeRecord | null {
		if (!ID.test(id)) return null;
		try {
			const parsed = Record.safeParse(JSON.parse(fs.readFileSync(this.#fileOf(id), 'utf8')));
			return parsed.success && parsed.data.id === id ? parsed.data : null;
		} catch {
			return null;
		}
	}

	/** In one step: a record is never half written. Throws the file system's error. */
	write(record: WorktreeRecord): void {
		fs.mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
		const file = this.#fileOf(record.id);
		const beside = `${file}.${process.pid}.tmp`;
		fs.writeFileSync(beside, JSON.stringify(record), { mode: 0o600, flush: true });
		renameFile(beside, file);
	}

	remove(id: string): void {
		fs.rmSync(this.#fileOf(id), { force: true });
	}

	#fileOf(id: string): string {
		return path.join(this.#folder, `${id}.json`);
	}
}
