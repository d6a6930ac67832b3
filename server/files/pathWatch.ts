import { type FSWatcher, realpathSync, statSync, watch } from 'node:fs';
import path from 'node:path';

/** Changes that come within this many milliseconds of the first are told together. */
const GATHER_MS = 80;
/** Of more changes at once only the watched path itself is told. */
const MAX_PATHS = 500;

/**
 * Watches one path with the system's own notifications: a folder with its direct children, or a file. It survives the
 * path being replaced, removed and made again, and may begin before the path exists. Nothing runs while nothing changes.
 */
export class PathWatch {
	/** Without links, as far as it exists. */
	readonly path: string;
	readonly #onChange: (paths: readonly string[]) => void;
	readonly #changed = new Set<string>();
	#watcher: FSWatcher | null = null;
	/** The folder that the watcher is on: the path itself, or the nearest one above it that exists. */
	#folder = '';
	#timer: NodeJS.Timeout | undefined;
	#isClosed = false;

	/** `file` is absolute. Throws the system's error when it cannot be watched. */
	constructor(file: string, onChange: (paths: readonly string[]) => void) {
		this.path = canonical(path.resolve(file));
		this.#onChange = onChange;
		this.#arm();
	}

	#arm(): void {
		this.#watcher?.close();
		this.#watcher = null;
		this.#folder = nearestFolder(this.path);
		const watcher = watch(this.#folder, { persistent: false }, (_, name) => this.#saw(name));
		// The system ends a watch with its folder, on some platforms as an error.
		watcher.on('error', () => this.#note(this.path));
		this.#watcher = watcher;
	}

	#saw(name: string | null): void {
		if (this.#folder === this.path) {
			// The watched folder's own end comes under its own name.
			const isOwn = name === null || (name === path.basename(this.path) && !isThere(path.join(this.path, name)));
			this.#note(isOwn ? this.path : path.join(this.path, name));
			return;
		}
		const next = path.relative(this.#folder, this.path).split(path.sep)[0];
		if (name !== null && name !== next) return;
		if (path.dirname(this.path) === this.#folder) {
			this.#note(this.path);
			return;
		}
		// One more folder of the way may be there now; it can hold the rest already.
		this.#rearm();
		if (isThere(this.path)) this.#note(this.path);
	}

	#note(changed: string): void {
		if (this.#isClosed) return;
		this.#changed.add(changed);
		this.#timer ??= setTimeout(() => this.#tell(), GATHER_MS);
	}

	#tell(): void {
		this.#timer = undefined;
		if (this.#isClosed) return;
		// Removed, made, or made again: the old watch is on something that is no longer there.
		if (this.#changed.has(this.path)) this.#rearm();
		const paths = this.#changed.size > MAX_PATHS ? [this.path] : [...this.#changed].sort();
		this.#changed.clear();
		this.#onChange(paths);
	}

	#rearm(): void {
		if (this.#isClosed) return;
		try {
			this.#arm();
		} catch {
			// Neither the path nor anything above it can be watched any more: the client was told of the last change.
		}
	}

	close(): void {
		this.#isClosed = true;
		clearTimeout(this.#timer);
		this.#watcher?.close();
		this.#watcher = null;
	}
}

function isFolder(file: string): boolean {
	try {
		return statSync(file).isDirectory();
	} catch {
		return false;
	}
}

function isThere(file: string): boolean {
	try {
		return statSync(file, { throwIfNoEntry: false }) !== undefined;
	} catch {
		return false;
	}
}

function nearestFolder(file: string): string {
	for (let folder = file; ; folder = path.dirname(folder)) {
		if (isFolder(folder) || folder === path.dirname(folder)) return folder;
	}
}

function canonical(file: string): string {
	try {
		return realpathSync(file);
	} catch {
		const parent = path.dirname(file);
		return parent === file ? file : path.join(canonical(parent), path.basename(file));
	}
}
