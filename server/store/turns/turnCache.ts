import fs from 'node:fs';
import path from 'node:path';
import { type IndexContent, KeptIndex, writeIndex } from './keptIndex.ts';

const SUFFIX = '.turns';

/** The one place that names the folder. All of it is a cache: deleted at any time, it is made again from the rollouts. */
export function turnCacheOf(home: string): TurnCache {
	return new TurnCache(path.join(home, 'tiller', 'turns'));
}

/** Where the turns of rollouts lie, kept from one process to the next. A rollout keeps its name when it is archived. Never throws. */
export class TurnCache {
	readonly #folder: string;

	constructor(folder: string) {
		this.#folder = folder;
	}

	load(rollout: string): KeptIndex | null {
		return KeptIndex.open(this.#file(rollout));
	}

	/** Whether it could be kept. */
	save(rollout: string, content: IndexContent): boolean {
		try {
			writeIndex(this.#file(rollout), content);
			return true;
		} catch {
			// A full disk, a home that is read-only: the rollout is looked through the next time.
			return false;
		}
	}

	remove(rollout: string): void {
		try {
			fs.rmSync(this.#file(rollout), { force: true });
		} catch {
			// It says nothing of what was said, and the next clean-up tries again.
		}
	}

	/** Drops what is kept of rollouts that are not there any more. */
	clean(isThere: (name: string) => boolean): void {
		try {
			for (const name of fs.readdirSync(this.#folder)) {
				if (!name.endsWith(SUFFIX) || !isThere(`${name.slice(0, -SUFFIX.length)}.jsonl`)) fs.rmSync(path.join(this.#folder, name), { force: true });
			}
		} catch {
			// There is none, or it cannot be written.
		}
	}

	#file(rollout: string): string {
		return path.join(this.#folder, `${path.basename(rollout, '.jsonl')}${SUFFIX}`);
	}
}
