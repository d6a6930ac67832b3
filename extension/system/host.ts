import path from 'node:path';

/** The system that the extension host runs on. Here alone it is asked for. */
export const onWindows = process.platform === 'win32';

/** Its name, as Node says it. */
export const platform: string = process.platform;

/** The names from a folder to a file in it, joined by `/`, '' for the folder itself; null when it lies elsewhere. Windows does not tell `C:` from `c:`. */
export function relativeInside(folder: string, file: string): string | null {
	const relative = path.relative(folder, file);
	const names = relative.split(path.sep);
	return path.isAbsolute(relative) || names[0] === '..' ? null : names.join('/');
}
