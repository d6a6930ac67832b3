import fs from 'node:fs/promises';
import path from 'node:path';
import type { Checkpoint, FileState } from './checkpoint.ts';
import { CheckpointLog } from './checkpointLog.ts';
import { ContentStore } from './contentStore.ts';

const SUFFIX = '.jsonl';

/** Everything that undo keeps, below one folder: contents once each, and one record a thread. */
export class CheckpointStore {
	readonly contents: ContentStore;
	readonly #threads: string;
	readonly #logs = new Map<string, CheckpointLog>();

	constructor(folder: string) {
		this.contents = new ContentStore(path.join(folder, 'objects'));
		this.#threads = path.join(folder, 'threads');
	}

	log(threadId: string): CheckpointLog {
		const known = this.#logs.get(threadId);
		if (known) return known;
		const log = new CheckpointLog(path.join(this.#threads, threadId + SUFFIX));
		this.#logs.set(threadId, log);
		return log;
	}

	/** The files of all records, the newest first. */
	async records(): Promise<readonly { readonly threadId: string; readonly record: string }[]> {
		return (await this.#newestFirst()).map((record) => ({ threadId: path.basename(record, SUFFIX), record }));
	}

	/** Forgets a thread that is no longer loaded. */
	release(threadId: string): void {
		this.#logs.delete(threadId);
	}

	/** Removes what a deleted thread kept, except for contents that others need too. `inUse`: contents that no record names yet. */
	async remove(threadId: string, inUse: ReadonlySet<string>): Promise<void> {
		const own = contentsOf(
			await this.log(threadId)
				.read()
				.catch(() => []),
		);
		this.release(threadId);
		await fs.rm(path.join(this.#threads, threadId + SUFFIX), { force: true });
		const { kept } = await this.#keepUpTo(Number.POSITIVE_INFINITY);
		await this.contents.remove([...own.keys()].filter((hash) => !kept.has(hash) && !inUse.has(hash)));
	}

	/** Lets the contents of the threads that were changed longest ago go until all together are no more than this many bytes. */
	async prune(maxBytes: number, inUse: ReadonlySet<string>): Promise<void> {
		const { kept, over } = await this.#keepUpTo(maxBytes);
		await this.contents.remove([...over].filter((hash) => !kept.has(hash) && !inUse.has(hash)));
		await this.contents.sweep(new Set([...kept, ...inUse]));
	}

	/** What the records name: the newest threads first, as long as there is room. */
	async #keepUpTo(maxBytes: number): Promise<{ readonly kept: ReadonlySet<string>; readonly over: ReadonlySet<string> }> {
		const kept = new Set<string>();
		const over = new Set<string>();
		let total = 0;
		for (const file of await this.#newestFirst()) {
			const sizes = [...contentsOf(await new CheckpointLog(file).read().catch(() => []))];
			const added = sizes.filter(([hash]) => !kept.has(hash)).reduce((sum, [, bytes]) => sum + bytes, 0);
			const fits = total + added <= maxBytes;
			if (fits) total += added;
			for (const [hash] of sizes) (fits ? kept : over).add(hash);
		}
		return { kept, over };
	}

	async #newestFirst(): Promise<readonly string[]> {
		const files: { readonly file: string; readonly at: number }[] = [];
		for (const name of await fs.readdir(this.#threads).catch(() => [])) {
			if (!name.endsWith(SUFFIX)) continue;
			const file = path.join(this.#threads, name);
			const stat = await fs.stat(file).catch(() => null);
			if (stat !== null) files.push({ file, at: stat.mtimeMs });
		}
		return files.sort((a, b) => b.at - a.at).map(({ file }) => file);
	}
}

/** Every content that these checkpoints need, with its size in bytes. */
export function contentsOf(checkpoints: readonly Checkpoint[]): ReadonlyMap<string, number> {
	const sizes = new Map<string, number>();
	const add = (state: FileState) => {
		if (state.type === 'file') sizes.set(state.hash, state.bytes);
	};
	for (const { changes } of checkpoints) {
		for (const { before, after } of changes) {
			add(before);
			add(after);
		}
	}
	return sizes;
}
