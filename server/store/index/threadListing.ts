import path from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { newestOf, type RolloutFolders, type RolloutRef } from '../rollout/rolloutFolders.ts';
import type { RolloutHead } from '../rollout/rolloutHead.ts';
import { stateOf } from '../rollout/rolloutBytes.ts';
import type { RolloutHeads } from '../rollout/rolloutHeads.ts';
import { parseRolloutName } from '../rollout/rolloutName.ts';
import { sourceKinds } from '../sessionSource.ts';
import type { ChangedFiles } from './changedFiles.ts';
import {
	filesOfThread,
	filesWithoutHead,
	indexedFile,
	type IndexedFile,
	type IndexQuery,
	knownFiles,
	knownFolders,
	matchingFiles,
	queryFiles,
} from './threadIndex.ts';

/** After this many files that had to be looked at, other work gets its turn. */
const LOOKS_AT_ONCE = 256;
const HEADS_AT_ONCE = 64;
/** With more files than this that the index lacks, the rollouts themselves are asked. */
const MAX_MISSING = 400;

/** A file that belongs in a list, in its place. */
export interface Candidate {
	readonly path: string;
	readonly key: string;
	/** Unix milliseconds of the last change; 0 in lists that are sorted by creation. */
	readonly time: number;
	readonly head: RolloutHead;
	/** What the index says of the file, for an answer from the index alone. */
	readonly indexed: IndexedFile | null;
}

interface Place {
	readonly path: string;
	readonly key: string;
}

export interface ListingSources {
	readonly home: string;
	readonly folders: RolloutFolders;
	readonly heads: RolloutHeads;
	readonly changes: ChangedFiles;
}

/** What fits, in the order of the list and from the cursor on, without the index: names of files give the order. */
export async function* scanFiles({ folders, heads }: Pick<ListingSources, 'folders' | 'heads'>, query: IndexQuery): AsyncGenerator<Candidate> {
	const newestFirst = query.sortDirection === 'desc';
	let reads = 0;
	const headOf = async (file: string) => {
		if (!heads.has(file) && ++reads % HEADS_AT_ONCE === 0) await nextTurn();
		return heads.get(file);
	};
	if (query.sortKey === 'created_at') {
		for (const ref of folders.walk({ newestFirst, after: query.after?.key ?? null })) {
			const head = await headOf(ref.path);
			if (head && fits(head, query)) yield { path: ref.path, key: ref.key, time: 0, head, indexed: null };
		}
		return;
	}
	// What is known not to fit costs no look at its file.
	const places = function* (): Generator<Place> {
		for (const ref of folders.walk({ newestFirst, after: null })) {
			const head = heads.has(ref.path) ? heads.get(ref.path) : null;
			if (head === null || fits(head, query)) yield ref;
		}
	};
	for await (const candidate of byTime(places, query, (place) => headOf(place.path))) if (fits(candidate.head, query)) yield candidate;
}

/** The same from the index alone, as it is. */
export function* listIndex(database: DatabaseSync, home: string, query: IndexQuery): Generator<Candidate> {
	for (const indexed of queryFiles(database, home, query)) {
		yield { path: indexed.path, key: indexed.key, time: query.sortKey === 'updated_at' ? indexed.mtimeMs : 0, head: indexed.head, indexed };
	}
}

/**
 * The same from the index, together with the files that it lacks: folders that changed since are looked at. Null when it lacks too many;
 * `stale` says whether it lacks any, or has one that is gone.
 */
export async function listIndexAndFiles(
	database: DatabaseSync,
	{ home, folders, heads, changes }: ListingSources,
	query: IndexQuery,
): Promise<{ readonly stale: boolean; readonly candidates: Iterable<Candidate> | AsyncIterable<Candidate> } | null> {
	const known = knownFolders(database, home);
	const missing = new Map<string, Place>(filesWithoutHead(database, home, query.archived).map((file) => [file.path, file]));
	const added: RolloutRef[] = [];
	let stale = false;
	for (const { folder, files } of folders.changed((each) => known.get(each))) {
		const names = knownFiles(database, path.relative(home, folder));
		let present = 0;
		for (const file of files) {
			if (names.has(path.basename(file.path))) {
				present++;
				continue;
			}
			stale ||= !missing.has(file.path);
			missing.set(file.path, file);
			added.push(file);
		}
		// What is gone leaves the index too, with all its words; an older file of the same thread counts again.
		if (present < names.size) {
			stale = true;
			for (const file of countAgain(database, {
				home,
				archived: query.archived,
				gone: [...names].filter((name) => !files.some((file) => file.name.name === name)),
			}))
				missing.set(file.path, file);
		}
		if (missing.size > MAX_MISSING) return null;
	}
	// What a newer file of the same thread has taken the place of.
	const older = olderFiles(database, { home, archived: query.archived, added });
	for (const file of older) missing.delete(file);
	const extras = [...missing.values()].flatMap((file) => {
		const head = heads.get(file.path);
		return head && fits(head, query) ? [{ path: file.path, key: file.key, time: 0, head, indexed: null }] : [];
	});
	if (query.sortKey === 'created_at') {
		const { after } = query;
		const sign = query.sortDirection === 'desc' ? -1 : 1;
		const compare = (a: Place, b: Place) => sign * compareText(a.key, b.key);
		const left = extras.filter((extra) => after === null || sign * compareText(extra.key, after.key) > 0).toSorted(compare);
		return { stale, candidates: without(merged(listIndex(database, home, query), left, compare), older) };
	}
	const changed = await changes.since(database, query.archived);
	if (changed !== null) {
		const moved = changed.files.flatMap(({ path: file, time, indexed }) =>
			fits(indexed.head, query) && !older.has(file) ? [{ path: file, key: indexed.key, time, head: indexed.head, indexed: null }] : [],
		);
		const timed = extras.flatMap((extra) => {
			const time = stateOf(extra.path)?.mtimeMs;
			return time === undefined ? [] : [{ ...extra, time }];
		});
		return {
			stale,
			candidates: inOrder(without(listIndex(database, home, query), new Set([...older, ...changed.paths])), [...moved, ...timed], query),
		};
	}
	const places = function* (): Generator<Place> {
		yield* without(matchingFiles(database, home, query), older);
		yield* extras;
	};
	const headOf = (file: string) => indexedFile(database, home, file)?.head ?? heads.get(file);
	return { stale, candidates: byTime(places, query, (place) => headOf(place.path)) };
}

/** Of the files of the threads that got another one, all but the newest. */
function olderFiles(
	database: DatabaseSync,
	{ home, archived, added }: { readonly home: string; readonly archived: boolean; readonly added: readonly RolloutRef[] },
): ReadonlySet<string> {
	const older = new Set<string>();
	for (const [id, newest] of newestOf(added)) {
		const others = [...filesOfThread(database, { home, id, archived }), ...added.filter((ref) => ref.id === id)];
		if (others.length < 2) continue;
		const winner = newestOf([newest, ...others]).get(id);
		for (const { path: file } of others) if (file !== winner?.path) older.add(file);
	}
	return older;
}

/** The newest files that are left of threads whose newest one is gone. */
function countAgain(
	database: DatabaseSync,
	{ home, archived, gone }: { readonly home: string; readonly archived: boolean; readonly gone: readonly string[] },
): readonly RolloutRef[] {
	return gone.flatMap((name) => {
		const id = parseRolloutName(name)?.id ?? '';
		const left = filesOfThread(database, { home, id, archived }).filter((file) => stateOf(file.path));
		const newest = newestOf(left).get(id);
		return newest && left.some((file) => file.path === newest.path && file.older) ? [newest] : [];
	});
}

function* without<T extends { readonly path: string }>(places: Iterable<T>, left: ReadonlySet<string>): Generator<T> {
	for (const place of places) if (!left.has(place.path)) yield place;
}

function* merged(rows: Iterable<Candidate>, extras: readonly Candidate[], compare: (a: Candidate, b: Candidate) => number): Generator<Candidate> {
	let next = 0;
	for (const row of rows) {
		for (let extra = extras[next]; extra && compare(extra, row) < 0; extra = extras[next]) {
			next++;
			yield extra;
		}
		yield row;
	}
	yield* extras.slice(next);
}

/** Rows by their last change, those that changed since and those that the index lacks in their place. */
function inOrder(rows: Iterable<Candidate>, others: readonly Candidate[], { after, sortDirection }: IndexQuery): Iterable<Candidate> {
	const sign = sortDirection === 'desc' ? -1 : 1;
	const compare = (a: Position, b: Position) => sign * (a.time - b.time || compareText(a.key, b.key));
	const left = new Map(others.map((each) => [each.path, each]));
	const later = [...left.values()].filter((each) => after === null || compare(each, after) > 0).toSorted(compare);
	return merged(without(rows, new Set(left.keys())), later, compare);
}

interface Position {
	readonly time: number;
	readonly key: string;
}

type HeadOf = (place: Place) => RolloutHead | null | Promise<RolloutHead | null>;

/**
 * Files in the order of their last change and from the cursor on. No more of them are held than a page needs: where many of them
 * turn out not to belong in it, all are looked at again and more are held. Files that are gone are left out.
 */
async function* byTime(places: () => Iterable<Place>, query: IndexQuery, headOf: HeadOf): AsyncGenerator<Candidate> {
	// One more tells whether there is another page, and some may turn out to be no threads.
	for (let [after, kept] = [query.after, query.limit + 16]; ; kept *= 8) {
		const { found, more } = await firstByTime(places(), { ...query, after, limit: kept });
		for (const { place, time } of found) {
			const head = await headOf(place);
			if (head) yield { path: place.path, key: place.key, time, head, indexed: null };
		}
		const last = found.at(-1);
		if (!more || !last) return;
		after = { time: last.time, key: last.place.key };
	}
}

interface TimedPlace {
	readonly place: Place;
	readonly time: number;
}

async function firstByTime(
	places: Iterable<Place>,
	{ sortDirection, after, limit: kept }: IndexQuery,
): Promise<{ readonly found: readonly TimedPlace[]; readonly more: boolean }> {
	const sign = sortDirection === 'desc' ? -1 : 1;
	const compare = (aTime: number, aKey: string, bTime: number, bKey: string) => sign * (aTime - bTime || compareText(aKey, bKey));
	let found: TimedPlace[] = [];
	let more = false;
	const cut = () => {
		found.sort((a, b) => compare(a.time, a.place.key, b.time, b.place.key));
		more ||= found.length > kept;
		found = found.slice(0, kept);
	};
	let looks = 0;
	for (const place of places) {
		if (++looks % LOOKS_AT_ONCE === 0) await nextTurn();
		const time = stateOf(place.path)?.mtimeMs;
		if (time === undefined || (after !== null && compare(time, place.key, after.time, after.key) <= 0)) continue;
		found.push({ place, time });
		if (found.length >= 4 * kept) cut();
	}
	cut();
	return { found, more };
}

function compareText(a: string, b: string): number {
	return a < b ? -1 : a > b ? 1 : 0;
}

function fits({ meta, preview, missing }: RolloutHead, query: IndexQuery): boolean {
	if (query.cwds && !query.cwds.includes(meta.cwd)) return false;
	if (query.providers?.length && !query.providers.includes(meta.modelProvider)) return false;
	if (query.sources && !sourceKinds(meta.source).some((kind) => query.sources?.includes(kind))) return false;
	if (query.searchTerm !== null && !preview.includes(query.searchTerm) && !query.named.includes(meta.id)) return false;
	// A thread that never got a message has nothing to show; one that cannot be read whole is never lost.
	return preview !== '' || missing !== null;
}
