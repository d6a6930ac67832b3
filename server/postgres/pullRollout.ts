import fs from 'node:fs';
import path from 'node:path';
import { renameFile } from '../platform/replaceFile.ts';
import { unpackForWriting } from '../store/rollout/rolloutBytes.ts';
import type { Database } from './database.ts';

const MAX_LINES = 500;

/** The records behind an offset, some at a time. Throws what the database says. */
async function* recordsFrom(database: Database, id: string, from: number, to: number): AsyncGenerator<Buffer> {
	for (let at = from; at < to; ) {
		const rows = await database.query<{ at: number; line: Buffer }>(
			'SELECT at::float8 AS at, line FROM tiller.records WHERE owner = session_user AND rollout = $1 AND at >= $2 AND at < $3 ORDER BY at LIMIT $4',
			[id, at, to, MAX_LINES],
		);
		const part: Buffer[] = [];
		for (const row of rows) {
			if (row.at !== at) throw new Error(`records of ${id} are missing from byte ${at} on`);
			part.push(row.line);
			at += row.line.length;
		}
		if (part.length === 0) throw new Error(`records of ${id} are missing from byte ${at} on`);
		yield Buffer.concat(part);
	}
}

export interface Wanted {
	readonly id: string;
	readonly size: number;
	/** Unix milliseconds. */
	readonly updated: number;
}

/** Fetches a whole rollout into a file beside its place, which the caller gives its name or removes. Throws what the database or the file system says. */
export async function fetchBeside(database: Database, { id, size }: Wanted, place: string): Promise<string> {
	await fs.promises.mkdir(path.dirname(place), { recursive: true });
	const beside = `${place}.${process.pid}.unfinished`;
	const file = await fs.promises.open(beside, 'w', 0o600);
	try {
		for await (const part of recordsFrom(database, id, 0, size)) await file.writeFile(part);
	} finally {
		await file.close();
	}
	return beside;
}

/** Makes a thread that was not here. One that came meanwhile stays as it is. */
export async function pullNew(database: Database, wanted: Wanted, place: string): Promise<void> {
	const beside = await fetchBeside(database, wanted, place);
	try {
		fs.utimesSync(beside, wanted.updated / 1000, wanted.updated / 1000);
		if (!fs.existsSync(place)) fs.renameSync(beside, place);
	} finally {
		fs.rmSync(beside, { force: true });
	}
}

/** Adds what the file lacks, which ends in a whole line. `whileFree` does its work while nobody writes to the thread, or answers false. False when somebody did. */
export async function pullRest(
	database: Database,
	wanted: Wanted,
	{ place, from, whileFree }: { readonly place: string; readonly from: number; readonly whileFree: (work: () => void) => boolean },
): Promise<boolean> {
	let end = from;
	let seen = fs.statSync(place, { throwIfNoEntry: false })?.size ?? null;
	for await (const part of recordsFrom(database, wanted.id, from, wanted.size)) {
		let isDone = false;
		const isFree = whileFree(() => {
			unpackForWriting(place);
			const { size } = fs.statSync(place);
			if (seen !== null && size !== seen) return;
			fs.appendFileSync(place, part);
			isDone = true;
		});
		if (!isFree || !isDone) return false;
		end += part.length;
		seen = end;
	}
	fs.utimesSync(place, wanted.updated / 1000, wanted.updated / 1000);
	return true;
}

/**
 * Gives what was fetched the name of a rollout. The file that had it is not touched: whoever has that open goes on reading it, and sees that
 * another one is in its place. Throws the file system's error.
 */
export function putInPlace(beside: string, place: string): void {
	unpackForWriting(place);
	renameFile(beside, place);
}
