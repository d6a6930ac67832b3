import { type Dirent, readdirSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { type IgnoreLevel, isIgnored, levelAbove, levelOf, NOTHING_IGNORED, RULE_FILES, stampOf, statOf } from './ignoreLevels.ts';
import { NO_NAMES, packNames, type PackedNames } from './packedNames.ts';
import { hostPaths } from '../platform/host.ts';

export interface Folder {
	/** Below the root, with slashes; empty for the root. */
	readonly path: string;
	names: PackedNames;
	children: readonly Folder[];
	/** Names of links in it that lead to folders, and those of them that are part of the tree. */
	links: readonly string[];
	linked: readonly Folder[];
	/** Device and number. */
	identity: string;
	/** What it looked like when it was read, and under which rules; null when it has to be read again. */
	seen: { readonly stamp: string; readonly above: IgnoreLevel; readonly ruleFiles: readonly string[] } | null;
	level: IgnoreLevel;
}

interface Link {
	readonly holder: Folder;
	readonly name: string;
}

/** More than this is no project but a disk: the rest is not found. */
const MAX_ENTRIES = 1_000_000;
/** A folder that changed less than this before it was read may change again within the same tick of its clock. */
const CLOCK_TICK_MS = 25;
/** What looking at one folder costs, in milliseconds, and how much longer than all of it nothing is looked at again. */
const LOOK_MS = 0.004;
const REST = 10;

function newFolder(place: string): Folder {
	return { path: place, names: NO_NAMES, children: [], links: [], linked: [], identity: '', seen: null, level: NOTHING_IGNORED };
}

/**
 * The files below a root that are not ignored. `refresh` brings it up to date by the folders' times of change and reads
 * only those that did change: once a tree is known, this costs a fraction of a walk, and nothing while nobody searches.
 */
export class FileTree {
	/** Absolute. */
	readonly root: string;
	#top: Folder;
	#above: { readonly stamp: string; readonly level: IgnoreLevel } | null = null;
	#entries = 0;
	#looked = 0;
	#freshUntil = Number.NEGATIVE_INFINITY;

	constructor(root: string) {
		this.root = root;
		this.#top = newFolder('');
	}

	/** All folders that are known so far. */
	folders(): Iterable<Folder> {
		return this.#below([this.#top], 'withLinked');
	}

	*#below(folders: readonly Folder[], which: 'real' | 'withLinked'): Generator<Folder, void> {
		const stack = [...folders];
		for (let folder = stack.pop(); folder !== undefined; folder = stack.pop()) {
			yield folder;
			for (const child of folder.children) stack.push(child);
			if (which === 'withLinked') for (const child of folder.linked) stack.push(child);
		}
	}

	/** Whether all of it was looked at only just now. */
	get isFresh(): boolean {
		return performance.now() < this.#freshUntil;
	}

	/** Yields after every folder, so that others get their turn. */
	*refresh(): Generator<undefined, void> {
		const stamp = stampAbove(this.root);
		if (this.#above?.stamp !== stamp) this.#above = { stamp, level: levelAbove(this.root) };
		this.#entries = 0;
		this.#looked = 0;
		const links: Link[] = [];
		yield* this.#walk(this.#top, this.#above.level, links);
		if (links.length > 0) yield* this.#follow(links);
		this.#freshUntil = performance.now() + this.#looked * LOOK_MS * REST;
	}

	*#walk(top: Folder, above: IgnoreLevel, links: Link[]): Generator<undefined, void> {
		const stack: (readonly [Folder, IgnoreLevel])[] = [[top, above]];
		for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
			const [folder, level] = next;
			this.#look(folder, level);
			this.#looked++;
			this.#entries += folder.names.ends.length;
			if (this.#entries > MAX_ENTRIES) folder.children = [];
			for (const name of folder.links) links.push({ holder: folder, name });
			if (folder.links.length === 0) folder.linked = [];
			for (const child of folder.children) stack.push([child, folder.level]);
			yield;
		}
	}

	/** Reads a folder if it changed. One that is gone or may not be read is empty. */
	#look(folder: Folder, above: IgnoreLevel): void {
		const file = folder.path === '' ? this.root : `${this.root}${path.sep}${folder.path}`;
		const now = Date.now();
		const stats = statOf(file);
		if (stats === null || !stats.isDirectory()) {
			Object.assign(folder, newFolder(folder.path));
			return;
		}
		const own = `${stats.dev}:${stats.ino}:${stats.mtimeMs}`;
		const { seen } = folder;
		if (seen !== null && seen.above === above && seen.stamp === stampWith(own, file, seen.ruleFiles)) return;
		const entries = readFolder(file);
		const names = new Set(entries.map(({ name }) => name));
		const ruleFiles = RULE_FILES.filter((name) => names.has(name.split('/')[0] ?? name));
		// Before the rules are read: when they change meanwhile, they are read once more.
		const stamp = stampWith(own, file, ruleFiles);
		folder.level = levelOf({ above, folder: file, place: { prefix: '', cut: folder.path === '' ? 0 : folder.path.length + 1 }, names });
		folder.identity = `${stats.dev}:${stats.ino}`;
		fill(folder, file, entries);
		folder.seen = now - stats.mtimeMs > CLOCK_TICK_MS ? { stamp, above, ruleFiles } : null;
	}

	/** Links to folders become part of the tree unless what they lead to is in it already, or holds it. */
	*#follow(links: Link[]): Generator<undefined, void> {
		const visited = new Set<string>();
		for (const folder of this.#below([this.#top], 'real')) visited.add(folder.identity);
		const followed = new Map<Folder, Folder[]>();
		for (let next = links.shift(); next !== undefined; next = links.shift()) {
			const { holder, name } = next;
			const own = followed.get(holder) ?? [];
			followed.set(holder, own);
			const place = holder.path === '' ? name : `${holder.path}/${name}`;
			const file = path.join(this.root, place);
			const stats = statOf(file);
			const identity = stats === null ? '' : `${stats.dev}:${stats.ino}`;
			if (stats === null || visited.has(identity) || this.#entries > MAX_ENTRIES || holds(file, this.root)) continue;
			const folder = holder.linked.find((known) => known.path === place) ?? newFolder(place);
			own.push(folder);
			yield* this.#walk(folder, holder.level, links);
			for (const { identity: walked } of this.#below([folder], 'real')) visited.add(walked);
		}
		for (const [holder, own] of followed) holder.linked = own;
	}
}

function fill(folder: Folder, file: string, entries: readonly Dirent[]): void {
	const before = new Map(folder.children.map((child) => [child.path, child]));
	const kept: { readonly name: string; readonly isFolder: boolean }[] = [];
	const children: Folder[] = [];
	const links: string[] = [];
	for (const entry of entries) {
		const { name } = entry;
		// A repository's own files are no files of the project. A name that is no text cannot be told.
		if (name === '.git' || name.includes('\uFFFD')) continue;
		const kind = kindOf(entry, file);
		if (kind === null) continue;
		const place = folder.path === '' ? name : `${folder.path}/${name}`;
		if (isIgnored(folder.level, { path: place, name, kind })) continue;
		kept.push({ name, isFolder: kind === 'folder' });
		if (kind === 'file') continue;
		if (entry.isSymbolicLink()) links.push(name);
		else children.push(before.get(place) ?? newFolder(place));
	}
	Object.assign(folder, { names: packNames(kept), children, links });
}

/** Null for what is neither: pipes, sockets, devices, links to nothing. */
function kindOf(entry: Dirent, folder: string): 'file' | 'folder' | null {
	if (entry.isFile()) return 'file';
	const known = entry.isSymbolicLink() ? statOf(path.join(folder, entry.name)) : entry;
	if (known === null) return null;
	if (known.isDirectory()) return 'folder';
	return known.isFile() ? 'file' : null;
}

function readFolder(folder: string): readonly Dirent[] {
	try {
		return readdirSync(folder, { withFileTypes: true });
	} catch {
		return [];
	}
}

function stampWith(own: string, folder: string, ruleFiles: readonly string[]): string {
	return [own, ...ruleFiles.map((name) => stampOf(path.join(folder, name)))].join(' ');
}

/** Changes when something above the root changes what is ignored in it. */
function stampAbove(root: string): string {
	const stamps: string[] = [];
	for (let folder = path.dirname(root); ; folder = path.dirname(folder)) {
		stamps.push(...RULE_FILES.map((name) => stampOf(path.join(folder, name))), statOf(path.join(folder, '.git')) === null ? '' : 'git');
		if (folder === path.dirname(folder)) return stamps.join(' ');
	}
}

/** Whether the folder that a link leads to holds the root. */
function holds(link: string, root: string): boolean {
	try {
		return hostPaths.isInside(realpathSync.native(link), realpathSync.native(root));
	} catch {
		return true;
	}
}
