import { realpathSync } from 'node:fs';
import path from 'node:path';
import { hostPaths } from '../../platform/host.ts';

/** What a model asks for beyond its sandbox, and what a person allows of it. Paths are absolute and have no `..`. */
export interface RequestedPermissions {
	readonly network: boolean;
	readonly read: readonly string[];
	readonly write: readonly string[];
}

export const NO_PERMISSIONS: RequestedPermissions = { network: false, read: [], write: [] };

export function isNothing({ network, read, write }: RequestedPermissions): boolean {
	return !network && read.length === 0 && write.length === 0;
}

/** What of an answer was asked for: an answer can never allow more than the question. */
export function withinRequest(given: RequestedPermissions, asked: RequestedPermissions): RequestedPermissions {
	const covered = (file: string, by: readonly string[]) => path.isAbsolute(file) && by.some((root) => hostPaths.isInside(root, file));
	return {
		network: given.network && asked.network,
		// Who may write a file may read it: asking for the one covers the other.
		read: given.read.filter((file) => covered(file, [...asked.read, ...asked.write])).map((file) => path.normalize(file)),
		write: given.write.filter((file) => covered(file, asked.write)).map((file) => path.normalize(file)),
	};
}

/** Whether all that is asked for is there already. */
export function isCovered(asked: RequestedPermissions, known: RequestedPermissions): boolean {
	const has = (folders: readonly string[]) => (file: string) => folders.some((folder) => hostPaths.isInside(folder, file));
	return (!asked.network || known.network) && asked.read.every(has([...known.read, ...known.write])) && asked.write.every(has(known.write));
}

/** Both together. */
export function joined(a: RequestedPermissions, b: RequestedPermissions): RequestedPermissions {
	return {
		network: a.network || b.network,
		read: [...new Set([...a.read, ...b.read])],
		write: [...new Set([...a.write, ...b.write])],
	};
}

/** Each by itself: `network`, `read PATH`, `write PATH`. */
export function permissionParts({ network, read, write }: RequestedPermissions): readonly string[] {
	return [...(network ? ['network'] : []), ...read.map((file) => `read ${file}`), ...write.map((file) => `write ${file}`)];
}

/** The same with paths as they lead now. */
export function realPermissions({ network, read, write }: RequestedPermissions): RequestedPermissions {
	return { network, read: read.map(realPlace), write: write.map(realPlace) };
}

/** Where a path leads, also one of which only a folder above is there yet. */
export function realPlace(file: string): string {
	const parent = path.dirname(file);
	try {
		return realpathSync.native(file);
	} catch {
		return parent === file ? file : path.join(realPlace(parent), path.basename(file));
	}
}
