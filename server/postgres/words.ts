import type { ClientBase } from 'pg';
import { foldedWords, type Phrase } from '../store/index/searchWords.ts';
import { recordText } from '../store/rollout/recordText.ts';
import { parseRolloutLine } from '../store/rollout/rolloutLine.ts';
import type { Line } from './localRollouts.ts';

/** A name comes before all that is said: it lies behind the last byte of any file. */
export const NAME_AT = Number.MAX_SAFE_INTEGER;

/** A longer word is found by its beginning; so many different ones of a text are kept. The database's limits are a little higher. */
const MAX_LENGTH = 100;
const MAX_WORDS = 20_000;

interface Said {
	readonly at: number;
	readonly turn: string | null;
	/** Folded, each once. */
	readonly words: string;
}

/** What lines say, and the turn that runs after them; `turn` runs before. */
export function wordsIn(lines: readonly Line[], turn: string | null): { readonly said: readonly Said[]; readonly turn: string | null } {
	const said: Said[] = [];
	/** Their output is in the record of the command; what the model is told of it would be the same once more. */
	const recorded = new Set<unknown>();
	let runs = turn;
	for (const { bytes, at } of lines) {
		const line = parseRolloutLine(bytes.toString('utf8'));
		if (!line) continue;
		const { payload } = line;
		const isBegun = line.type === 'event_msg' && (payload['type'] === 'task_started' || payload['type'] === 'turn_started');
		if (isBegun) runs = typeof payload['turn_id'] === 'string' ? payload['turn_id'] : null;
		if (payload['type'] === 'exec_command_end') recorded.add(payload['call_id']);
		if (payload['type'] === 'function_call_output' && recorded.has(payload['call_id'])) continue;
		const text = recordText(line);
		const words = text ? folded(text.text) : '';
		if (text && words !== '') said.push({ at, turn: text.turnId ?? runs, words });
	}
	return { said, turn: runs };
}

/** In the transaction of the records. Throws what the database says. */
export async function addWords(
	client: ClientBase,
	place: { readonly thread: string; readonly rollout: string },
	said: readonly Said[],
): Promise<void> {
	await client.query('SELECT tiller.add_words($1, $2, $3::bigint[], $4::text[], $5::text[])', [
		place.thread,
		place.rollout,
		said.map(({ at }) => at),
		said.map(({ turn }) => turn),
		said.map(({ words }) => words),
	]);
}

/** Throws what the database says. */
export async function addName(client: ClientBase, thread: string, name: string): Promise<void> {
	await addWords(client, { thread, rollout: thread }, [{ at: NAME_AT, turn: null, words: folded(name) }]);
}

/** Throws what the database says. */
export async function dropWords(client: ClientBase, thread: string): Promise<void> {
	await client.query('SELECT tiller.drop_words($1)', [thread]);
}

/** What `tiller.find` is asked for: all words of the phrases. Whether they follow each other shows in the texts. */
export function wantedWords(phrases: readonly Phrase[]): readonly [words: readonly string[], beginnings: readonly boolean[]] {
	const words = phrases.flatMap(({ folded: parts, isPrefix }) =>
		parts.map((word, n) => ({ word: word.slice(0, MAX_LENGTH), isPrefix: word.length > MAX_LENGTH || (isPrefix && n === parts.length - 1) })),
	);
	return [words.map(({ word }) => word), words.map(({ isPrefix }) => isPrefix)];
}

function folded(text: string): string {
	return foldedWords(text)
		.slice(0, MAX_WORDS)
		.map((word) => word.slice(0, MAX_LENGTH).toWellFormed())
		.join(' ');
}
