import path from 'node:path';
import { type RolloutRef, RolloutFolders } from './rolloutFolders.ts';
import { openRollout, type RolloutView } from './rolloutView.ts';

/** The rollout files of a home: where they are, and the records of a thread as one. */
export class RolloutFiles {
	readonly active: RolloutFolders;
	readonly archived: RolloutFolders;
	/** Where a rollout was found last. */
	readonly #places = new Map<string, string>();

	constructor(home: string) {
		this.active = new RolloutFolders(path.join(home, 'sessions'));
		this.archived = new RolloutFolders(path.join(home, 'archived_sessions'));
	}

	/** The file of a rollout by the rollout's own id. Null when there is none. */
	readonly locate = (rolloutId: string): string | null => {
		const known = this.#places.get(rolloutId);
		if (known !== undefined && this.#all().some((ref) => ref.path === known)) return known;
		this.#places.clear();
		for (const ref of this.#all()) if (!this.#places.has(ref.name.rolloutId)) this.#places.set(ref.name.rolloutId, ref.path);
		return this.#places.get(rolloutId) ?? null;
	};

	/** All rollouts of a thread, also those that no longer count. */
	ofThread(id: string): readonly RolloutRef[] {
		const wanted = id.toLowerCase();
		return this.#all().filter((ref) => ref.id === wanted);
	}

	/** The records of a thread by its own file. Throws the file system's error. */
	open(file: string): RolloutView {
		return openRollout(file, this.locate);
	}

	#all(): readonly RolloutRef[] {
		return [...this.active.all(), ...this.archived.all()];
	}
}
