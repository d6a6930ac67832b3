import path from 'node:path';
import { relativeInside } from '../../system/host.ts';

/** Where a file can be that is named in a message, as far as that is inside of one of the folders. */
export function placesOf(named: string, folders: readonly string[]): readonly string[] {
	const isInside = (file: string) => folders.some((folder) => (relativeInside(folder, file) ?? '') !== '');
	const files = path.isAbsolute(named) ? [path.normalize(named)] : folders.map((folder) => path.join(folder, named));
	return [...new Set(files)].filter(isInside);
}
