import { lstatSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import type { Mount } from './bubblewrapArgs.ts';
import { accessAt, type FileView, pinnedFolders } from '../policy/fileView.ts';
import { fixedPart } from '../policy/globPattern.ts';
import { type FileLookup, type FileRule, isInside } from '../policy/writableRoots.ts';

/** What programs of a Linux system need to start. */
const SYSTEM = ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32', '/usr', '/etc', '/nix/store', '/run/current-system/sw'];

function systemMounts(): readonly Mount[] {
	return SYSTEM.flatMap((file): readonly Mount[] => {
		const stat = lstatSync(file, { throwIfNoEntry: false });
		if (stat === undefined) return [];
		return [stat.isSymbolicLink() ? { path: file, access: 'link', target: readlinkSync(file) } : { path: file, access: 'read' }];
	});
}

/** Whether a file that a pattern hides could be moved with a folder to a place where the pattern does not find it. */
function canEscape(view: FileView, file: string): boolean {
	const root = view.rules.findLast((rule) => rule.access === 'write' && isInside(rule.path, file))?.path ?? '/';
	return !view.denied.some(
		({ pattern, expression }) => expression.test(file) && isInside(fixedPart(pattern), root) && /^[^/]+$/.test(pattern.split('**/').at(-1) ?? '/'),
	);
}

/** The mounts of a view with what its patterns match on the disk now. */
export function mountsOf(view: FileView, matches: readonly string[], lookup: FileLookup): readonly Mount[] {
	const hidden = matches.filter((file) => accessAt({ ...view, denied: [] }, file) !== 'none' && lookup.kind(file) !== null);
	const pins = pinnedFolders([
		...(view.base === 'write' ? [{ path: '/', access: 'write' } as const] : []),
		...view.rules,
		...hidden.filter((file) => canEscape(view, file)).map((file) => ({ path: file, access: 'none' }) as const),
	]);
	const rules = new Map<string, FileRule['access']>();
	for (const file of [...view.pinned, ...pins]) if (lookup.kind(file) === 'folder') rules.set(file, 'write');
	for (const rule of view.rules) rules.set(rule.path, rule.access);
	for (const file of hidden) rules.set(file, 'none');
	const paths = [...rules.keys()];
	const mounts = paths.map((file): Mount => {
		const access = rules.get(file) ?? 'none';
		if (access !== 'none') return { path: file, access };
		const hasMore = paths.some((other) => other !== file && isInside(file, other) && rules.get(other) !== 'none');
		return { path: file, access, kind: lookup.kind(file) === 'folder' ? 'folder' : 'file', hasMore };
	});
	// Nothing has to be hidden where nothing is shown.
	const needed = view.base === 'none' ? mounts.filter((mount) => mount.access !== 'none' || isShown(mount.path, mounts)) : mounts;
	const all = view.base === 'none' && view.minimal ? [...systemMounts().filter(({ path: file }) => !rules.has(file)), ...needed] : needed;
	return all.toSorted((a, b) => depth(a.path) - depth(b.path));
}

const depth = (file: string) => file.split(path.sep).length;

function isShown(file: string, mounts: readonly Mount[]): boolean {
	const outer = mounts.filter((mount) => mount.path !== file && isInside(mount.path, file)).toSorted((a, b) => depth(a.path) - depth(b.path));
	const nearest = outer.at(-1);
	return nearest !== undefined && nearest.access !== 'none';
}
