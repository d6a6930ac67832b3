import { type Stats, statSync } from 'node:fs';
import { readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { RecentMap } from '../platform/recentMap.ts';
import { type DeniedGlob, type FileView, isDenied } from './policy/fileView.ts';
import { depthOf, fixedPart } from './policy/globPattern.ts';

/** Entries of folders that are looked at for one command, and patterns whose folders are remembered. */
export interface SearchLimits {
	readonly entries: number;
	readonly patterns: number;
}

const LIMITS: SearchLimits = { entries: 2_000_000, patterns: 16 };

/** A folder that changed this lately, in milliseconds, may change again without another time: some disks count in seconds. */
const RECENT_MS = 2500;
/** How many folders are looked at before others have a turn. */
const STRIDE = 512;

/** A search that would take too long. The message is for people and models. */
export class DeniedFilesError extends Error {}

/** What a pattern finds in one folder. */
interface Listing {
	/** Changes when an entry of the folder comes or goes; null: not to be relied on. */
	readonly stamp: string | null;
	readonly matches: readonly { readonly file: string; readonly isLink: boolean }[];
	/** Those to look into. */
	readonly folders: readonly string[];
	readonly entries: number;
}

/**
 * Finds what the denied patterns of a view match on the disk. A folder in which nothing came or went since the last command is not listed
 * again, so that a command in a large project costs a look at each of its folders.
 */
export class DeniedFiles {
	readonly #limits: SearchLimits;
	/** By pattern. */
	readonly #known: RecentMap<string, Map<string, Listing>>;

	constructor(limits: SearchLimits = LIMITS) {
		this.#limits = limits;
		this.#known = new RecentMap(limits.patterns);
	}

	/**
	 * Links resolved, without what lies below a match. What cannot be listed cannot be read by a command of the same user either.
	 * Rejects with `DeniedFilesError` rather than to leave one out.
	 */
	async find(view: FileView): Promise<readonly string[]> {
		const found = new Set<string>();
		let room = this.#limits.entries;
		for (const glob of view.denied) room = await this.#findOne(glob, { deepest: view.globScanMaxDepth, found, room });
		return [...found];
	}

	/** Returns what is left of the room. */
	async #findOne(glob: DeniedGlob, search: { readonly deepest: number | null; readonly found: Set<string>; readonly room: number }): Promise<number> {
		const { pattern } = glob;
		const { found } = search;
		const start = fixedPart(pattern);
		if (start === pattern) {
			found.add(pattern);
			return search.room;
		}
		const before = this.#known.get(pattern) ?? new Map<string, Listing>();
		const now = new Map<string, Listing>();
		const deepest = depthOf(pattern) ?? search.deepest ?? Number.POSITIVE_INFINITY;
		let { room } = search;
		let level: readonly string[] = [start];
		for (let depth = 1; level.length > 0 && depth <= deepest; depth += 1) {
			const next: string[] = [];
			for (let from = 0; from < level.length; from += STRIDE) {
				const part = level.slice(from, from + STRIDE);
				const listings = await Promise.all(part.map((folder) => listingOf(folder, before.get(folder), glob)));
				for (const [index, listing] of listings.entries()) {
					if (listing.stamp !== null) now.set(part[index] ?? '', listing);
					room -= listing.entries;
					for (const { file, isLink } of listing.matches) found.add(isLink ? await realpath(file).catch(() => file) : file);
					next.push(...listing.folders);
				}
				if (room < 0) {
					throw new DeniedFilesError(
						`the files that ${pattern} hides could not be found among ${this.#limits.entries} others; set glob_scan_max_depth in the profile, or a pattern without **`,
					);
				}
				if (part.length === STRIDE) await yieldToOthers();
			}
			level = next;
		}
		this.#known.set(pattern, now);
		return room;
	}
}

async function listingOf(folder: string, known: Listing | undefined, glob: DeniedGlob): Promise<Listing> {
	// Taken before the listing: what comes in between has another one.
	const stamp = stampOf(folder);
	return known !== undefined && stamp !== null && stamp === known.stamp ? known : list(folder, stamp, glob);
}

async function list(folder: string, stamp: string | null, glob: DeniedGlob): Promise<Listing> {
	const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
	const matches: { file: string; isLink: boolean }[] = [];
	const folders: string[] = [];
	for (const entry of entries) {
		const file = path.join(folder, entry.name);
		if (isDenied([glob], file)) matches.push({ file, isLink: entry.isSymbolicLink() });
		else if (entry.isDirectory()) folders.push(file);
	}
	return { stamp, matches, folders, entries: entries.length };
}

/** Null for a folder that was changed just now, or of which nothing can be told. */
function stampOf(folder: string): string | null {
	let stats: Stats;
	try {
		stats = statSync(folder);
	} catch {
		return null;
	}
	const { dev, ino, mtimeMs, ctimeMs } = stats;
	return Math.abs(Date.now() - Math.max(mtimeMs, ctimeMs)) < RECENT_MS ? null : `${dev}:${ino}:${mtimeMs}:${ctimeMs}`;
}
