import fs from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod/mini';
import type { Checkpoint, FileState, RecordedChange } from './checkpoint.ts';

const StateSchema = z.union([
	z.null(),
	z.object({ hash: z.string().check(z.regex(/^[0-9a-f]{64}$/)), bytes: z.number(), mode: z.nullable(z.number()) }),
	z.object({ notKept: z.enum(['tooLarge', 'unreadable']) }),
]);

const LineSchema = z.discriminatedUnion('type', [
	z.object({
		type: z.literal('change'),
		at: z.number(),
		checkpoint: z.string(),
		item: z.nullable(z.string()),
		path: z.string(),
		/** Left out where it is the path. */
		real: z.optional(z.string()),
		by: z.enum(['patch', 'command', 'restore']),
		before: StateSchema,
		after: StateSchema,
	}),
	z.object({ type: z.literal('restore'), at: z.number(), checkpoint: z.string(), of: z.array(z.string()) }),
	z.object({ type: z.literal('uncovered'), at: z.number(), checkpoint: z.string(), root: z.string(), reason: z.string() }),
]);
type Line = z.infer<typeof LineSchema>;

/** A change with what made it. */
export interface LoggedChange extends RecordedChange {
	readonly checkpoint: string;
	readonly item: string | null;
	/** Unix milliseconds. */
	readonly at: number;
}

/** The record of a thread's file changes: one append-only file of JSON lines. */
export class CheckpointLog {
	readonly #file: string;
	#last: Promise<unknown> = Promise.resolve();
	/** How many changes there are; read once. */
	#count: Promise<number> | null = null;

	constructor(file: string) {
		this.#file = file;
	}

	/** Returns how many changes the record had before. Rejects with the file system's error. */
	async changes(checkpoint: string, item: string | null, changes: readonly RecordedChange[]): Promise<number> {
		const at = Date.now();
		const before = this.#count ?? this.readChanges().then(({ length }) => length);
		this.#count = before.then((count) => count + changes.length);
		// Whoever reads waits for the write, and the count is read before it.
		await before;
		await this.#append(
			changes.map(({ path: file, real, by, before, after }) => ({
				type: 'change',
				at,
				checkpoint,
				item,
				path: file,
				...(real === file ? {} : { real }),
				by,
				before: toLine(before),
				after: toLine(after),
			})),
		);
		return before;
	}

	restore(checkpoint: string, of: readonly string[]): Promise<void> {
		return this.#append([{ type: 'restore', at: Date.now(), checkpoint, of: [...of] }]);
	}

	uncovered(checkpoint: string, { root, reason }: { root: string; reason: string }): Promise<void> {
		return this.#append([{ type: 'uncovered', at: Date.now(), checkpoint, root, reason }]);
	}

	/** The steps in the order in which they began. Lines that cannot be read are left out; a missing file is an empty record. */
	async read(): Promise<readonly Checkpoint[]> {
		return toCheckpoints(await this.#lines());
	}

	/** Every change in the order in which it was made. */
	async readChanges(): Promise<readonly LoggedChange[]> {
		return (await this.#lines()).flatMap((line) =>
			line.type === 'change' ? [{ checkpoint: line.checkpoint, item: line.item, at: line.at, ...toChange(line) }] : [],
		);
	}

	async #lines(): Promise<readonly Line[]> {
		await this.#last.catch(() => undefined);
		const text = await fs.readFile(this.#file, 'utf8').catch((error: unknown) => {
			if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
			throw error;
		});
		return text.split('\n').flatMap(parseLine);
	}

	#append(lines: readonly Line[]): Promise<void> {
		if (lines.length === 0) return Promise.resolve();
		// One write each and one after the other, so that lines are never mixed. The leading break ends a line that a crash tore.
		const text = `\n${lines.map((line) => JSON.stringify(line)).join('\n')}\n`;
		const written = this.#last
			.catch(() => undefined)
			.then(async () => {
				await fs.mkdir(path.dirname(this.#file), { recursive: true, mode: 0o700 });
				await fs.appendFile(this.#file, text, { mode: 0o600 });
			});
		this.#last = written;
		return written;
	}
}

function parseLine(raw: string): readonly Line[] {
	if (raw === '') return [];
	try {
		const parsed = LineSchema.safeParse(JSON.parse(raw));
		return parsed.success ? [parsed.data] : [];
	} catch {
		return [];
	}
}

function toCheckpoints(lines: readonly Line[]): readonly Checkpoint[] {
	interface Draft {
		id: string;
		kind: 'turn' | 'restore';
		of: readonly string[];
		at: number;
		changes: RecordedChange[];
		uncovered: { root: string; reason: string }[];
	}
	const drafts = new Map<string, Draft>();
	const draft = ({ checkpoint, at }: Line): Draft => {
		const known = drafts.get(checkpoint);
		if (known) return known;
		const made: Draft = { id: checkpoint, kind: 'turn', of: [], at, changes: [], uncovered: [] };
		drafts.set(checkpoint, made);
		return made;
	};
	for (const line of lines) {
		const into = draft(line);
		switch (line.type) {
			case 'restore':
				into.kind = 'restore';
				into.of = line.of;
				break;
			case 'uncovered':
				if (!into.uncovered.some(({ root }) => root === line.root)) into.uncovered.push({ root: line.root, reason: line.reason });
				break;
			case 'change':
				into.changes.push(toChange(line));
				break;
			default:
				line satisfies never;
		}
	}
	return [...drafts.values()];
}

function toChange({ path: file, real = file, by, before, after }: Extract<Line, { type: 'change' }>): RecordedChange {
	return { path: file, real, by, before: fromLine(before), after: fromLine(after) };
}

function toLine(state: FileState): z.infer<typeof StateSchema> {
	switch (state.type) {
		case 'absent':
			return null;
		case 'file':
			return { hash: state.hash, bytes: state.bytes, mode: state.mode };
		case 'notKept':
			return { notKept: state.reason };
	}
}

function fromLine(line: z.infer<typeof StateSchema>): FileState {
	if (line === null) return { type: 'absent' };
	return 'hash' in line ? { type: 'file', ...line } : { type: 'notKept', reason: line.notKept };
}
