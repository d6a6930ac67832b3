import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isRecord } from './rollout/rolloutLine.ts';
import { writerElsewhere } from './writerLock.ts';

/** A process that works in a thread. */
export interface LeaseHolder {
	readonly pid: number;
	readonly host: string;
	/** Unix milliseconds. */
	readonly since: number;
	/** What tells this process from a later one with the same number; null where the system does not tell. */
	readonly start: string | null;
}

/** Another process works in the thread. */
export class ThreadHeldError extends Error {
	constructor(threadId: string, holder: LeaseHolder) {
		const where = holder.host === os.hostname() ? '' : ` on ${holder.host}`;
		const since = new Date(holder.since).toISOString();
		const otherwise = where === '' ? 'stop it there' : 'stop it there; if nothing runs there any more, resume the thread with `takeOver`';
		super(
			`thread ${threadId} is being worked on by another server (process ${holder.pid}${where}, since ${since}). Wait for the end of its turn, or ${otherwise}.`,
		);
	}
}

/** A newer program has the thread open. */
export class ThreadOpenError extends Error {
	constructor(threadId: string, pid: number) {
		super(`thread ${threadId} is open in another program (process ${pid}), which alone may add to it. Close it there first.`);
	}
}

/** A lease that cannot be read is taken as one that is just being written for this long, in milliseconds. */
const WRITING_MS = 2000;

/**
 * Who may write to a thread: a file of its own in `tiller/leases` for as long as a server works in it, so that two servers on one home
 * do not write to one thread at once. It holds while its process lives: a crash frees the thread. There is nothing to renew.
 */
export class ThreadLeases {
	readonly #home: string;
	readonly #folder: string;
	readonly #self: LeaseHolder;
	readonly #held = new Set<string>();

	constructor(home: string, self: LeaseHolder = ownIdentity()) {
		this.#home = home;
		this.#folder = path.join(home, 'tiller', 'leases');
		this.#self = self;
	}

	/** The other process that works in a thread; null when none does. */
	holder(threadId: string): LeaseHolder | null {
		if (this.#held.has(threadId)) return null;
		const found = this.#read(threadId);
		return found && found.holder && isAlive(found.holder) ? found.holder : null;
	}

	/** Throws `ThreadOpenError` while a newer program has the thread open. */
	refuseWhileOpen(threadId: string): void {
		const pid = writerElsewhere(this.#home, threadId);
		if (pid !== null) throw new ThreadOpenError(threadId, pid);
	}

	/**
	 * Takes the lease, also one whose process has ended. Throws `ThreadHeldError` and `ThreadOpenError`. Where no lease can be written (a read-only home) the
	 * thread is used without one.
	 */
	acquire(threadId: string): void {
		if (this.#held.has(threadId)) return;
		this.refuseWhileOpen(threadId);
		for (let attempt = 0; attempt < 3; attempt++) {
			const outcome = this.#create(threadId);
			if (outcome === 'created') this.#held.add(threadId);
			if (outcome !== 'exists') return;
			const holder = this.holder(threadId);
			if (holder) throw new ThreadHeldError(threadId, holder);
			this.#removeStale(threadId);
		}
		throw new Error(`thread ${threadId} is being taken by another server: try again`);
	}

	release(threadId: string): void {
		if (!this.#held.delete(threadId)) return;
		// Somebody may have taken it over.
		if (this.#read(threadId)?.text === this.#text()) fs.rmSync(this.#file(threadId), { force: true });
	}

	/** Frees a thread whose holder is on another computer, of which nobody here can tell whether it lives. */
	takeOver(threadId: string): void {
		const holder = this.holder(threadId);
		if (holder && holder.host === this.#self.host) throw new ThreadHeldError(threadId, holder);
		if (holder) fs.rmSync(this.#file(threadId), { force: true });
	}

	#create(threadId: string): 'created' | 'exists' | 'impossible' {
		try {
			fs.mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
			writeWhole(this.#file(threadId), this.#text());
			return 'created';
		} catch (error) {
			return isCode(error, 'EEXIST') ? 'exists' : 'impossible';
		}
	}

	/** Moves it aside first: when two servers find the same one stale, the slower must not remove what the faster has just made. */
	#removeStale(threadId: string): void {
		const stale = this.#read(threadId);
		if (!stale) return;
		const aside = `${this.#file(threadId)}.${this.#self.pid}`;
		try {
			fs.renameSync(this.#file(threadId), aside);
			if (fs.readFileSync(aside, 'utf8') !== stale.text) fs.linkSync(aside, this.#file(threadId));
			fs.rmSync(aside, { force: true });
		} catch {
			// Gone, or taken by the other one: the next attempt sees what is there.
		}
	}

	#read(threadId: string): { readonly text: string; readonly holder: LeaseHolder | null } | null {
		try {
			const text = fs.readFileSync(this.#file(threadId), 'utf8');
			const holder = parseHolder(text);
			if (holder) return { text, holder };
			// A full disk took the name and not the text. None of ours is seen half written.
			if (text === '') return { text, holder: null };
			const { mtimeMs } = fs.statSync(this.#file(threadId));
			return { text, holder: Date.now() - mtimeMs < WRITING_MS ? { ...this.#self, pid: 0, since: mtimeMs, start: null } : null };
		} catch {
			return null;
		}
	}

	#file(threadId: string): string {
		return path.join(this.#folder, `${threadId}.json`);
	}

	#text(): string {
		return `${JSON.stringify(this.#self)}\n`;
	}
}

/** Makes a file that has its content as soon as it has its name, so that nobody sees it half written. Throws the system's error: EEXIST when it is there. */
function writeWhole(file: string, text: string): void {
	const draft = `${file}.${process.pid}.new`;
	try {
		fs.writeFileSync(draft, text, { mode: 0o600 });
		try {
			fs.linkSync(draft, file);
		} catch (error) {
			if (isCode(error, 'EEXIST')) throw error;
			// A file system without second names.
			writeOrLeaveNothing(file, text);
		}
	} finally {
		fs.rmSync(draft, { force: true });
	}
}

function writeOrLeaveNothing(file: string, text: string): void {
	const handle = fs.openSync(file, 'wx', 0o600);
	try {
		fs.writeFileSync(handle, text);
	} catch (error) {
		fs.rmSync(file, { force: true });
		throw error;
	} finally {
		fs.closeSync(handle);
	}
}

function isCode(error: unknown, code: string): boolean {
	return error instanceof Error && 'code' in error && error.code === code;
}

function parseHolder(text: string): LeaseHolder | null {
	try {
		const value: unknown = JSON.parse(text);
		if (!isRecord(value)) return null;
		const { pid, host, since, start } = value;
		if (typeof pid !== 'number' || typeof host !== 'string' || typeof since !== 'number') return null;
		return { pid, host, since, start: typeof start === 'string' ? start : null };
	} catch {
		return null;
	}
}

function isAlive(holder: LeaseHolder): boolean {
	if (holder.host !== os.hostname()) return true;
	// Just being written.
	if (holder.pid === 0) return true;
	// From before the computer was started, with a margin for clocks that were set.
	if (holder.since < Date.now() - os.uptime() * 1000 - 60_000) return false;
	try {
		process.kill(holder.pid, 0);
	} catch (error) {
		if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
	}
	const facts = processFacts(holder.pid);
	if (facts === null) return holder.start === null;
	return !facts.hasEnded && (holder.start === null || facts.start === holder.start);
}

/**
 * When a process was started, in the system's own words, and whether it has ended and only its number is still taken, because its parent
 * has not asked for its end. Null where the system does not tell.
 */
function processFacts(pid: number): { readonly start: string | null; readonly hasEnded: boolean } | null {
	try {
		// The name of the program, in brackets, may hold anything; its state is the 1st field after it, the time of start the 20th.
		const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
		const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
		return { start: fields[19] ?? null, hasEnded: fields[0] === 'Z' || fields[0] === 'X' };
	} catch {
		return null;
	}
}

function ownIdentity(): LeaseHolder {
	return { pid: process.pid, host: os.hostname(), since: Date.now(), start: processFacts(process.pid)?.start ?? null };
}
