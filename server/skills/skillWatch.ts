import { PathWatch } from '../files/pathWatch.ts';

/** More folders than this are not watched: the list is then read again when it is asked for. */
const MAX_WATCHED = 1_000;
/** The first change is told at once, later ones together. */
const PAUSE_MS = 10_000;

/** Watches the folders of all skills. */
export class SkillWatch {
	readonly #changed: () => void;
	readonly #tell: () => void;
	readonly #watches = new Map<string, PathWatch>();
	#pause: NodeJS.Timeout | undefined;
	#isWaiting = false;

	/** `changed` is called with each change, `tell` not more often than clients need to know. */
	constructor({ changed, tell }: { readonly changed: () => void; readonly tell: () => void }) {
		this.#changed = changed;
		this.#tell = tell;
	}

	/** From now on these folders count. */
	watch(folders: ReadonlySet<string>): void {
		for (const [folder, watch] of this.#watches) {
			if (folders.has(folder)) continue;
			watch.close();
			this.#watches.delete(folder);
		}
		for (const folder of folders) {
			if (this.#watches.has(folder) || this.#watches.size >= MAX_WATCHED) continue;
			try {
				this.#watches.set(folder, new PathWatch(folder, () => this.saw()));
			} catch {
				// It cannot be watched; the next list looks again.
			}
		}
	}

	saw(): void {
		this.#changed();
		if (this.#pause !== undefined) {
			this.#isWaiting = true;
			return;
		}
		this.#tell();
		this.#pause = setTimeout(() => this.#go(), PAUSE_MS);
		this.#pause.unref();
	}

	#go(): void {
		this.#pause = undefined;
		if (!this.#isWaiting) return;
		this.#isWaiting = false;
		this.saw();
	}

	close(): void {
		clearTimeout(this.#pause);
		for (const watch of this.#watches.values()) watch.close();
		this.#watches.clear();
	}
}
