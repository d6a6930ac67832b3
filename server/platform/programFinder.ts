import { accessSync, constants } from 'node:fs';
import type { Environment } from './environment.ts';
import { isFile } from './fileKinds.ts';
import { hostPaths } from './host.ts';
import type { PathRules } from './pathRules.ts';

export interface ProgramSearch {
	readonly env: Environment;
	/** A program that lies in there is somebody else's: a project may hold a `git.exe` that only waits to be found. */
	readonly outside?: string;
	readonly paths?: PathRules;
	readonly isProgram?: (file: string) => boolean;
}

/** What Windows starts without being told the ending, in its order. */
const USUAL_ENDINGS = '.COM;.EXE;.BAT;.CMD';

/**
 * The absolute path of a program by its name, from the absolute folders of PATH only: the working directory is never looked into, which
 * Windows and an empty entry of PATH would do. Null when there is none. A name with a folder in it is taken as it is.
 */
export function findProgram(name: string, { env, outside, paths = hostPaths, isProgram = isExecutableFile }: ProgramSearch): string | null {
	const { path } = paths;
	const fits = (file: string) => (outside === undefined || !paths.isInside(outside, file)) && isProgram(file);
	const named = endings(name, env, paths);
	if (/[\\/]/.test(paths.system === 'windows' ? name : name.replaceAll('\\', ''))) {
		return path.isAbsolute(name) ? (named.map((ending) => name + ending).find(fits) ?? null) : null;
	}
	const folders = (env['PATH'] ?? '').split(path.delimiter).map((folder) => folder.replace(/^"(.*)"$/, '$1'));
	for (const folder of folders) {
		if (!path.isAbsolute(folder)) continue;
		const found = named.map((ending) => path.join(folder, name + ending)).find(fits);
		if (found !== undefined) return found;
	}
	return null;
}

function endings(name: string, env: Environment, { system, path }: PathRules): readonly string[] {
	if (system !== 'windows') return [''];
	const known = (env['PATHEXT'] ?? USUAL_ENDINGS).split(';').filter((ending) => ending.startsWith('.'));
	return known.some((ending) => ending.toLowerCase() === path.extname(name).toLowerCase()) ? [''] : known.map((ending) => ending.toLowerCase());
}

export function isExecutableFile(file: string): boolean {
	// Nearly all places where a program is looked for have none: that costs no exception.
	if (!isFile(file)) return false;
	try {
		accessSync(file, constants.X_OK);
		return true;
	} catch {
		return false;
	}
}
