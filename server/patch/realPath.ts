import { lstat, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Where a path leads with all links resolved; parts that do not exist yet are kept as they are. Null for a link that
 * leads to nothing, since a file made through it would lie where nobody looked.
 */
export async function resolveReal(path: string): Promise<string | null> {
	const real = await realpath(path).catch(() => null);
	if (real !== null) return real;
	const entry = await lstat(path).catch(() => null);
	if (entry !== null) return entry.isSymbolicLink() ? null : path;
	const parent = dirname(path);
	if (parent === path) return path;
	const realParent = await resolveReal(parent);
	return realParent === null ? null : join(realParent, basename(path));
}

/** Where a name itself stands, with the links of the folders above it resolved: of a link, not where it leads. Null when those lead nowhere. */
export async function resolveEntry(path: string): Promise<string | null> {
	const parent = dirname(path);
	if (parent === path) return path;
	const realParent = await resolveReal(parent);
	return realParent === null ? null : join(realParent, basename(path));
}
