import { constants, readlinkSync, type Stats } from 'node:fs';
import { type FileHandle, link, lstat, mkdir, open, readlink, realpath, rmdir, symlink, unlink } from 'node:fs/promises';
import path from 'node:path';
import { renameFileLater } from '../platform/replaceFile.ts';
import { hostPlatform, hostSystem } from '../platform/host.ts';

/** Linux: an open folder that can be gone through, but not read. */
const O_PATH = 0o10000000;
/** macOS: no part of the path may be a link. */
const O_NOFOLLOW_ANY = 0x20000000;

const FOLDER_FLAGS = O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW;
const FILE_FLAGS =
	hostSystem === 'windows' ? 0 : constants.O_NONBLOCK | constants.O_NOCTTY | (hostSystem === 'macos' ? O_NOFOLLOW_ANY : constants.O_NOFOLLOW);

/** The folder is not where it was any more: somebody put something else, such as a link, in its place. */
export class MovedFolderError extends Error {
	constructor(folder: string) {
		super(`a folder on the way to ${folder} was replaced by something else, such as a symbolic link, in the meantime`);
	}
}

/**
 * A folder that is held open. What is done by a name in it is done there, and never through a link that a command puts in the place of the
 * folder or of one above it meanwhile. On Linux the system itself guarantees that, since every name is looked up from the open folder. Other
 * systems offer Node no such way: there the path is checked right before each step, and on macOS once more as a file is opened.
 */
export class HeldFolder {
	readonly real: string;
	readonly #handle: FileHandle | null;

	private constructor(real: string, handle: FileHandle | null) {
		this.real = real;
		this.#handle = handle;
	}

	/**
	 * `real`: an absolute path without links; one that has any by now is refused. `made` is told of each folder that was missing and was made,
	 * outer ones first; without it a missing one is an error. Rejects with the system's error or `MovedFolderError`.
	 */
	static async open(real: string, made?: (folder: string) => void): Promise<HeldFolder> {
		const { root } = path.parse(real);
		const names = path.relative(root, real).split(path.sep).filter(Boolean);
		let held = new HeldFolder(root, canHold() ? await open(root, FOLDER_FLAGS) : null);
		for (const name of names) {
			const outer = held;
			try {
				held = await outer.#inner(name, made);
			} finally {
				await outer.close();
			}
		}
		return held;
	}

	async #inner(name: string, made: ((folder: string) => void) | undefined): Promise<HeldFolder> {
		const real = path.join(this.real, name);
		try {
			return await this.#enter(name, real);
		} catch (error) {
			if (made === undefined || !isCode(error, 'ENOENT')) throw error;
		}
		try {
			await this.mkdir(name);
			made(real);
		} catch (error) {
			if (!isCode(error, 'EEXIST')) throw error;
		}
		return this.#enter(name, real);
	}

	async #enter(name: string, real: string): Promise<HeldFolder> {
		try {
			if (this.#handle !== null) return new HeldFolder(real, await open(this.#at(name), FOLDER_FLAGS));
			if (!(await lstat(real)).isDirectory()) throw new MovedFolderError(real);
			return new HeldFolder(real, null);
		} catch (error) {
			if (isCode(error, 'ELOOP') || (isCode(error, 'ENOTDIR') && (await this.lstat(name))?.isSymbolicLink())) throw new MovedFolderError(real);
			throw error;
		}
	}

	/** The path of a name in it, from the open folder where the system allows that. */
	#at(name: string): string {
		if (name === '' || name === '.' || name === '..' || name.includes('/') || name.includes(path.sep))
			throw new Error(`${name} is no name of a file`);
		return this.#handle === null ? path.join(this.real, name) : `/proc/self/fd/${this.#handle.fd}/${name}`;
	}

	async #checked(name: string): Promise<string> {
		if (this.#handle === null && (await realpath(this.real)) !== this.real) throw new MovedFolderError(this.real);
		return this.#at(name);
	}

	/** Never through a link, and never waiting for the other end of a pipe. */
	async openFile(name: string, flags: number, mode?: number): Promise<FileHandle> {
		return open(await this.#checked(name), flags | FILE_FLAGS, mode);
	}

	/** Of the entry itself; null when there is none. */
	async lstat(name: string): Promise<Stats | null> {
		try {
			return await lstat(await this.#checked(name));
		} catch (error) {
			if (isCode(error, 'ENOENT')) return null;
			throw error;
		}
	}

	async mkdir(name: string): Promise<void> {
		await mkdir(await this.#checked(name));
	}

	async unlink(name: string): Promise<void> {
		await unlink(await this.#checked(name));
	}

	/** Fails for a folder with something in it. */
	async rmdir(name: string): Promise<void> {
		await rmdir(await this.#checked(name));
	}

	async readlink(name: string): Promise<string> {
		return readlink(await this.#checked(name));
	}

	async symlink(target: string, name: string): Promise<void> {
		await symlink(target, await this.#checked(name));
	}

	async rename(name: string, to: { readonly folder: HeldFolder; readonly name: string }): Promise<void> {
		await renameFileLater(await this.#checked(name), await to.folder.#checked(to.name));
	}

	/** A second name for a file; fails when the name is taken. */
	async link(name: string, to: { readonly folder: HeldFolder; readonly name: string }): Promise<void> {
		await link(await this.#checked(name), await to.folder.#checked(to.name));
	}

	async close(): Promise<void> {
		await this.#handle?.close();
	}
}

let holds: boolean | null = null;

/** Whether names can be looked up from an open folder here: on Linux, unless somebody took /proc away. */
function canHold(): boolean {
	if (hostPlatform !== 'linux') return false;
	if (holds !== null) return holds;
	try {
		readlinkSync('/proc/self/exe');
		holds = true;
	} catch {
		holds = false;
	}
	return holds;
}

function isCode(error: unknown, code: string): boolean {
	return error instanceof Error && 'code' in error && error.code === code;
}
