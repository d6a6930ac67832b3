import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { DOC_BITS } from './indexDatabase.ts';
import { findPhrases, matchExpression, type Phrase } from './searchWords.ts';
import { type FoundText, searchTexts } from './threadSearch.ts';
import {
	InvalidCursorError,
	type MatchPlace,
	type StoredThread,
	type ThreadMatch,
	type ThreadMatchPage,
	type ThreadMatchQuery,
	type ThreadMatchRun,
} from '../threadStore.ts';

export interface MatchSources {
	readonly database: DatabaseSync;
	readonly home: string;
	/** Names by thread. */
	readonly names: ReadonlyMap<string, string>;
	/** The thread of a text; null when that is no part of it any more. */
	threadOf(found: FoundText): StoredThread | null;
}

/** A thread that says the phrase, with all files of it that do. */
interface Place extends MatchPlace {
	readonly files: number[];
}

/** The page begins after this place, or with it. */
export interface MatchAnchor extends MatchPlace {
	readonly inclusive: boolean;
}

/** After so many threads other work gets its turn, and what was found is told. */
const AT_ONCE = 8;

/** The threads that say the phrase, each once, with the newest text that does. Ends early, with what it has, when the signal is aborted. */
export async function matchingThreads(
	sources: MatchSources,
	{ phrase, after, ...query }: ThreadMatchQuery & { readonly phrase: Phrase; readonly after: MatchAnchor | null },
	{ signal, found }: ThreadMatchRun,
): Promise<ThreadMatchPage> {
	const names = new Map([...sources.names].filter(([, name]) => findPhrases(name, [phrase]).length > 0));
	const shown: { readonly match: ThreadMatch; readonly place: Place }[] = [];
	let untold: ThreadMatch[] = [];
	const tell = async () => {
		if (untold.length > 0) found(untold);
		untold = [];
		await nextTurn();
	};
	for (const [index, place] of placesAfter(placesOf(sources.database, { ...query, phrase, names }), {
		after,
		sortDirection: query.sortDirection,
	}).entries()) {
		if (index > 0 && index % AT_ONCE === 0) await tell();
		if (signal.aborted || shown.length > query.limit) break;
		const match = matchAt(place, sources, { phrase, names, archived: query.archived });
		if (match === null) continue;
		shown.push({ match, place });
		if (shown.length <= query.limit) untold.push(match);
	}
	const page = shown.slice(0, query.limit);
	const [first, last] = [page.at(0), page.at(-1)];
	return {
		matches: page.map(({ match }) => match),
		nextCursor: last && shown.length > page.length ? formatCursor(last.place, { inclusive: false }) : null,
		backwardsCursor: first ? formatCursor(first.place, { inclusive: true }) : null,
	};
}

type Wanted = Pick<ThreadMatchQuery, 'archived' | 'sources' | 'sortKey' | 'sortDirection'> & {
	readonly phrase: Phrase;
	readonly names: ReadonlyMap<string, string>;
};

function placesOf(database: DatabaseSync, { phrase, names, archived, sources, sortKey, sortDirection }: Wanted): readonly Place[] {
	const time = sortKey === 'updated_at' ? 'f.mtime' : 'f.n';
	const order = sortDirection === 'desc' ? 'DESC' : 'ASC';
	const kinds = sources && JSON.stringify(sources);
	const rows = database
		.prepare(
			`SELECT f.n, f.id, ${time} AS time FROM files f
			WHERE +f.archived = ? AND f.preview IS NOT NULL
				AND (? IS NULL OR EXISTS (SELECT 1 FROM json_each(f.source) kind WHERE kind.value IN (SELECT value FROM json_each(?))))
				AND (f.n IN (SELECT rowid >> ${DOC_BITS} FROM texts WHERE texts MATCH ?) OR (f.older = 0 AND f.id IN (SELECT value FROM json_each(?))))
			ORDER BY ${time} ${order}, f.n ${order}`,
		)
		.iterate(archived ? 1 : 0, kinds, kinds, matchExpression([phrase]), JSON.stringify([...names.keys()]));
	const places = new Map<string, Place>();
	for (const row of rows) {
		const [id, file] = [String(row.id), Number(row.n)];
		const known = places.get(id);
		if (known) known.files.push(file);
		else places.set(id, { time: Number(row.time), file, files: [file] });
	}
	return [...places.values()];
}

function placesAfter(
	places: readonly Place[],
	{ after, sortDirection }: { readonly after: MatchAnchor | null; readonly sortDirection: 'asc' | 'desc' },
): readonly Place[] {
	if (after === null) return places;
	const sign = sortDirection === 'desc' ? -1 : 1;
	return places.filter((place) => {
		const distance = (place.time - after.time || place.file - after.file) * sign;
		return distance > 0 || (distance === 0 && after.inclusive);
	});
}

/** The first of a thread's texts that says the phrase and still is part of it: its name, or the newest. */
function matchAt(
	{ files, time, file: first }: Place,
	{ database, home, threadOf }: MatchSources,
	{ phrase, names, archived }: { readonly phrase: Phrase; readonly names: ReadonlyMap<string, string>; readonly archived: boolean },
): ThreadMatch | null {
	for (const file of files.toSorted((a, b) => b - a)) {
		const query = { phrases: [phrase], archived, cwds: null, names, after: { file: file + 1, text: 0 } };
		for (const found of searchTexts(database, home, query)) {
			if (found.position.file !== file) break;
			const thread = threadOf(found);
			if (thread) return { thread, snippet: found.snippet, place: { time, file: first } };
		}
	}
	return null;
}

function formatCursor({ time, file }: Place, { inclusive }: { readonly inclusive: boolean }): string {
	return Buffer.from(JSON.stringify([time, file, inclusive])).toString('base64url');
}

/** Throws `InvalidCursorError`. */
export function parseMatchCursor(cursor: string): MatchAnchor {
	try {
		const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
		if (Array.isArray(value)) {
			const [time, file, inclusive] = value as readonly unknown[];
			if (typeof time === 'number' && Number.isSafeInteger(file) && typeof inclusive === 'boolean') return { time, file: Number(file), inclusive };
		}
	} catch {
		// Falls through to the one error for every cursor that is not ours.
	}
	throw new InvalidCursorError(`invalid cursor: ${cursor}`);
}
