import path from 'node:path';
import type { ClientBase } from 'pg';
import { openBytes, whileOpen } from '../store/rollout/rolloutBytes.ts';
import type { RolloutHead } from '../store/rollout/rolloutHead.ts';
import { sessionMetaEntry } from '../store/rollout/rolloutLine.ts';
import { isNewer, parseRolloutName } from '../store/rollout/rolloutName.ts';
import type { Database } from './database.ts';
import { chain, type Extent, type Line, type LocalRollout, wholeLines } from './localRollouts.ts';
import { addName, addWords, wordsIn } from './words.ts';

/** So much is handed over in one transaction. */
const MAX_LINES = 500;
const MAX_BYTES = 2 * 1024 * 1024;

export interface Pushed {
	readonly rollout: LocalRollout;
	readonly head: RolloutHead;
	readonly name: string | null;
	/** What the database has, which is a beginning of the file. */
	readonly from: Extent;
}

/** Adds what the database lacks of a file. False when the database has something else by now; then whatever was added stays. Throws what the database says. */
export async function pushRollout(database: Database, pushed: Pushed): Promise<boolean> {
	const bytes = openBytes(pushed.rollout.path);
	try {
		let from = pushed.from;
		let batch: Line[] = [];
		let weight = 0;
		const send = async () => {
			if (batch.length === 0) return true;
			const next = await database.transaction((client) => addLines(client, { ...pushed, from, updated: bytes.mtimeMs }, batch));
			[batch, weight] = [[], 0];
			if (next) from = next;
			return next !== null;
		};
		for await (const line of wholeLines(bytes, from.size)) {
			batch.push(line);
			weight += line.bytes.length;
			if (batch.length < MAX_LINES && weight < MAX_BYTES) continue;
			if (!(await send())) return false;
		}
		return await send();
	} finally {
		bytes.close();
	}
}

/** The owner's row is held until the end, so that numbers are given in the order in which they are seen. */
export async function nextNumber(client: ClientBase): Promise<number> {
	await client.query('INSERT INTO tiller.owners DEFAULT VALUES ON CONFLICT DO NOTHING');
	const { rows } = await client.query<{ seq: number }>(
		'UPDATE tiller.owners SET seq = seq + 1 WHERE owner = session_user RETURNING seq::float8 AS seq',
	);
	return rows[0]?.seq ?? 0;
}

/** Null when the database does not end where these lines begin, or the thread was deleted. */
async function addLines(
	client: ClientBase,
	{ rollout, head, name, from, updated }: Pushed & { updated: number },
	lines: readonly Line[],
): Promise<Extent | null> {
	const seq = await nextNumber(client);
	const { rows } = await client.query<{ size: number; digest: string; turn: string | null }>(
		'SELECT size::float8 AS size, digest, turn FROM tiller.rollouts WHERE owner = session_user AND id = $1',
		[rollout.id],
	);
	const there = rows[0] ?? { size: 0, digest: '', turn: null };
	if (there.size !== from.size || there.digest !== from.digest) return null;
	const gone = await client.query('SELECT 1 FROM tiller.threads WHERE owner = session_user AND id = $1 AND deleted', [rollout.thread]);
	if (gone.rows.length > 0) return null;
	let { size, digest } = from;
	const chains: string[] = [];
	for (const { bytes } of lines) {
		digest = chain(digest, bytes);
		chains.push(digest);
		size += bytes.length;
	}
	await client.query('INSERT INTO tiller.records (rollout, at, line, chain) SELECT $1, * FROM unnest($2::bigint[], $3::bytea[], $4::text[])', [
		rollout.id,
		lines.map(({ at }) => at),
		lines.map(({ bytes }) => bytes),
		chains,
	]);
	const { said, turn } = wordsIn(lines, there.turn);
	if (said.length > 0) await addWords(client, { thread: rollout.thread, rollout: rollout.id }, said);
	const { meta, preview } = head;
	const file = path.basename(rollout.path);
	await client.query(
		`INSERT INTO tiller.rollouts (id, thread, file, base, size, digest, turn, updated, seq) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (owner, id) DO UPDATE SET size = excluded.size, digest = excluded.digest, turn = excluded.turn, updated = excluded.updated, seq = excluded.seq`,
		[rollout.id, rollout.thread, file, meta.historyBase?.rolloutId ?? null, size, digest, turn, updated, seq],
	);
	const begun = await client.query('INSERT INTO tiller.threads (id, archived, name) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', [
		rollout.thread,
		rollout.archived,
		name,
	]);
	if (begun.rowCount === 1 && name !== null) await addName(client, rollout.thread, name);
	const current = await client.query<{ file: string | null }>('SELECT file FROM tiller.threads WHERE owner = session_user AND id = $1', [
		rollout.thread,
	]);
	if (!counts(file, current.rows[0]?.file ?? null)) return { size, digest };
	const key = `${parseRolloutName(file)?.day ?? ''}/${file}`;
	const metaLine = storable(JSON.stringify({ timestamp: meta.timestamp, ...sessionMetaEntry(meta) }));
	await client.query(
		`UPDATE tiller.threads SET rollout = $2, file = $3, key = $4, updated = $5, cwd = $6, meta = $7, preview = $8, size = $9
		WHERE owner = session_user AND id = $1`,
		[rollout.thread, rollout.id, file, key, updated, storable(meta.cwd), metaLine, storable(preview), size],
	);
	return { size, digest };
}

/** Of several files of a thread the newest counts. */
function counts(file: string, current: string | null): boolean {
	const [name, other] = [parseRolloutName(file), current === null ? null : parseRolloutName(current)];
	return name !== null && (other === null || name.rolloutId === other.rolloutId || isNewer(name, other));
}

/** The database's texts hold no NUL, and no half of a pair. */
function storable(text: string): string {
	return text.replaceAll('\0', ' ').toWellFormed();
}

/** The bytes of a file's first line. Throws the file system's error. */
export async function firstLine(file: string): Promise<Buffer | null> {
	const bytes = openBytes(file);
	try {
		for await (const line of wholeLines(bytes, 0)) return line.bytes;
		return null;
	} finally {
		whileOpen(bytes, () => {});
	}
}
