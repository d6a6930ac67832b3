import path from 'node:path';
import type { System } from './system.ts';

/**
 * How a system tells paths apart. Everything takes absolute paths and compares them as the system's usual disk does: Linux byte by byte,
 * macOS without case and accents' spelling, Windows also without the many ways to write one drive, share or name. Pure: nothing here
 * looks at a disk, so what a link or a short name (`PROGRA~1`) stands for is resolved before, by the native `realpath`.
 */
export interface PathRules {
	readonly system: System;
	/** Node's functions for this system's paths. */
	readonly path: path.PlatformPath;
	/** Equal for two paths exactly when they name the same file. For maps and comparisons, never to open anything. */
	key(file: string): string;
	same(a: string, b: string): boolean;
	/** Whether the file is the folder or lies somewhere below it. */
	isInside(folder: string, file: string): boolean;
	/** The names from the folder to the file, joined by `/` on every system, '' for the folder itself; null when it is not inside. */
	relative(folder: string, file: string): string | null;
	/** The key of a relative path, as of `relative`. */
	relativeKey(relative: string): string;
	/** The ways in which programs usually write a path that they keep: on Windows VS Code has a small drive letter, shells a large one. */
	spellings(file: string): readonly string[];
	/** How many folders a path has above it. */
	depth(file: string): number;
	/** The folders above a path, nearest first, up to the root. */
	above(file: string): Iterable<string>;
	/** A path or a pattern for paths in the form that `globExpression` compares: `/` between names. */
	globText(file: string): string;
	/** Whether patterns go by upper and lower case. */
	readonly ignoresCase: boolean;
}

export function pathRules(system: System): PathRules {
	const flavour = system === 'windows' ? path.win32 : path.posix;
	const plain = system === 'windows' ? plainWindowsPath : (file: string) => flavour.normalize(file);
	const keyOfNames = KEY_OF_NAMES[system];
	const namesOf = (file: string): readonly string[] => {
		const whole = plain(file);
		const { root } = flavour.parse(whole);
		const names = whole.slice(root.length).split(flavour.sep);
		return [root, ...names.filter((name) => name !== '')];
	};
	const key = (file: string) => namesOf(file).map(keyOfNames).join('/');
	const relative = (folder: string, file: string): string | null => {
		const [outer, inner] = [namesOf(folder), namesOf(file)];
		if (inner.length < outer.length || outer.some((name, index) => keyOfNames(name) !== keyOfNames(inner[index] ?? ''))) return null;
		return inner.slice(outer.length).join('/');
	};
	return {
		system,
		path: flavour,
		key,
		same: (a, b) => a === b || key(a) === key(b),
		isInside: (folder, file) => relative(folder, file) !== null,
		relative,
		relativeKey: (file) => {
			if (system === 'linux') return file;
			const names = file.split(system === 'windows' ? /[\\/]/ : '/').filter((name) => name !== '' && name !== '.');
			return names.map(keyOfNames).join('/');
		},
		spellings: (file) => {
			if (system !== 'windows') return [file];
			const whole = plain(file);
			return [...new Set([file, whole, whole.replace(/^[A-Z]:/, (letter) => letter.toLowerCase())])];
		},
		depth: (file) => namesOf(file).length - 1,
		*above(file) {
			for (let inner = plain(file), folder = flavour.dirname(inner); folder !== inner; folder = flavour.dirname(folder)) {
				yield folder;
				inner = folder;
			}
		},
		globText: (file) => (system === 'windows' ? plainWindowsPath(file).replaceAll('\\', '/') : file),
		ignoresCase: system !== 'linux',
	};
}

/** Characters that HFS+ passes over in names, as git found out: `.g\u200cit` opens `.git`. */
const PASSED_OVER = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;

const KEY_OF_NAMES: Readonly<Record<System, (name: string) => string>> = {
	linux: (name) => name,
	// To upper case and back: `ß` and `SS`, `ſ` and `s` are one for a disk that folds case.
	macos: (name) => name.replaceAll(PASSED_OVER, '').normalize('NFD').toUpperCase().toLowerCase().normalize('NFC'),
	windows: (name) => windowsName(name).toUpperCase().toLowerCase(),
};

/** The name that Windows opens: without the dots and spaces at its end, and without the stream that is opened anyway. */
function windowsName(name: string): string {
	const main = name.replace(/^([^:]+)::?\$(?:DATA|INDEX_ALLOCATION)$/i, '$1').replace(/^([^:]+):\$I30:\$INDEX_ALLOCATION$/i, '$1');
	return /^[A-Za-z]:[\\/]?$/.test(main) || main === '.' || main === '..' ? main : main.replace(/[. ]+$/, '') || main;
}

/**
 * One spelling of a Windows path: `\` between names, an upper-case drive letter, without the prefixes that only say how to open it
 * (`\\?\C:\x`, `\\.\C:\x`, `\\?\UNC\server\share`). Named pipes and other devices stay as they are.
 */
function plainWindowsPath(file: string): string {
	const slashed = file.replaceAll('/', '\\');
	const unc = /^\\\\[?.]\\UNC\\(.*)$/i.exec(slashed)?.[1];
	const drive = /^(?:\\\\[?.]\\|\\\?\?\\)([A-Za-z]:.*)$/.exec(slashed)?.[1];
	const plain = path.win32.normalize(unc === undefined ? (drive ?? slashed) : `\\\\${unc}`);
	const rooted = plain.replace(/^([A-Za-z]:)\.?$/, '$1\\');
	return rooted.replace(/^[a-z]:/, (letter) => letter.toUpperCase());
}
