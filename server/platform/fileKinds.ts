import fs from 'node:fs';

/** What a path leads to. Null when there is nothing, and for a path that no system follows: links in a circle, a name that is too long, a folder that may not be entered. Never throws. */
export function statOrNull(file: string): fs.Stats | null {
	try {
		return fs.statSync(file, { throwIfNoEntry: false }) ?? null;
	} catch {
		return null;
	}
}

export const isFolder = (file: string): boolean => statOrNull(file)?.isDirectory() ?? false;
export const isFile = (file: string): boolean => statOrNull(file)?.isFile() ?? false;
