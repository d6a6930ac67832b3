import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { v7 as uuid } from 'uuid';
import * as z from 'zod/mini';

const text = z.string();
const values = z.array(z.object({ keys: z.array(text), value: z.unknown() }));
/** `folder`: the outermost of the folders that were made for it; null when there were all. */
const folder = z.nullable(text);

const Entry = z.discriminatedUnion('type', [
	z.object({ type: z.literal('file'), path: text, sha256: text, folder }),
	/** `before`: the whole text; null when there was no file. */
	z.object({ type: z.literal('config'), path: text, before: z.nullable(text), sha256: text, values, folder }),
	z.object({ type: z.literal('plugin'), id: text }),
	z.object({ type: z.literal('marketplace'), name: text }),
	z.object({ type: z.literal('thread'), id: text, title: text, path: text, sha256: text }),
]);
/** One thing that an import wrote, with what tells whether it was changed since. */
export type ImportEntry = z.infer<typeof Entry>;

const Kind = z.object({
	itemType: z.enum(['CONFIG', 'MCP_SERVER_CONFIG', 'HOOKS', 'SKILLS', 'COMMANDS', 'SUBAGENTS', 'AGENTS_MD', 'PLUGINS', 'SESSIONS']),
	cwd: z.nullable(text),
});
/** `items`: for people, in English. `kinds`: the same as facts; missing in journals of older versions. */
const Head = z.object({ type: z.literal('import'), id: text, at: z.number(), items: z.array(text), kinds: z.optional(z.array(Kind)) });
export type ImportHead = z.infer<typeof Head>;

/** What is imported: of which kind, where (null for the person's own), and in words. */
interface Imported {
	readonly type: z.infer<typeof Kind>['itemType'];
	readonly project: string | null;
	readonly description: string;
}

/** Hears of everything that an import writes. */
export interface ImportRecord {
	wrote(entry: ImportEntry): void;
}

const ID = /^[\da-f-]{36}$/;

/** `<home>/tiller/imports/`: what each import wrote, a file of its own for each, so that it can be taken back later. */
export class ImportJournals {
	readonly #folder: string;
	readonly #now: () => number;

	constructor({ home, now }: { readonly home: string; readonly now: () => number }) {
		this.#folder = path.join(home, 'tiller', 'imports');
		this.#now = now;
	}

	/** Nothing is written before something was imported. */
	begin(plans: readonly Imported[]): ImportRecord {
		const head: ImportHead = {
			type: 'import',
			id: uuid(),
			at: this.#now(),
			items: plans.map(({ description }) => description),
			kinds: plans.map(({ type, project }) => ({ itemType: type, cwd: project })),
		};
		const file = this.#fileOf(head.id);
		let isBegun = false;
		return {
			wrote: (entry) => {
				if (!isBegun) fs.mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
				fs.appendFileSync(file, `${isBegun ? '' : `${JSON.stringify(head)}\n`}${JSON.stringify(entry)}\n`, { mode: 0o600 });
				isBegun = true;
			},
		};
	}

	/** The newest first. */
	list(): readonly ImportHead[] {
		const names = fs.existsSync(this.#folder) ? fs.readdirSync(this.#folder) : [];
		return names.flatMap((name) => this.read(name.replace(/\.jsonl$/, ''))?.head ?? []).sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1));
	}

	/** In the order in which it was written; null when there is no such import. A line that was cut off is passed over. */
	read(id: string): { readonly head: ImportHead; readonly entries: readonly ImportEntry[] } | null {
		const file = ID.test(id) ? this.#fileOf(id) : null;
		if (file === null || !fs.existsSync(file)) return null;
		const lines = fs.readFileSync(file, 'utf8').split('\n').map(parsed);
		const head = Head.safeParse(lines[0]);
		if (!head.success) return null;
		const entries = lines.slice(1).flatMap((line) => {
			const entry = Entry.safeParse(line);
			return entry.success ? [entry.data] : [];
		});
		return { head: head.data, entries };
	}

	/** What is left after it was taken back; nothing: it is forgotten. */
	keep({ head, entries }: { readonly head: ImportHead; readonly entries: readonly ImportEntry[] }): void {
		const file = this.#fileOf(head.id);
		if (entries.length === 0) fs.rmSync(file, { force: true });
		else {
			const beside = `${file}.new`;
			fs.writeFileSync(beside, [head, ...entries].map((line) => `${JSON.stringify(line)}\n`).join(''), { mode: 0o600 });
			fs.renameSync(beside, file);
		}
	}

	#fileOf(id: string): string {
		return path.join(this.#folder, `${id}.jsonl`);
	}
}

function parsed(line: string): unknown {
	try {
		return JSON.parse(line);
	} catch {
		return null;
	}
}

export const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** Of a file; null when it cannot be read. */
export async function sha256Of(file: string): Promise<string | null> {
	const hash = createHash('sha256');
	try {
		for await (const chunk of fs.createReadStream(file)) hash.update(chunk as Buffer);
		return hash.digest('hex');
	} catch {
		return null;
	}
}
