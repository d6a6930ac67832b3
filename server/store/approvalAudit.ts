import { readdirSync, rmSync, statSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import path from 'node:path';
import { appendLine } from './rollout/appendLine.ts';
import { renameFile } from '../platform/replaceFile.ts';

/** Who allowed or refused what, when and for how long; or took it back. Holds no secrets. */
export interface AuditEntry {
	/** Unix milliseconds. */
	readonly at: number;
	readonly threadId: string | null;
	readonly turnId: string | null;
	readonly itemId: string | null;
	/** `overruled`: a person allows what the automatic reviewer had denied. */
	readonly kind: 'command' | 'fileChange' | 'permissions' | 'host' | 'mcp' | 'overruled' | 'revoked';
	/** The command, the files, the permissions, the host, or the approval that was taken back. */
	readonly what: string;
	readonly folder: string | null;
	readonly decision: string;
	/** Null: nothing was allowed. */
	readonly lifetime: 'once' | 'turn' | 'thread' | 'workspace' | 'always' | null;
	/** The rule that the answer saved: the words of a prefix, or `allow` or `deny` and a host. */
	readonly rule: readonly string[] | null;
	/** The client by whose answer it happened; `auto_review` for the reviewer, null when the server withdrew the question. */
	readonly by: string | null;
}

/** How much of the newest of the file is read to tell who allowed something, in bytes. */
const READ_BYTES = 1024 * 1024;

/** How the record is bounded, in bytes. */
export interface AuditLimits {
	/** A file that is larger is put aside, and a new one begun. */
	readonly perFile: number;
	/** Of the files that were put aside the newest stay that hold at least as much. */
	readonly kept: number;
}

const LIMITS: AuditLimits = { perFile: 8 * 1024 * 1024, kept: 32 * 1024 * 1024 };

/**
 * The append-only record of approvals of a home, `tiller/approvals.jsonl`, and what was put aside of it, `tiller/approvals.<time>-<pid>.jsonl`.
 * Several servers may write to it: a file is only ever renamed, to a name of its own, and only the oldest are removed.
 */
export class ApprovalAudit {
	readonly path: string;
	readonly #folder: string;
	readonly #onProblem: (error: unknown) => void;
	readonly #limits: AuditLimits;
	#read: { readonly state: string; readonly tail: Promise<Tail> } | null = null;

	constructor(home: string, onProblem: (error: unknown) => void, limits: AuditLimits = LIMITS) {
		this.#folder = path.join(home, 'tiller');
		this.path = path.join(this.#folder, 'approvals.jsonl');
		this.#onProblem = onProblem;
		this.#limits = limits;
	}

	/** A record that cannot be written is reported, and nothing waits for it. */
	record(entry: AuditEntry): void {
		this.#attempt(() => this.#putAside());
		this.#attempt(() => appendLine(this.path, JSON.stringify(entry)));
	}

	#attempt(work: () => void): void {
		try {
			work();
		} catch (error) {
			// Another server was faster to put the file aside.
			if (!isMissing(error)) this.#onProblem(error);
		}
	}

	#putAside(): void {
		const { perFile, kept } = this.#limits;
		const size = statSync(this.path, { throwIfNoEntry: false })?.size ?? 0;
		if (size < perFile) return;
		const old = this.#older();
		const time = Math.max(Date.now(), (old[0]?.time ?? 0) + 1);
		renameFile(this.path, path.join(this.#folder, `approvals.${time}-${process.pid}.jsonl`));
		let sum = size;
		for (const { file, bytes } of old) {
			if (sum >= kept) rmSync(file, { force: true });
			sum += bytes;
		}
	}

	/** What was put aside, the newest first. */
	#older(): readonly { readonly file: string; readonly time: number; readonly bytes: number }[] {
		const found = readdirSync(this.#folder).flatMap((name) => {
			const time = /^approvals\.(\d+)-\d+\.jsonl$/.exec(name)?.[1];
			const file = path.join(this.#folder, name);
			const bytes = time === undefined ? undefined : statSync(file, { throwIfNoEntry: false })?.size;
			return bytes === undefined ? [] : [{ file, time: Number(time), bytes }];
		});
		return found.toSorted((a, b) => b.time - a.time);
	}

	/** The newest entries, oldest first. Lines that cannot be read are left out. Of what was read before only what was added is read. */
	async recent(): Promise<readonly AuditEntry[]> {
		const stats = statSync(this.path, { throwIfNoEntry: false, bigint: true });
		const state = stats ? `${stats.ino} ${stats.size} ${stats.mtimeNs}` : '';
		if (this.#read?.state !== state) {
			const before = this.#read?.tail ?? Promise.resolve(NOTHING);
			this.#read = { state, tail: before.then((tail) => this.#readOn(tail)) };
		}
		return (await this.#read.tail).entries;
	}

	async #readOn(before: Tail): Promise<Tail> {
		try {
			const more = before.added < READ_BYTES ? await readMore(this.path, before) : null;
			return more ?? (await this.#readRecent());
		} catch (error) {
			if (!isMissing(error)) this.#onProblem(error);
			return NOTHING;
		}
	}

	async #readRecent(): Promise<Tail> {
		const newest = await readTail(this.path, READ_BYTES);
		let { entries } = newest;
		let room = READ_BYTES - newest.bytes;
		for (const { file } of room > 0 ? this.#older() : []) {
			const read = await readTail(file, room);
			entries = [...read.entries, ...entries];
			room -= read.bytes;
			if (room <= 0) break;
		}
		return { entries, file: newest.file, end: newest.end, added: 0 };
	}
}

/** What was read of the record. */
interface Tail {
	readonly entries: readonly AuditEntry[];
	/** Tells the newest file from others; null when it was not there. */
	readonly file: string | null;
	/** Up to where whole lines of it were read, in bytes. */
	readonly end: number;
	/** How many bytes were added since all was read. */
	readonly added: number;
}

const NOTHING: Tail = { entries: [], file: null, end: 0, added: 0 };

function isMissing(error: unknown): boolean {
	return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

interface ReadPart {
	readonly entries: readonly AuditEntry[];
	/** How many were read. */
	readonly bytes: number;
	readonly file: string | null;
	readonly end: number;
}

/** The entries in the last bytes of a file; none when it is not there. */
async function readTail(file: string, atMost: number): Promise<ReadPart> {
	const handle = await open(file, 'r').catch(() => null);
	if (handle === null) return { entries: [], bytes: 0, file: null, end: 0 };
	try {
		const { size, file: identity } = await statOf(handle);
		const from = Math.max(0, size - atMost);
		return { ...(await readLines(handle, { from, to: size, isWhole: from === 0 })), file: identity };
	} finally {
		await handle.close();
	}
}

/** A number of a file is given again when it is gone. */
async function statOf(handle: FileHandle): Promise<{ readonly size: number; readonly file: string }> {
	const { size, ino, birthtimeNs } = await handle.stat({ bigint: true });
	return { size: Number(size), file: `${ino} ${birthtimeNs}` };
}

/** With what was added to the file; null when it is another one, or was cut. */
async function readMore(file: string, before: Tail): Promise<Tail | null> {
	if (before.file === null) return null;
	const handle = await open(file, 'r');
	try {
		const { size, file: identity } = await statOf(handle);
		if (identity !== before.file || size < before.end) return null;
		const { entries, bytes, end } = await readLines(handle, { from: before.end, to: size, isWhole: true });
		return { entries: [...before.entries, ...entries], file: identity, end, added: before.added + bytes };
	} finally {
		await handle.close();
	}
}

/** The entries of a part of a file, up to the end of its last whole line. `isWhole`: it begins with a line. */
async function readLines(
	handle: FileHandle,
	{ from, to, isWhole }: { readonly from: number; readonly to: number; readonly isWhole: boolean },
): Promise<Omit<ReadPart, 'file'>> {
	const buffer = Buffer.alloc(to - from);
	const { bytesRead } = await handle.read(buffer, 0, buffer.length, from);
	const length = buffer.subarray(0, bytesRead).lastIndexOf('\n') + 1;
	const lines = buffer.toString('utf8', 0, length).split('\n');
	return { entries: (isWhole ? lines : lines.slice(1)).flatMap(entryOf), bytes: bytesRead, end: from + length };
}

function entryOf(line: string): readonly AuditEntry[] {
	try {
		const value: unknown = JSON.parse(line);
		return typeof value === 'object' && value !== null && 'at' in value && typeof value.at === 'number' && 'kind' in value
			? [value as AuditEntry]
			: [];
	} catch {
		return [];
	}
}
