import path from 'node:path';

/**
 * A path that a manifest names below a folder: `./a/b`, never the folder itself, never out of it. Null for every other text. Links are not
 * followed here: who reads the path checks where it leads.
 */
export function insidePath(folder: string, named: string): string | null {
	if (!named.startsWith('./') || named.includes('\0')) return null;
	const parts = named
		.slice(2)
		.split(/[/\\]/)
		.filter((part) => part !== '' && part !== '.');
	if (parts.length === 0 || parts.includes('..')) return null;
	return path.join(folder, ...parts);
}
