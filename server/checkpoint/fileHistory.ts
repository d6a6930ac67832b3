import fs from 'node:fs/promises';
import path from 'node:path';
import { resolveReal } from '../patch/realPath.ts';
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
	/** Each path that it names, with where that really is. */
	readonly files: ReadonlyMap<string, string>;
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
		const real = (await resolveReal(file)) ?? file;
		for (const { threadId, record } of await this.#checkpoints.records()) {
			const files = await this.#filesOf(threadId, record);
			const names = new Set([...files].flatMap(([name, where]) => (name === file || where === real ? [name] : [])));
			if (names.size === 0) continue;
			const log = this.#checkpoints.log(threadId);
			const undone = undoneIds(await log.read());
			for (const change of await log.readChanges()) {
				if (names.has(path.normalize(change.path))) found.push({ ...change, threadId, undone: undone.has(change.checkpoint) });
			}
		}
		return found.sort((a, b) => a.at - b.at);
	}

	async #filesOf(threadId: string, record: string): Promise<ReadonlyMap<string, string>> {
		const stat = await fs.stat(record).catch(() => null);
		if (stat === null) return new Map();
		const signature = `${stat.size}:${stat.mtimeMs}`;
		const known = this.#known.get(threadId);
		if (known?.signature === signature) return known.files;
		const changes = await this.#checkpoints.log(threadId).readChanges();
		const named = new Set(changes.map((change) => path.normalize(change.path)));
		const files = new Map(await Promise.all([...named].map(async (name) => [name, (await resolveReal(name)) ?? name] as const)));
		this.#known.set(threadId, { signature, files });
		return files;
	}
}
