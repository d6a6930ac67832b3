import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type FileLock, lockFile } from './fileLock.ts';
import { quoteShellWord } from './shellQuote.ts';
import { hostSystem } from '../platform/host.ts';

export interface HelperFolderOptions {
	/** `CODEX_HOME`. */
	readonly home: string;
	/** What the programs in the folder run, by their names. Their arguments come after it. */
	readonly programs: Readonly<Record<string, readonly string[]>>;
	readonly onProblem: (error: unknown) => void;
}

const LOCK = '.lock';

/** The programs of a server that lies in a folder: `apply_patch`, for scripts that do more than to apply one. */
export function helperPrograms(assets: string): Readonly<Record<string, readonly string[]>> {
	const applyPatch = [process.execPath, path.join(assets, 'server.js'), 'apply-patch'];
	return { apply_patch: applyPatch, applypatch: applyPatch };
}

/**
 * Programs that commands find on their PATH, in a folder of this process's own: `<home>/tmp/path2/<name>`, with an exclusive lock on its
 * `.lock` for as long as the process lives. Folders of processes that were killed are removed: those whose lock can be taken.
 */
export class HelperFolder {
	readonly #options: HelperFolderOptions;
	#made: Promise<{ readonly folder: string; readonly lock: FileLock } | null> | null = null;
	#isDisposed = false;

	constructor(options: HelperFolderOptions) {
		this.#options = options;
	}

	/** The folder, made with the first call; null where none can be had. Never rejects. */
	async path(): Promise<string | null> {
		this.#made ??= this.#make().catch((error: unknown) => {
			this.#options.onProblem(error);
			return null;
		});
		return (await this.#made)?.folder ?? null;
	}

	async #make() {
		const { home, programs } = this.#options;
		const parent = path.join(home, 'tmp', 'path2');
		mkdirSync(parent, { recursive: true, mode: 0o700 });
		const folder = mkdtempSync(path.join(parent, 'tiller-'));
		const lock = await lockFile(path.join(folder, LOCK), 'make');
		if (lock === null || this.#isDisposed) {
			lock?.release();
			rmSync(folder, { recursive: true, force: true });
			return null;
		}
		if (hostSystem !== 'windows') for (const [name, argv] of Object.entries(programs)) writeProgram(path.join(folder, name), argv);
		void removeAbandoned(parent, folder).catch(this.#options.onProblem);
		return { folder, lock };
	}

	async dispose(): Promise<void> {
		this.#isDisposed = true;
		const made = await this.#made;
		if (made) removeLocked(made.folder, made.lock);
	}
}

function writeProgram(file: string, argv: readonly string[]): void {
	// The program may be the editor's own, which is Node when it is told to be.
	writeFileSync(file, `#!/bin/sh\nELECTRON_RUN_AS_NODE=1 exec ${argv.map(quoteShellWord).join(' ')} "$@"\n`);
	chmodSync(file, 0o755);
}

/** A folder without a lock is left: it may be one that is just being made. */
async function removeAbandoned(parent: string, own: string): Promise<void> {
	for (const entry of readdirSync(parent, { withFileTypes: true })) {
		const folder = path.join(parent, entry.name);
		if (!entry.isDirectory() || folder === own) continue;
		const lock = await lockFile(path.join(folder, LOCK), 'leave').catch(() => null);
		if (lock !== null) removeLocked(folder, lock);
	}
}

/** What cannot be removed now is removed by a later server. */
function removeLocked(folder: string, lock: FileLock): void {
	// Windows removes no file that is open; there the lock is taken with the opening, so that nobody comes in between.
	if (hostSystem === 'windows') lock.release();
	try {
		rmSync(folder, { recursive: true, force: true });
	} catch {
		// Somebody holds a file in it.
	}
	if (hostSystem !== 'windows') lock.release();
}

/** An environment in which the programs of a folder are found before all others. Without a PATH there is nothing to put it before. */
export function withHelpers(env: Readonly<Record<string, string>>, folder: string | null): Record<string, string> {
	const { PATH } = env;
	return folder === null || !PATH ? { ...env } : { ...env, PATH: `${folder}${path.delimiter}${PATH}` };
}
