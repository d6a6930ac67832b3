import { FILES_OF_A_SECOND, firstNumber, nameOfSecond } from '../store/index/fileNumbers.ts';
import { findPhrases, type Phrase, type Snippet, snippetOf } from '../store/index/searchWords.ts';
import { recordText, type TextKind } from '../store/rollout/recordText.ts';
import { parseRolloutLine } from '../store/rollout/rolloutLine.ts';
import type { StoredThread } from '../store/threadStore.ts';
import type { Database } from './database.ts';
import { type ListRow, ROW, type RowReader } from './threadRows.ts';
import { NAME_AT, wantedWords } from './words.ts';

/** So many threads, and texts, are asked for at once. */
const THREADS_AT_ONCE = 200;
const TEXTS_AT_ONCE = 50;
/** A search may take this long, in milliseconds. */
const SEARCH_MS = 10_000;

/**
 * Where a text stands among those of all stores. Threads that are only in the database have the upper half of the numbers of their second, so
 * that none of them shares its place with a file; the key tells them apart.
 */
export interface PlaceThere {
	readonly time: number;
	readonly file: number;
	readonly key: string;
	/** Where the text begins in its rollout. */
	readonly at: number;
}

export interface FoundThere {
	readonly thread: StoredThread;
	readonly place: PlaceThere;
	readonly kind: TextKind;
	readonly turnId: string | null;
	readonly itemId: string | null;
	readonly snippet: Snippet;
}

/** A place of a text there, or of one here: without a key. */
export interface After {
	readonly time: number;
	readonly file: number;
	readonly key: string | null;
	readonly at: number | null;
	readonly inclusive: boolean;
}

export interface QueryThere {
	readonly phrases: readonly Phrase[];
	readonly archived: boolean;
	readonly cwds: readonly string[] | null;
	readonly sortKey: 'created_at' | 'updated_at';
	readonly sortDirection: 'asc' | 'desc';
	/** The first text of each thread only. */
	readonly firstOnly: boolean;
	readonly after: After | null;
	readonly signal?: AbortSignal;
	/** Whether a thread counts: those that are here are found here. */
	fits(thread: StoredThread): boolean;
}

interface MatchRow extends ListRow {
	readonly ats: readonly string[];
	readonly turns: readonly (string | null)[];
}

interface Candidate {
	readonly thread: StoredThread;
	readonly row: MatchRow;
	readonly at: number;
	readonly turn: string | null;
}

/** Texts of threads that only the database has: in each thread the name, then the newest. Throws what the database says. */
export async function* textsThere(database: Database, reader: RowReader, query: QueryThere): AsyncGenerator<FoundThere> {
	for (let after = query.after; ; ) {
		const rows = await threadsThere(database, { ...query, after });
		const candidates: Candidate[] = [];
		for (const row of rows) {
			const thread = reader(row, query.archived);
			if (!thread || !query.fits(thread)) continue;
			row.ats.forEach((at, n) => candidates.push({ thread, row, at: Number(at), turn: row.turns[n] ?? null }));
		}
		yield* verified(database, candidates, query);
		const last = rows.at(-1);
		if (!last || rows.length < THREADS_AT_ONCE || query.signal?.aborted === true) return;
		after = { ...placeOf(last, { at: 0, sortKey: query.sortKey }), inclusive: false };
	}
}

/** Words that are all said need not follow each other: the texts themselves show it. */
async function* verified(database: Database, candidates: readonly Candidate[], query: QueryThere): AsyncGenerator<FoundThere> {
	const done = new Set<string>();
	let before: FoundThere | null = null;
	for (let from = 0; from < candidates.length; ) {
		const part: Candidate[] = [];
		for (; from < candidates.length && part.length < TEXTS_AT_ONCE; from++) {
			const candidate = candidates[from];
			if (candidate && !done.has(candidate.row.id)) part.push(candidate);
		}
		const lines = await linesOf(database, part);
		for (const { thread, row, at, turn } of part) {
			if (done.has(row.id)) continue;
			const text = at === NAME_AT ? nameText(row.name) : textIn(lines.get(`${row.rollout}/${at}`));
			if (!text || !query.phrases.every((phrase) => findPhrases(text.text, [phrase]).length > 0)) continue;
			const place = placeOf(row, { at, sortKey: query.sortKey });
			const found = { thread, place, kind: text.kind, turnId: turn, itemId: text.itemId, snippet: snippetOf(text.text, query.phrases) };
			// A command may be recorded twice: as the model asked for it, and as it ran.
			const isAgain = found.itemId !== null && before?.itemId === found.itemId && before.thread.meta.id === thread.meta.id;
			before = found;
			if (query.firstOnly) done.add(row.id);
			if (!isAgain) yield found;
		}
	}
}

function threadsThere(database: Database, query: QueryThere): Promise<readonly MatchRow[]> {
	const { archived, cwds, sortKey, sortDirection, after } = query;
	const values: unknown[] = [...wantedWords(query.phrases), archived];
	const add = (value: unknown) => `$${values.push(value)}`;
	const isDescending = sortDirection === 'desc';
	const order = isDescending ? 'DESC' : 'ASC';
	const conditions = [...(cwds ? [`t.cwd = ANY(${add(cwds)}::text[])`] : []), ...(after ? [comesAfter(after, query, add)] : [])];
	return database.query<MatchRow>(
		`SELECT ${ROW}, array_agg(f.at ORDER BY f.at DESC) AS ats, array_agg(f.turn ORDER BY f.at DESC) AS turns
		FROM tiller.find($1, $2) f JOIN tiller.threads t ON t.owner = session_user AND t.id = f.thread
		WHERE NOT t.deleted AND t.meta IS NOT NULL AND t.archived = $3 AND (f.rollout = t.rollout OR f.at = ${NAME_AT})
			${conditions.map((each) => `AND ${each}`).join(' ')}
		GROUP BY t.owner, t.id ORDER BY ${sortKey === 'updated_at' ? `t.updated ${order}, ` : ''}t.key ${order} LIMIT ${THREADS_AT_ONCE}`,
		values,
		SEARCH_MS,
	);
}

function comesAfter(after: After, { sortKey, sortDirection, firstOnly }: QueryThere, add: (value: unknown) => string): string {
	const isDescending = sortDirection === 'desc';
	const than = isDescending ? '<' : '>';
	let keys: string;
	if (after.key === null) {
		// Those of the same second are above all files of it.
		const second = nameOfSecond(after.file);
		keys = `t.key ${isDescending ? '<' : '>='} ${add(`${second.slice('rollout-'.length).slice(0, 10)}/${second}`)}::text`;
	} else {
		const key = add(after.key);
		const withinThread = firstOnly ? after.inclusive : after.at !== null;
		const same = firstOnly ? '' : ` AND f.at < ${add(after.at ?? 0)}::bigint`;
		keys = `(t.key ${than} ${key}::text${withinThread ? ` OR (t.key = ${key}::text${same})` : ''})`;
	}
	if (sortKey !== 'updated_at') return keys;
	const time = add(after.time);
	return `(t.updated ${than} ${time}::float8 OR (t.updated = ${time}::float8 AND ${keys}))`;
}

async function linesOf(database: Database, candidates: readonly Candidate[]): Promise<ReadonlyMap<string, Buffer>> {
	const wanted = candidates.filter(({ at }) => at !== NAME_AT);
	if (wanted.length === 0) return new Map();
	const rows = await database.query<{ rollout: string; at: string; line: Buffer }>(
		`SELECT r.rollout, r.at, r.line FROM unnest($1::uuid[], $2::bigint[]) AS w(rollout, at)
		JOIN tiller.records r ON r.owner = session_user AND r.rollout = w.rollout AND r.at = w.at`,
		[wanted.map(({ row }) => row.rollout), wanted.map(({ at }) => at)],
		SEARCH_MS,
	);
	return new Map(rows.map(({ rollout, at, line }) => [`${rollout}/${at}`, line]));
}

function textIn(line: Buffer | undefined) {
	const parsed = line && parseRolloutLine(line.toString('utf8'));
	return parsed ? recordText(parsed) : null;
}

function nameText(name: string | null) {
	return name === null ? null : { kind: 'name' as const, text: name, itemId: null };
}

function placeOf(row: ListRow, { at, sortKey }: { readonly at: number; readonly sortKey: QueryThere['sortKey'] }): PlaceThere {
	const file = firstNumber(row.file) + FILES_OF_A_SECOND / 2;
	return { time: sortKey === 'updated_at' ? row.updated : file, file, key: row.key, at };
}
