import fs from 'node:fs/promises';
import path from 'node:path';
import { Emitter } from 'vscode-jsonrpc/node.js';
import type { Event } from 'vscode-jsonrpc/node.js';
import { type AgentChange, type FileReview, takeChange } from './fileReview.ts';

interface Saved {
	readonly version: 1;
	readonly files: readonly FileReview[];
	/** How many changes of each thread are taken in. */
	readonly known: Readonly<Record<string, number>>;
}

const SAVE_AFTER_MS = 200;
/** Threads whose place is remembered; the ones used longest ago are forgotten. */
const MAX_THREADS = 200;

/** The changes of the agent that wait for a decision, in this workspace. Kept in a file, so that a reload loses none. */
export class Reviews {
	readonly #file: string | null;
	readonly #changed = new Emitter<readonly string[]>();
	/** Paths whose review has changed. */
	readonly onDidChange: Event<readonly string[]> = this.#changed.event;
	readonly #files = new Map<string, FileReview>();
	readonly #known = new Map<string, number>();
	readonly #failed: (error: unknown) => void;
	#timer: NodeJS.Timeout | null = null;
	#saved: Promise<void> = Promise.resolve();

	readonly #nameOf: (path: string) => string;

	/**
	 * `file`: where they are kept; null where nothing can be kept, such as in a window without a folder.
	 * `nameOf`: the one name of a file that several paths lead to.
	 */
	constructor(file: string | null, failed: (error: unknown) => void, nameOf: (path: string) => string = (path) => path) {
		this.#file = file;
		this.#failed = failed;
		this.#nameOf = nameOf;
	}

	/** Takes in what was kept. Whatever cannot be read is left out. */
	async load(): Promise<void> {
		if (this.#file === null) return;
		const text = await fs.readFile(this.#file, 'utf8').catch(() => null);
		if (text === null) return;
		const saved = parse(text);
		for (const review of saved.files) if (!this.#files.has(review.path)) this.#files.set(review.path, review);
		for (const [threadId, count] of Object.entries(saved.known)) if (!this.#known.has(threadId)) this.#known.set(threadId, count);
		if (saved.files.length > 0) this.#changed.fire(saved.files.map((review) => review.path));
	}

	get(file: string): FileReview | null {
		return this.#files.get(this.#nameOf(file)) ?? null;
	}

	/** Sorted by path. */
	list(): readonly FileReview[] {
		return [...this.#files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
	}

	of(threadId: string): readonly FileReview[] {
		return this.list().filter(({ sources }) => sources.some((source) => source.threadId === threadId));
	}

	/** How many changes of a thread are taken in; null when it is not followed yet. */
	known(threadId: string): number | null {
		return this.#known.get(threadId) ?? null;
	}

	followed(): readonly string[] {
		return [...this.#known.keys()];
	}

	/** From now on the changes of a thread are followed, from this one on. */
	follow(threadId: string, from: number): void {
		if (this.#known.has(threadId)) return;
		this.#known.set(threadId, from);
		this.#save();
	}

	/** Takes in more changes of a thread, which are its first `known` ones then. */
	take(threadId: string, { changes, known }: { readonly changes: readonly AgentChange[]; readonly known: number }): void {
		this.#known.delete(threadId);
		this.#known.set(threadId, known);
		for (const [oldest] of this.#known) if (this.#known.size > MAX_THREADS) this.#known.delete(oldest);
		const named = changes.map((change) => ({ ...change, path: this.#nameOf(change.path) }));
		for (const change of named) this.#put(change.path, takeChange(this.get(change.path), change));
		this.#save();
		if (changes.length > 0) this.#changed.fire([...new Set(named.map((change) => change.path))]);
	}

	/** After a decision; null when nothing of the file is left. */
	set(file: string, review: FileReview | null): void {
		const name = this.#nameOf(file);
		this.#put(name, review);
		this.#save();
		this.#changed.fire([name]);
	}

	/** Writes what has not been written yet. */
	async dispose(): Promise<void> {
		if (this.#timer !== null) {
			clearTimeout(this.#timer);
			this.#write();
		}
		await this.#saved;
		this.#changed.dispose();
	}

	#put(file: string, review: FileReview | null): void {
		if (review === null) this.#files.delete(file);
		else this.#files.set(file, review);
	}

	#save(): void {
		this.#timer ??= setTimeout(() => this.#write(), SAVE_AFTER_MS);
	}

	#write(): void {
		this.#timer = null;
		const file = this.#file;
		if (file === null) return;
		const saved: Saved = { version: 1, files: this.list(), known: Object.fromEntries(this.#known) };
		this.#saved = this.#saved
			.then(async () => {
				await fs.mkdir(path.dirname(file), { recursive: true });
				await fs.writeFile(`${file}.tmp`, JSON.stringify(saved));
				await fs.rename(`${file}.tmp`, file);
			})
			.catch(this.#failed);
	}
}

function parse(text: string): Saved {
	try {
		const value: unknown = JSON.parse(text);
		if (typeof value === 'object' && value !== null && 'version' in value && value.version === 1) return value as Saved;
	} catch {
		// Written by nobody but this file; when it is broken, the decisions are lost and the files are as they are.
	}
	return { version: 1, files: [], known: {} };
}
