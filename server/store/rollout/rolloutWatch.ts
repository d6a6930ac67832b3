import fs from 'node:fs';
import type { RolloutWriter } from './rolloutFile.ts';
import type { RolloutLine } from './rolloutLine.ts';

/** Tells of what other programs add to a rollout, while it is watched. Costs nothing while nobody writes. */
export class RolloutWatch {
	readonly #file: RolloutWriter;
	readonly #added: (lines: readonly RolloutLine[]) => void;
	#watcher: fs.FSWatcher | null = null;

	constructor(file: RolloutWriter, added: (lines: readonly RolloutLine[]) => void) {
		this.#file = file;
		this.#added = added;
	}

	/** Never throws: where a file cannot be watched, its changes are seen when the thread is used next. */
	start(): void {
		if (this.#watcher) return;
		try {
			const watcher = fs.watch(this.#file.path, { persistent: false }, (event) => {
				this.look();
				// Another file may have its name by now.
				if (event === 'rename' && this.#watcher === watcher) this.#again();
			});
			watcher.on('error', () => this.stop());
			this.#watcher = watcher;
		} catch {
			return;
		}
		// What came before the watching began.
		this.look();
	}

	#again(): void {
		this.stop();
		this.start();
	}

	stop(): void {
		this.#watcher?.close();
		this.#watcher = null;
	}

	/** Tells at once of what there is, without waiting for the system to say so. */
	look(): void {
		const lines = this.#file.readOthers();
		if (lines.length > 0) this.#added(lines);
	}
}
