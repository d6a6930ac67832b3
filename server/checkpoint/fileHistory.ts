import fs from 'node:fs/promises';
import path from 'node:path';
import { undoneIds } from './checkpoint.ts';
import type { LoggedChange } from './checkpointLog.ts';
import type { CheckpointStore } from './checkpointStore.ts';

/** A change of a file, with the thread that it was made in. */
export interface ThreadChange extends LoggedChange {
	readonly threadId: string;
	/** Its turn is taken back at present. */
	readonly undone: boolean;
}

interface KnownRecord {
	readonly signature: string;
	readonly files: ReadonlySet<string>;
}

/** Finds which threads changed a file. What each record names is remembered as long as the record stays as it is. */
export class FileHistory {
	readonly #checkpoints: CheckpointStore;
	readonly #known = new Map<string, KnownRecord>();

	constructor(checkpoints: CheckpointStore) {
		this.#checkpoints = checkpoints;
	}

	/** The changes of one file by all threads, in the order in which they were made. Rejects with the file system's error. */
	async changesOf(file: string): Promise<readonly ThreadChange[]> {
		const found: ThreadChange[] = [];
		for (const { threadId, record } of await this.#checkpoints.records()) {
			if (!(await this.#filesOf(threadId, record)).has(file)) continue;
			const log = this.#checkpoints.log(threadId);
			const undone = undoneIds(await log.read());
			for (const change of await log.readChanges()) {
				if (change.path === file) found.push({ ...change, threadId, undone: undone.has(change.checkpoint) });
			}
		}
		return found.sort((a, b) => a.at - b.at);
	}

	async #filesOf(threadId: string, record: string): Promise<ReadonlySet<string>> {
		const stat = await fs.stat(record).catch(() => null);
		if (stat === null) return new Set();
		const signature = `${stat.size}:${stat.mtimeMs}`;
		const known = this.#known.get(threadId);
		if (known?.signature === signature) return known.files;
		const changes = await this.#checkpoints.log(threadId).readChanges();
		const files = new Set(changes.map((change) => path.normalize(change.path)));
		this.#known.set(threadId, { signature, files });
		return files;
	}
}
