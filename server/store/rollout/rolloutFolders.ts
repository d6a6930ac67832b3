import fs from 'node:fs';
import path from 'node:path';
import { stateOf } from './rolloutBytes.ts';
import { isNewer, parseRolloutName, type RolloutName } from './rolloutName.ts';

/** File systems keep times as coarse as this: a folder that changed later than that may change again without a new time. */
const COARSEST_TIME_MS = 2500;

/** A rollout file by its name alone. */
export interface RolloutRef {
	/** As it is when the file is not packed. */
	readonly path: string;
	/** Day and file name: sorts as the threads began, and is unique. */
	readonly key: string;
	readonly id: string;
	readonly name: RolloutName;
}

export interface ChangedFolder {
	readonly folder: string;
	/** Null when the folder has to be looked at again. */
	readonly mtimeMs: number | null;
	readonly files: readonly RolloutRef[];
}

interface Listing {
	readonly folders: readonly string[];
	readonly files: readonly RolloutName[];
	/** Null for a folder that is not there. */
	readonly mtimeMs: number | null;
	/** False when it was read so soon after a change that the next change might not show. */
	readonly settled: boolean;
}

/**
 * The rollout files below a folder, by the day on which they began: `YYYY/MM/DD/rollout-*.jsonl`, and files that lie above the days.
 * What was read of a folder holds until its time of change is another one. Reads synchronously: a folder costs some microseconds, and
 * the newest days are enough for a page.
 */
export class RolloutFolders {
	readonly #root: string;
	readonly #listings = new Map<string, Listing>();

	constructor(root: string) {
		this.#root = root;
	}

	/**
	 * In the order in which they began, from `after` on (a key, which itself is left out); of several of one thread the newest only.
	 * Throws the file system's error.
	 */
	*walk(options: { readonly newestFirst: boolean; readonly after: string | null }): Generator<RolloutRef> {
		const { newestFirst, after } = options;
		const comesAfter = (value: string, than: string) => (newestFirst ? value < than : value > than);
		const days = this.#days();
		const afterDay = after?.slice(0, after.indexOf('/')) ?? null;
		// The newest first, the one that counts is the first of its thread.
		const newest = newestFirst ? null : newestOf(this.all());
		const seen = new Set<string>();
		const counts = (ref: RolloutRef) => (newest ? newest.get(ref.id)?.path === ref.path : !seen.has(ref.id));
		for (const day of sorted([...days.keys()], newestFirst)) {
			if (!newestFirst && afterDay !== null && comesAfter(afterDay, day)) continue;
			const refs = this.#inDay(day, days.get(day) ?? []);
			refs.sort((a, b) => (newestFirst === a.key < b.key ? 1 : -1));
			for (const ref of refs) {
				if ((after === null || comesAfter(ref.key, after)) && counts(ref)) yield ref;
				seen.add(ref.id);
			}
		}
	}

	/**
	 * The folders whose time of change is not the one that is known, with the files that are in them now. A folder that changed so
	 * recently that the next change might not show has no time. Throws the file system's error.
	 */
	*changed(known: (folder: string) => number | undefined): Generator<ChangedFolder> {
		yield* this.#changedIn(this.#root, [], known);
	}

	*#changedIn(folder: string, parts: readonly string[], known: (folder: string) => number | undefined): Generator<ChangedFolder> {
		const isDay = parts.length === 3;
		// The files of a day that is known are not even listed.
		if (isDay && fs.statSync(folder, { throwIfNoEntry: false })?.mtimeMs === known(folder)) return;
		const listing = this.#list(folder);
		const time = known(folder);
		if (listing.mtimeMs === null ? time !== undefined : listing.mtimeMs !== time) {
			const day = isDay ? parts.join('-') : null;
			const refs = listing.files.map((file) => refOf(folder, file, day ?? file.day));
			yield { folder, mtimeMs: listing.settled ? listing.mtimeMs : null, files: refs };
		}
		if (isDay) return;
		for (const name of listing.folders) {
			if ((parts.length === 0 ? /^\d{4}$/ : /^\d\d$/).test(name)) yield* this.#changedIn(path.join(folder, name), [...parts, name], known);
		}
	}

	/** The newest rollout of a thread. Null when no file carries this id. */
	find(id: string): RolloutRef | null {
		const wanted = id.toLowerCase();
		return newestOf(this.all().filter((ref) => ref.id === wanted)).get(wanted) ?? null;
	}

	/** All rollouts, in any order. Throws the file system's error. */
	all(): readonly RolloutRef[] {
		return [...this.#days()].flatMap(([day, places]) => this.#inDay(day, places));
	}

	/** Where the files of each day lie: its folder, and single files above it. */
	#days(): ReadonlyMap<string, readonly (string | RolloutRef)[]> {
		const days = new Map<string, (string | RolloutRef)[]>();
		const add = (day: string, place: string | RolloutRef) => {
			const places = days.get(day);
			if (places) places.push(place);
			else days.set(day, [place]);
		};
		const visit = (folder: string, parts: readonly string[]) => {
			const { folders, files } = this.#list(folder);
			for (const file of files) add(file.day, refOf(folder, file, file.day));
			for (const name of folders) {
				if (!(parts.length === 0 ? /^\d{4}$/ : /^\d\d$/).test(name)) continue;
				const below = [...parts, name];
				if (below.length === 3) add(below.join('-'), path.join(folder, name));
				else visit(path.join(folder, name), below);
			}
		};
		visit(this.#root, []);
		return days;
	}

	#inDay(day: string, places: readonly (string | RolloutRef)[]): RolloutRef[] {
		return places.flatMap((place) => (typeof place === 'string' ? this.#list(place).files.map((file) => refOf(place, file, day)) : [place]));
	}

	#list(folder: string): Listing {
		const state = fs.statSync(folder, { throwIfNoEntry: false });
		if (!state?.isDirectory()) {
			this.#listings.delete(folder);
			return { folders: [], files: [], mtimeMs: null, settled: true };
		}
		const { mtimeMs } = state;
		const cached = this.#listings.get(folder);
		if (cached?.settled && cached.mtimeMs === mtimeMs) return cached;
		const settled = Date.now() - mtimeMs > COARSEST_TIME_MS;
		const entries = entriesOf(folder);
		const listing = {
			mtimeMs,
			settled,
			folders: entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name),
			files: namesOf(entries.filter((entry) => entry.isFile())),
		};
		this.#listings.set(folder, listing);
		return listing;
	}
}

function entriesOf(folder: string): readonly fs.Dirent[] {
	try {
		return fs.readdirSync(folder, { withFileTypes: true });
	} catch (error) {
		// Removed since it was seen, or another user's: no reason to hide all other threads.
		if (error instanceof Error && 'code' in error && ['ENOENT', 'EACCES', 'EPERM'].includes(String(error.code))) return [];
		throw error;
	}
}

/** While a file is packed or unpacked there are both: they are one rollout. */
function namesOf(entries: readonly fs.Dirent[]): readonly RolloutName[] {
	const names = new Map<string, RolloutName>();
	for (const entry of entries) {
		const name = parseRolloutName(entry.name);
		if (name && (!name.packed || !names.has(name.name))) names.set(name.name, name);
	}
	return [...names.values()];
}

function refOf(folder: string, file: RolloutName, day: string): RolloutRef {
	return { path: path.join(folder, file.name), key: `${day}/${file.name}`, id: file.id, name: file };
}

/** The rollout of each thread that counts. */
export function newestOf(refs: Iterable<RolloutRef>): ReadonlyMap<string, RolloutRef> {
	const newest = new Map<string, RolloutRef>();
	for (const ref of refs) {
		const other = newest.get(ref.id);
		if (!other || countsMore(ref, other)) newest.set(ref.id, ref);
	}
	return newest;
}

function sorted(values: readonly string[], newestFirst: boolean): string[] {
	const ascending = values.toSorted();
	return newestFirst ? ascending.reverse() : ascending;
}

/** Copies of one file, as a move that broke off or a person leaves them, are told apart by when they were written last. */
function countsMore(a: RolloutRef, b: RolloutRef): boolean {
	const [written, other] = a.name.rolloutId === b.name.rolloutId ? [stateOf(a.path)?.mtimeMs ?? 0, stateOf(b.path)?.mtimeMs ?? 0] : [0, 0];
	return written === other ? isNewer(a.name, b.name) : written > other;
}
