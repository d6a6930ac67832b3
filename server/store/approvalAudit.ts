import { open } from 'node:fs/promises';
import path from 'node:path';
import { appendLine } from './appendLine.ts';

/** Who allowed or refused what, when and for how long; or took it back. Holds no secrets. */
export interface AuditEntry {
	/** Unix milliseconds. */
	readonly at: number;
	readonly threadId: string | null;
	readonly turnId: string | null;
	readonly itemId: string | null;
	/** `overruled`: a person allows what the automatic reviewer had denied. */
	readonly kind: 'command' | 'fileChange' | 'permissions' | 'overruled' | 'revoked';
	/** The command, the files, the permissions, or the approval that was taken back. */
	readonly what: string;
	readonly folder: string | null;
	readonly decision: string;
	/** Null: nothing was allowed. */
	readonly lifetime: 'once' | 'turn' | 'thread' | 'always' | null;
	/** The rule that the answer saved. */
	readonly rule: readonly string[] | null;
	/** The client by whose answer it happened; `auto_review` for the reviewer, null when the server withdrew the question. */
	readonly by: string | null;
}

/** How much of the newest of the file is read to tell who allowed something, in bytes. */
const READ_BYTES = 1024 * 1024;

/** The append-only record of approvals of a home, `tiller/approvals.jsonl`. */
export class ApprovalAudit {
	readonly path: string;
	readonly #onProblem: (error: unknown) => void;

	constructor(home: string, onProblem: (error: unknown) => void) {
		this.path = path.join(home, 'tiller', 'approvals.jsonl');
		this.#onProblem = onProblem;
	}

	/** A record that cannot be written is reported, and nothing waits for it. */
	record(entry: AuditEntry): void {
		try {
			appendLine(this.path, JSON.stringify(entry));
		} catch (error) {
			this.#onProblem(error);
		}
	}

	/** The newest entries, oldest first. Lines that cannot be read are left out. */
	async recent(): Promise<readonly AuditEntry[]> {
		const handle = await open(this.path, 'r').catch(() => null);
		if (handle === null) return [];
		try {
			const { size } = await handle.stat();
			const from = Math.max(0, size - READ_BYTES);
			const bytes = Buffer.alloc(size - from);
			const { bytesRead } = await handle.read(bytes, 0, bytes.length, from);
			const lines = bytes.toString('utf8', 0, bytesRead).split('\n');
			return (from > 0 ? lines.slice(1) : lines).flatMap(entryOf);
		} catch (error) {
			this.#onProblem(error);
			return [];
		} finally {
			await handle.close();
		}
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
