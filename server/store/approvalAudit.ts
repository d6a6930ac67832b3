import { readdirSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
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
	#read: { readonly state: string; readonly entries: Promise<readonly AuditEntry[]> } | null = null;

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

	/** The newest entries, oldest first. Lines that cannot be read are left out. Read again only when the file has changed. */
	async recent(): Promise<readonly AuditEntry[]> {
		const stats = statSync(this.path, { throwIfNoEntry: false, bigint: true });
		const state = stats ? `${stats.ino} ${stats.size} ${stats.mtimeNs}` : '';
		if (this.#read?.state !== state) this.#read = { state, entries: this.#readRecent() };
		return this.#read.entries;
	}

	async #readRecent(): Promise<readonly AuditEntry[]> {
		try {
			let entries: readonly AuditEntry[] = [];
			let room = READ_BYTES;
			for (const file of [this.path, ...this.#older().map((each) => each.file)]) {
				const read = await readTail(file, room);
				entries = [...read.entries, ...entries];
				room -= read.bytes;
				if (room <= 0) break;
			}
			return entries;
		} catch (error) {
			if (!isMissing(error)) this.#onProblem(error);
			return [];
		}
	}
}

function isMissing(error: unknown): boolean {
	return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** The entries in the last bytes of a file; none when it is not there. */
async function readTail(file: string, atMost: number): Promise<{ readonly entries: readonly AuditEntry[]; readonly bytes: number }> {
	const handle = await open(file, 'r').catch(() => null);
	if (handle === null) return { entries: [], bytes: 0 };
	try {
		const { size } = await handle.stat();
		const from = Math.max(0, size - atMost);
		const bytes = Buffer.alloc(size - from);
		const { bytesRead } = await handle.read(bytes, 0, bytes.length, from);
		const lines = bytes.toString('utf8', 0, bytesRead).split('\n');
		return { entries: (from > 0 ? lines.slice(1) : lines).flatMap(entryOf), bytes: bytesRead };
	} finally {
		await handle.close();
	}
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
