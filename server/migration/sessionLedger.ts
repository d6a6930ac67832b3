import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import * as z from 'zod/mini';
import { readGuarded, textOf } from '../files/guardedFile.ts';

/** A conversation that was taken over: an unchanged source is not offered again. */
export interface LedgerEntry {
	readonly source_path: string;
	/** Of the source as it was taken over, in hex. */
	readonly content_sha256: string;
	readonly imported_thread_id: string;
	/** Unix seconds. */
	readonly imported_at: number;
}

const Entry = z.looseObject({ source_path: z.string(), content_sha256: z.string(), imported_thread_id: z.string(), imported_at: z.number() });
const Ledger = z.looseObject({ records: z._default(z.array(z.unknown()), []) });
const MAX_BYTES = 64 * 1024 * 1024;

/** `<home>/external_agent_session_imports.json`, which the Codex CLI reads and writes too. What others wrote in it stays. */
export class SessionLedger {
	readonly #file: string;

	constructor(home: string) {
		this.#file = path.join(home, 'external_agent_session_imports.json');
	}

	async entries(): Promise<readonly LedgerEntry[]> {
		return (await this.#read()).records.flatMap((record) => {
			const parsed = Entry.safeParse(record);
			return parsed.success ? [parsed.data] : [];
		});
	}

	/** Rejects when the file cannot be read as a ledger or cannot be written: then nothing may be taken over, for it would be taken over again. */
	async add(entry: LedgerEntry): Promise<void> {
		await this.#change((records) => [...records, entry]);
	}

	/** A conversation whose thread was taken back is offered again. */
	async remove(threadId: string): Promise<void> {
		const isOf = (record: unknown) => Entry.safeParse(record).data?.imported_thread_id === threadId;
		if ((await this.#read()).records.some(isOf)) await this.#change((records) => records.filter((record) => !isOf(record)));
	}

	async #change(change: (records: readonly unknown[]) => readonly unknown[]): Promise<void> {
		const ledger = await this.#read();
		const beside = `${this.#file}.${randomUUID()}`;
		await fs.promises.writeFile(beside, `${JSON.stringify({ ...ledger, records: change(ledger.records) }, null, 2)}\n`, {
			mode: 0o600,
			flush: true,
		});
		await fs.promises.rename(beside, this.#file);
	}

	async #read(): Promise<z.infer<typeof Ledger>> {
		const read = await readGuarded(this.#file, { maxBytes: MAX_BYTES });
		if (read.type === 'missing') return { records: [] };
		const text = textOf(read);
		if (text === null) throw new Error(`${this.#file} cannot be read`);
		return Ledger.parse(JSON.parse(text));
	}
}
