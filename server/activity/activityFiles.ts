import fs from 'node:fs';
import path from 'node:path';
import * as z from 'zod/mini';
import type { AskedQuestion } from './askedQuestion.ts';
import type { TurnActivity } from './turnActivity.ts';

/** What the server that runs a turn tells the others of a home. */
export interface ToldActivity {
	readonly turn: TurnActivity | null;
	readonly asks: readonly AskedQuestion[];
}

/** The server that wrote it down: it counts only while that one has the lease of the thread. */
export interface ToldBy {
	readonly pid: number;
	/** Unix milliseconds. */
	readonly since: number;
}

/** No file of ours is longer; in a home that others write to anything may lie. */
const MAX_BYTES = 64 * 1024;
const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Touched when something else has changed that all servers show: a mark, a name, the archive. */
const CHANGED = 'changed';

const schema = () =>
	z.object({
		pid: z.number(),
		since: z.number(),
		turn: z.nullable(
			z.object({
				turnId: z.string(),
				startedAt: z.number(),
				step: z.nullable(
					z.object({
						kind: z.enum(['command', 'fileChange', 'tool', 'agent', 'webSearch', 'reasoning', 'message', 'plan', 'review', 'compaction', 'error']),
						text: z.string(),
					}),
				),
				plan: z.nullable(z.object({ step: z.nullable(z.string()), completed: count(), total: count() })),
				tokens: count(),
				tokensBefore: z.nullable(count()),
			}),
		),
		asks: z.array(
			z.object({
				kind: z.enum(['command', 'network', 'fileChange', 'permissions', 'userInput', 'elicitation']),
				text: z.string(),
				askedAt: z.number(),
			}),
		),
	});
const count = () => z.int().check(z.minimum(0));
let parsed: ReturnType<typeof schema> | undefined;

/** Small files in `tiller/activity`, one for each thread in which a turn runs. Nothing that would be missed is in them. */
export class ActivityFiles {
	readonly #folder: string;

	constructor(home: string) {
		this.#folder = path.join(home, 'tiller', 'activity');
	}

	/** Throws the file system's error. */
	write(threadId: string, by: ToldBy, { turn, asks }: ToldActivity): void {
		fs.mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
		const file = this.#file(threadId);
		const draft = `${file}.${by.pid}.new`;
		fs.writeFileSync(draft, `${JSON.stringify({ pid: by.pid, since: by.since, turn, asks })}\n`, { mode: 0o600 });
		try {
			fs.renameSync(draft, file);
		} catch (error) {
			fs.rmSync(draft, { force: true });
			throw error;
		}
	}

	/** Null when there is none that could be read. */
	read(threadId: string): (ToldActivity & ToldBy) | null {
		try {
			const file = this.#file(threadId);
			const state = fs.lstatSync(file);
			if (!state.isFile() || state.size > MAX_BYTES) return null;
			parsed ??= schema();
			return parsed.parse(JSON.parse(fs.readFileSync(file, 'utf8')));
		} catch {
			return null;
		}
	}

	/** Never throws: a file that stays counts no more. */
	remove(threadId: string): void {
		try {
			fs.rmSync(this.#file(threadId), { force: true });
		} catch {
			// A home that cannot be written.
		}
	}

	/** The threads that there is a file of. */
	ids(): readonly string[] {
		try {
			return fs.readdirSync(this.#folder).flatMap((name) => {
				const id = name.endsWith('.json') ? name.slice(0, -5) : '';
				return ID.test(id) ? [id] : [];
			});
		} catch {
			return [];
		}
	}

	/** Tells the other servers that something else has changed. Never throws: they see it the next time that they look. */
	touch(): void {
		try {
			fs.mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
			fs.writeFileSync(path.join(this.#folder, CHANGED), `${process.pid}\n`, { mode: 0o600 });
		} catch {
			// A home that cannot be written.
		}
	}

	/** Hears of changes, as far as the system tells of them; `marks`: of something else than what turns do. */
	watch(changed: (what: { readonly marks: boolean }) => void): { close(): void } {
		return watchFolder(this.#folder, (name) => {
			if (name === null || name === CHANGED || name.endsWith('.json')) changed({ marks: name === null || name === CHANGED });
		});
	}

	#file(threadId: string): string {
		return path.join(this.#folder, `${threadId}.json`);
	}
}

/** Makes the folder when it is not there. A folder that cannot be watched tells nothing. */
export function watchFolder(folder: string, changed: (name: string | null) => void): { close(): void } {
	try {
		fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
		const watcher = fs.watch(folder, { persistent: false }, (_, name) => changed(name));
		watcher.on('error', () => watcher.close());
		return watcher;
	} catch {
		return { close: () => {} };
	}
}
