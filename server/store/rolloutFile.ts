import fs from 'node:fs';
import path from 'node:path';
import { endsInLine } from './appendLine.ts';
import { parseRolloutLine, type RolloutEntry, type RolloutLine } from './rolloutLine.ts';

/** Where a thread's rollout goes: `sessions/YYYY/MM/DD/rollout-<local time>-<id>.jsonl` below the home. */
export function rolloutPath(home: string, id: string, createdAt: Date): string {
	const two = (n: number) => String(n).padStart(2, '0');
	const [year, month, day] = [String(createdAt.getFullYear()), two(createdAt.getMonth() + 1), two(createdAt.getDate())];
	const time = [createdAt.getHours(), createdAt.getMinutes(), createdAt.getSeconds()].map(two).join('-');
	return path.join(home, 'sessions', year, month, day, `rollout-${year}-${month}-${day}T${time}-${id}.jsonl`);
}

/**
 * Appends to one rollout file. Until `materialize` everything is kept in memory, so that a thread without a message leaves no file.
 * Writes are synchronous: when `append` returns, the operating system has the lines, and a crash of this process cannot lose them.
 * Throws the file system's error (disk full, read-only home); the lines stay queued and go out with the next append that succeeds.
 */
export class RolloutWriter {
	readonly path: string;
	#pending: string[] = [];
	/** What an earlier write had no room for: goes on exactly where that one stopped, so that no line is torn or doubled. */
	#rest: Buffer = Buffer.alloc(0);
	#file: number | null = null;
	#materialized: boolean;
	readonly #now: () => Date;

	constructor(options: { path: string; materialized: boolean; now?: () => Date }) {
		this.path = options.path;
		this.#materialized = options.materialized;
		this.#now = options.now ?? (() => new Date());
	}

	get materialized(): boolean {
		return this.#materialized;
	}

	append(entries: readonly RolloutEntry[]): void {
		const timestamp = this.#now().toISOString();
		for (const entry of entries) this.#pending.push(`${JSON.stringify({ timestamp, type: entry.type, payload: entry.payload })}\n`);
		if (this.#materialized) this.#flush();
	}

	/** Creates the file with everything that was kept so far. When that fails everything is still kept, for another attempt. */
	materialize(): void {
		if (this.#materialized) return;
		this.#flush();
		this.#materialized = true;
	}

	/** Forces the file to the disk. Called at the end of a turn. Never throws. */
	sync(): void {
		if (this.#file === null) return;
		fs.fdatasync(this.#file, () => {});
	}

	/** Never throws. Lines that still wait get a last attempt. */
	close(): void {
		try {
			if (this.#materialized) this.#flush();
		} catch {
			// Whoever appended them has been told.
		}
		if (this.#file === null) return;
		fs.closeSync(this.#file);
		this.#file = null;
	}

	#flush(): void {
		if (this.#pending.length === 0 && this.#rest.length === 0) return;
		this.#file ??= this.#open();
		const added = Buffer.from(this.#pending.join(''), 'utf8');
		this.#rest = this.#rest.length === 0 ? added : Buffer.concat([this.#rest, added]);
		this.#pending = [];
		while (this.#rest.length > 0) this.#rest = this.#rest.subarray(fs.writeSync(this.#file, this.#rest));
	}

	#open(): number {
		fs.mkdirSync(path.dirname(this.path), { recursive: true });
		const file = fs.openSync(this.path, 'a+', 0o600);
		// A line that a crash tore stays as it is; the next one begins on a line of its own.
		if (endsInLine(file)) fs.writeSync(file, '\n');
		return file;
	}
}

export interface RolloutContent {
	readonly lines: readonly RolloutLine[];
	/** Lines that could not be read, counted; a torn last line is one of them. */
	readonly damaged: number;
}

/** Reads a whole rollout. Throws the file system's error; damaged lines are skipped and counted. */
export async function readRollout(file: string): Promise<RolloutContent> {
	return parseRollout(await readText(file));
}

/** Decoded in one go, which takes half the time of decoding while reading. */
async function readText(file: string): Promise<string> {
	return (await fs.promises.readFile(file)).toString('utf8');
}

export function parseRollout(content: string): RolloutContent {
	const lines: RolloutLine[] = [];
	let damaged = 0;
	for (const raw of content.split('\n')) {
		if (raw.trim() === '') continue;
		const line = parseRolloutLine(raw);
		if (line) lines.push(line);
		else damaged++;
	}
	return { lines, damaged };
}
