import { parsePhrase, parseQuery } from '../store/index/searchWords.ts';
import {
	type MatchPlace,
	type SearchPage,
	type SearchHit,
	type SearchQuery,
	type StoredThread,
	type ThreadMatch,
	type ThreadMatchPage,
	type ThreadMatchQuery,
	type ThreadMatchRun,
	type ThreadStore,
} from '../store/threadStore.ts';
import { sourceKinds } from '../store/sessionSource.ts';
import type { Database } from './database.ts';
import { type After, type FoundThere, type QueryThere, textsThere } from './searchThere.ts';
import type { RowReader } from './threadRows.ts';

export interface SharedSearchOptions {
	readonly database: Database;
	readonly local: ThreadStore;
	readonly reader: RowReader;
	/** The threads that are here, which are found here. */
	here(): ReadonlySet<string>;
	/** The database could not be asked. */
	problem(error: unknown): void;
}

interface Ranked<T> {
	readonly found: T;
	readonly cursor: string;
	/** One after the other: the first that differs counts. Those of the database that share one are in their order already. */
	readonly place: readonly number[];
}

/** Finds words in threads here and in those that only the database has: one list with one cursor, which both understand. */
export class SharedSearch {
	readonly #options: SharedSearchOptions;

	constructor(options: SharedSearchOptions) {
		this.#options = options;
	}

	async search(query: SearchQuery): Promise<SearchPage | null> {
		const { local } = this.#options;
		const phrases = parseQuery(query.query);
		const wanted = { ...query, phrases, sortKey: 'created_at', sortDirection: 'desc', firstOnly: false, after: textAfter(query.cursor) } as const;
		const [here, there] = await Promise.all([local.search(query), this.#there({ ...wanted, fits: this.#isAway() }, query.limit)]);
		if (here === null && there === null) return null;
		const all = [...(here?.hits ?? []).map(rankedHit), ...(there?.found ?? []).map(rankedText)].toSorted((a, b) => -compare(a.place, b.place));
		const page = all.slice(0, query.limit);
		const hasMore = all.length > page.length || here?.nextCursor != null;
		return {
			hits: page.map(({ found }) => found),
			nextCursor: hasMore ? (page.at(-1)?.cursor ?? null) : null,
			isComplete: (here?.isComplete ?? false) && there?.isComplete === true,
		};
	}

	async searchThreads(query: ThreadMatchQuery, run: ThreadMatchRun): Promise<ThreadMatchPage | null> {
		const phrase = parsePhrase(query.term);
		const after = matchAfter(query.cursor);
		const isAway = this.#isAway();
		const fits = (thread: StoredThread) =>
			isAway(thread) && (!query.sources || sourceKinds(thread.meta.source).some((kind) => query.sources?.includes(kind)));
		const phrases = phrase ? [phrase] : [];
		const there = await this.#there({ ...query, phrases, cwds: null, firstOnly: true, after, fits, signal: run.signal }, query.limit);
		const sign = query.sortDirection === 'desc' ? -1 : 1;
		const left = (there?.found ?? []).map(rankedThread);
		let told = 0;
		const tell = (matches: readonly Ranked<ThreadMatch>[]) => {
			const untold = matches.slice(0, Math.max(0, query.limit - told)).map(({ found }) => found);
			told += untold.length;
			if (untold.length > 0) run.found(untold);
		};
		/** What comes before what was found here is told with it. */
		const found = (matches: readonly ThreadMatch[]) => {
			const ranked = matches.map(rankedMatch);
			const last = ranked.at(-1);
			const before = last ? left.filter(({ place }) => sign * compare(place, last.place) < 0) : [];
			left.splice(0, before.length);
			tell([...ranked, ...before].toSorted((a, b) => sign * compare(a.place, b.place)));
		};
		const here = await this.#options.local.searchThreads(query, { ...run, found });
		if (here === null && there === null) return null;
		if (!run.signal.aborted) tell(left);
		const all = [...(here?.matches ?? []).map(rankedMatch), ...(there?.found ?? []).map(rankedThread)].toSorted(
			(a, b) => sign * compare(a.place, b.place),
		);
		const page = all.slice(0, query.limit);
		const [first, last] = [page.at(0), page.at(-1)];
		return {
			matches: page.map((match) => match.found),
			nextCursor: last && (all.length > page.length || here?.nextCursor != null) ? last.cursor : null,
			backwardsCursor: first ? inclusive(first.cursor) : null,
		};
	}

	#isAway(): (thread: StoredThread) => boolean {
		const here = this.#options.here();
		return ({ meta }) => !here.has(meta.id);
	}

	/** One more than a page holds. Null while the database cannot be asked. */
	async #there(query: QueryThere, limit: number): Promise<{ readonly found: readonly FoundThere[]; readonly isComplete: boolean } | null> {
		const { database, reader, problem } = this.#options;
		if (!(await database.ready())) return null;
		const found: FoundThere[] = [];
		if (query.phrases.length === 0) return { found, isComplete: true };
		try {
			for await (const text of textsThere(database, reader, query)) if (found.push(text) > limit || query.signal?.aborted) break;
			return { found, isComplete: true };
		} catch (error) {
			problem(error);
			return { found: [], isComplete: false };
		}
	}
}

function compare(a: readonly number[], b: readonly number[]): number {
	const at = a.findIndex((number, n) => number !== b[n]);
	return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}

// A cursor of the store of the files, with two more entries for a text that only the database has.

function rankedHit(found: SearchHit): Ranked<SearchHit> {
	const { file, text } = found.place;
	return { found, cursor: encode([file, text]), place: [file, text] };
}

function rankedText({ place: { file, key, at }, ...found }: FoundThere): Ranked<SearchHit> {
	return { found: { ...found, place: { file, text: at } }, cursor: encode([file, 0, key, at]), place: [file, 0] };
}

function rankedMatch(found: ThreadMatch): Ranked<ThreadMatch> {
	return { found, cursor: encode([found.place.time, found.place.file, false]), place: ranks(found.place) };
}

function rankedThread({ thread, snippet, place: { time, file, key } }: FoundThere): Ranked<ThreadMatch> {
	return { found: { thread, snippet, place: { time, file } }, cursor: encode([time, file, false, key]), place: ranks({ time, file }) };
}

const ranks = ({ time, file }: MatchPlace) => [time, file];

function encode(value: readonly unknown[]): string {
	return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** None for a cursor that is not ours: the store of the files refuses it by name. */
function decode(cursor: string | null): readonly unknown[] | null {
	if (cursor === null) return null;
	try {
		const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
		return Array.isArray(value) ? value : null;
	} catch {
		return null;
	}
}

function inclusive(cursor: string): string {
	const [time, file, , ...rest] = decode(cursor) ?? [];
	return encode([time, file, true, ...rest]);
}

function textAfter(cursor: string | null): After | null {
	const [file, , key, at] = decode(cursor) ?? [];
	if (typeof file !== 'number') return null;
	return { time: file, file, inclusive: false, ...thereOf(key, at) };
}

function matchAfter(cursor: string | null): After | null {
	const [time, file, isInclusive, key] = decode(cursor) ?? [];
	if (typeof time !== 'number' || typeof file !== 'number') return null;
	return { time, file, inclusive: isInclusive === true, ...thereOf(key, null) };
}

function thereOf(key: unknown, at: unknown) {
	return { key: typeof key === 'string' ? key : null, at: typeof at === 'number' ? at : null };
}
