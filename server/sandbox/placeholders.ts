import { rmdirSync } from 'node:fs';

/**
 * Empty folders that bubblewrap leaves in a workspace as mount points for what must not be made there. Each goes when
 * the last command that needed it has ended; a folder that is not empty is somebody's and stays.
 */
export class Placeholders {
	readonly #users = new Map<string, number>();

	/** Paths that do not exist now and that a sandbox is about to cover. Returns their release. */
	hold(paths: readonly string[]): () => void {
		for (const path of paths) this.#users.set(path, (this.#users.get(path) ?? 0) + 1);
		let isHeld = true;
		return () => {
			if (!isHeld) return;
			isHeld = false;
			for (const path of paths) this.#drop(path);
		};
	}

	/** Whether a path exists only because a command of ours runs. */
	has(path: string): boolean {
		return this.#users.has(path);
	}

	#drop(path: string): void {
		const left = (this.#users.get(path) ?? 1) - 1;
		if (left > 0) {
			this.#users.set(path, left);
			return;
		}
		this.#users.delete(path);
		try {
			rmdirSync(path);
		} catch {
			// It was never made, or it holds something.
		}
	}
}
