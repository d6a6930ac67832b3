import fs from 'node:fs';
import { appendLine, removeLines } from '../rollout/appendLine.ts';

/**
 * Names of threads: an append-only file of `{id, thread_name, updated_at}` lines, shared with the reference program.
 * The last line of a thread wins.
 */
export class ThreadNames {
	readonly #file: string;
	#read: { readonly size: number; readonly mtimeMs: number; readonly names: Map<string, string> } | null = null;

	constructor(file: string) {
		this.#file = file;
	}

	/** Throws the file system's error. */
	set(id: string, name: string): void {
		appendLine(this.#file, JSON.stringify({ id, thread_name: name, updated_at: new Date().toISOString() }));
	}

	/** Removes every line of a thread. Throws the file system's error. */
	remove(id: string): void {
		removeLines(this.#file, (line) => line.includes(id) && parseName(line)?.id === id);
	}

	async get(id: string): Promise<string | null> {
		return (await this.all()).get(id) ?? null;
	}

	/** Names by thread. */
	async all(): Promise<ReadonlyMap<string, string>> {
		let state: fs.Stats;
		let content: string;
		try {
			state = await fs.promises.stat(this.#file);
			if (this.#read?.size === state.size && this.#read.mtimeMs === state.mtimeMs) return this.#read.names;
			content = await fs.promises.readFile(this.#file, 'utf8');
		} catch {
			// Without the file, or when it cannot be read, threads have no names; they are there all the same.
			return new Map();
		}
		const names = new Map<string, string>();
		for (const raw of content.split('\n')) {
			const entry = parseName(raw);
			if (entry) names.set(entry.id, entry.name);
		}
		this.#read = { size: state.size, mtimeMs: state.mtimeMs, names };
		return names;
	}
}

function parseName(raw: string): { id: string; name: string } | null {
	try {
		const value: unknown = JSON.parse(raw);
		if (typeof value === 'object' && value !== null && 'id' in value && 'thread_name' in value) {
			if (typeof value.id === 'string' && typeof value.thread_name === 'string') return { id: value.id, name: value.thread_name };
		}
	} catch {
		// A damaged line names no thread.
	}
	return null;
}
