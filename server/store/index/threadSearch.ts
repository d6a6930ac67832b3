import type { DatabaseSync } from 'node:sqlite';
import { DOC_BITS } from './indexDatabase.ts';
import { recordText, type TextKind } from '../rollout/recordText.ts';
import { openBytes, whileOpen } from '../rollout/rolloutBytes.ts';
import { parseRolloutLine } from '../rollout/rolloutLine.ts';
import { findPhrases, matchExpression, type Phrase, type Snippet, snippetOf } from './searchWords.ts';
import { type IndexedFile, toFile } from './threadIndex.ts';
import type { TextPlace } from '../threadStore.ts';

export interface FoundText {
	readonly file: IndexedFile;
	readonly position: TextPlace;
	readonly kind: TextKind;
	readonly turnId: string | null;
	readonly itemId: string | null;
	readonly snippet: Snippet;
	/** Where the text begins in its file, when a newer file has taken the place of that; null otherwise, and for names. */
	readonly olderAt: number | null;
}

export interface TextQuery {
	readonly phrases: readonly Phrase[];
	readonly archived: boolean;
	readonly cwds: readonly string[] | null;
	/** Names by thread. */
	readonly names: ReadonlyMap<string, string>;
	readonly after: TextPlace | null;
}

/** A thread's name comes before all of its texts. */
const NAME = 2 ** DOC_BITS - 1;
const FILE_COLUMNS = 'f.n AS file, f.folder, f.name, f.key, f.mtime, f.size, f.preview, f.meta, f.older';
const FITS = `+f.archived = ? AND f.preview IS NOT NULL AND (? IS NULL OR f.cwd IN (SELECT value FROM json_each(?)))`;

/** What the phrases are found in: the newest thread first, in it the name, then the newest text. Rows are read as they are asked for. */
export function* searchTexts(database: DatabaseSync, home: string, query: TextQuery): Generator<FoundText> {
	const names = findNames(database, home, query);
	try {
		let name = names.next();
		let before: FoundText | null = null;
		for (const found of findTexts(database, home, query)) {
			for (; !name.done && isNewer(name.value.position, found.position); name = names.next()) yield name.value;
			// A command may be recorded twice: as the model asked for it, and as it ran.
			const again = found.itemId !== null && before?.itemId === found.itemId && before.position.file === found.position.file;
			before = found;
			if (!again) yield found;
		}
		for (; !name.done; name = names.next()) yield name.value;
	} finally {
		// A statement that is left open holds on to the index as it was: nothing new would be found any more.
		names.return(undefined);
	}
}

function isNewer(a: TextPlace, b: TextPlace): boolean {
	return a.file > b.file || (a.file === b.file && a.text > b.text);
}

function* findTexts(database: DatabaseSync, home: string, { phrases, archived, cwds, after }: TextQuery): Generator<FoundText> {
	const folders = cwds && JSON.stringify(cwds);
	const rows = database
		.prepare(
			`SELECT t.rowid & ${NAME} AS text, d.start, d.length, d.kind, d.turn, d.item, ${FILE_COLUMNS}
			FROM texts t CROSS JOIN docs d ON d.n = t.rowid CROSS JOIN files f ON f.n = t.rowid >> ${DOC_BITS}
			WHERE texts MATCH ? AND t.rowid < ((? << ${DOC_BITS}) | ?) AND ${FITS} ORDER BY t.rowid DESC`,
		)
		.iterate(matchExpression(phrases), after?.file ?? 2 ** 42 - 1, after?.text ?? NAME, archived ? 1 : 0, folders, folders);
	for (const row of rows) {
		const file = toFile(row, home);
		const text = file && textAt(file.path, Number(row.start), Number(row.length));
		if (!file || text === null) continue;
		yield {
			file,
			position: { file: Number(row.file), text: Number(row.text) },
			kind: text.kind,
			turnId: typeof row.turn === 'string' ? row.turn : null,
			itemId: typeof row.item === 'string' ? row.item : null,
			snippet: snippetOf(text.text, phrases),
			olderAt: Number(row.older) === 1 ? Number(row.start) : null,
		};
	}
}

function* findNames(database: DatabaseSync, home: string, { phrases, archived, cwds, names, after }: TextQuery): Generator<FoundText> {
	const ids = [...names].filter(([, name]) => phrases.every((phrase) => findPhrases(name, [phrase]).length > 0)).map(([id]) => id);
	if (ids.length === 0) return;
	const folders = cwds && JSON.stringify(cwds);
	const rows = database
		.prepare(
			`SELECT f.id, ${FILE_COLUMNS} FROM files f WHERE f.id IN (SELECT value FROM json_each(?)) AND f.older = 0 AND f.n < ? AND ${FITS} ORDER BY f.n DESC`,
		)
		// A page that ended in a thread has shown its name.
		.iterate(JSON.stringify(ids), after?.file ?? 2 ** 42, archived ? 1 : 0, folders, folders);
	for (const row of rows) {
		const file = toFile(row, home);
		const name = names.get(String(row.id));
		if (!file || name === undefined) continue;
		const position = { file: Number(row.file), text: NAME };
		yield { file, position, kind: 'name', turnId: null, itemId: null, snippet: snippetOf(name, phrases), olderAt: null };
	}
}

/** The text of a record. Null when the file is gone, or no longer what it was. */
function textAt(file: string, start: number, length: number) {
	try {
		return whileOpen(openBytes(file), (bytes) => {
			const buffer = Buffer.alloc(length);
			const line = parseRolloutLine(buffer.toString('utf8', 0, bytes.read(buffer, start)));
			return line && recordText(line);
		});
	} catch {
		return null;
	}
}
