import * as path from 'node:path';

/** Where a file can be that is named in a message, as far as that is inside of one of the folders. */
export function placesOf(named: string, folders: readonly string[]): readonly string[] {
	const isInside = (file: string) =>
		folders.some((folder) => {
			const relative = path.relative(folder, file);
			return relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative);
		});
	const files = path.isAbsolute(named) ? [path.normalize(named)] : folders.map((folder) => path.join(folder, named));
	return [...new Set(files)].filter(isInside);
}
