import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { appendLine, removeLines } from '../store/rollout/appendLine.ts';
import { isRecord } from '../store/rollout/rolloutLine.ts';
import type { Database } from './database.ts';
import { nextNumber } from './pushRollout.ts';
import { addName, dropWords } from './words.ts';

/** What happens to a thread as a whole. Its records are none of these. */
export type ThreadChange =
	| { readonly kind: 'name'; readonly value: { readonly name: string } }
	| { readonly kind: 'archived'; readonly value: { readonly archived: boolean } }
	| { readonly kind: 'git'; readonly value: Readonly<Record<string, string | null>> }
	| { readonly kind: 'deleted'; readonly value: Readonly<Record<never, never>> };

interface Waiting {
	readonly id: string;
	readonly thread: string;
	readonly kind: string;
	readonly value: unknown;
}

/** What each kind does to the thread's row. */
const EFFECTS: Readonly<Record<string, string>> = {
	name: `UPDATE tiller.threads SET name = $2::jsonb ->> 'name' WHERE owner = session_user AND id = $1`,
	archived: `UPDATE tiller.threads SET archived = ($2::jsonb ->> 'archived')::boolean WHERE owner = session_user AND id = $1`,
	git: `UPDATE tiller.threads SET git = coalesce(git, '{}') || $2::jsonb WHERE owner = session_user AND id = $1`,
	deleted: `WITH gone AS (DELETE FROM tiller.rollouts WHERE owner = session_user AND thread = $1 RETURNING id),
		lines AS (DELETE FROM tiller.records r USING gone WHERE r.owner = session_user AND r.rollout = gone.id)
		UPDATE tiller.threads SET deleted = true, name = NULL, meta = NULL, preview = '', rollout = NULL, cwd = ''
		WHERE owner = session_user AND id = $1 AND $2::jsonb IS NOT NULL`,
};

/** Changes that the database has not been told of: a file of lines, so that no crash loses one; each is carried out once, by its id. */
export class ChangeOutbox {
	readonly #file: string;

	constructor(home: string) {
		this.#file = path.join(home, 'tiller', 'thread_changes.jsonl');
	}

	/** Throws the file system's error. */
	add(thread: string, { kind, value }: ThreadChange): void {
		appendLine(this.#file, JSON.stringify({ id: randomUUID(), thread, kind, value }));
	}

	/** In their order. */
	waiting(): readonly Waiting[] {
		if (!fs.existsSync(this.#file)) return [];
		return fs.readFileSync(this.#file, 'utf8').split('\n').flatMap(parseWaiting);
	}

	/** Throws what the database says; what was not handed over stays. */
	async handOver(database: Database): Promise<void> {
		const waiting = this.waiting();
		for (const { id, thread, kind, value } of waiting) {
			const effect = EFFECTS[kind];
			if (effect === undefined) continue;
			await database.transaction(async (client) => {
				const seq = await nextNumber(client);
				const json = JSON.stringify(value).replaceAll(String.raw`\u0000`, ' ');
				const added = await client.query(
					'INSERT INTO tiller.changes (seq, id, thread, kind, value) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (owner, id) DO NOTHING',
					[seq, id, thread, kind, json],
				);
				if (added.rowCount === 0) return;
				await client.query('INSERT INTO tiller.threads (id) VALUES ($1) ON CONFLICT DO NOTHING', [thread]);
				await client.query(effect, [thread, json]);
				if (kind === 'name' && isRecord(value) && typeof value['name'] === 'string') await addName(client, thread, value['name']);
				if (kind === 'deleted') await dropWords(client, thread);
			});
		}
		const done = new Set(waiting.map(({ id }) => id));
		if (done.size > 0) removeLines(this.#file, (line) => parseWaiting(line).some(({ id }) => done.has(id)));
	}
}

/** None for a damaged line. */
function parseWaiting(line: string): readonly Waiting[] {
	try {
		const entry: unknown = JSON.parse(line);
		if (!isRecord(entry)) return [];
		const { id, thread, kind, value } = entry;
		return typeof id === 'string' && typeof thread === 'string' && typeof kind === 'string' ? [{ id, thread, kind, value }] : [];
	} catch {
		return [];
	}
}
