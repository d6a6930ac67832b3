import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type LeaseHolder, OwnIdentity, parseHolder, signsIn, stateOf, thisMachine } from './leaseHolder.ts';
import { writerElsewhere } from './writerLock.ts';

/** Another process that works in a thread. */
export interface HeldBy extends LeaseHolder {
	/** Nobody here can tell whether it lives: a person may say that it does not. */
	readonly canBeTakenOver: boolean;
}

/** Another process works in the thread. */
export class ThreadHeldError extends Error {
	readonly holder: HeldBy;

	constructor(threadId: string, holder: HeldBy) {
		const where = holder.host === os.hostname() ? '' : ` on ${holder.host}`;
		const since = new Date(holder.since).toISOString();
		const otherwise = holder.canBeTakenOver ? 'stop it there; if nothing runs there any more, resume the thread with `takeOver`' : 'stop it there';
		super(
			`thread ${threadId} is being worked on by another server (process ${holder.pid}${where}, since ${since}). Wait for the end of its turn, or ${otherwise}.`,
		);
		this.holder = holder;
	}
}

/** A newer program has the thread open. */
export class ThreadOpenError extends Error {
	constructor(threadId: string, pid: number) {
		super(`thread ${threadId} is open in another program (process ${pid}), which alone may add to it. Close it there first.`);
	}
}

/** Who works in threads on machines that do not share this home. */
export interface OtherMachines {
	/** Takes a thread for what is about to happen, or answers who has it. */
	claim(threadId: string): Promise<HeldBy | null>;
	/** What it was claimed for is over; a turn may have begun meanwhile. */
	unclaim(threadId: string): void;
	/** A turn begins here. */
	taken(threadId: string): void;
	release(threadId: string): void;
	/** As far as it is known. */
	holder(threadId: string): HeldBy | null;
}

/** A lease that cannot be read is taken as one that is just being written for this long, in milliseconds. */
const WRITING_MS = 2000;
const LEASE = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.json$/;

/**
 * Who may write to a thread: a file of its own in `tiller/leases` for as long as a server works in it, so that two servers on one home
 * do not write to one thread at once. It holds while its process lives: a crash frees the thread. There is nothing to renew.
 */
export class ThreadLeases {
	readonly #home: string;
	readonly #folder: string;
	readonly #self: () => LeaseHolder;
	readonly #own: OwnIdentity;
	readonly #held = new Set<string>();
	readonly #elsewhere: () => OtherMachines | null;

	/** `self`: another process than this one. */
	constructor(home: string, self?: LeaseHolder, elsewhere: () => OtherMachines | null = () => null) {
		this.#home = home;
		this.#elsewhere = elsewhere;
		this.#own = new OwnIdentity(home);
		this.#folder = path.join(home, 'tiller', 'leases');
		this.#self = () => self ?? this.#own.holder;
	}

	/** The other process that works in a thread; null when none does. */
	holder(threadId: string): HeldBy | null {
		if (this.#held.has(threadId)) return null;
		return this.#holderHere(threadId) ?? this.#elsewhere()?.holder(threadId) ?? null;
	}

	/** This process, as its leases name it. */
	get self(): LeaseHolder {
		return this.#self();
	}

	/** The threads of this home in which other servers work. */
	others(): readonly { readonly threadId: string; readonly holder: HeldBy }[] {
		let names: readonly string[];
		try {
			names = fs.readdirSync(this.#folder);
		} catch {
			return [];
		}
		return names.flatMap((name) => {
			const threadId = LEASE.exec(name)?.[1];
			if (threadId === undefined || this.#held.has(threadId)) return [];
			const holder = this.#holderHere(threadId);
			return holder === null ? [] : [{ threadId, holder }];
		});
	}

	/** Where the leases lie. */
	get folder(): string {
		return this.#folder;
	}

	#holderHere(threadId: string): HeldBy | null {
		const holder = this.#read(threadId)?.holder ?? null;
		if (holder === null) return null;
		const state = stateOf(holder, { machine: thisMachine(), host: os.hostname(), signs: signsIn(this.#home) });
		return state === 'ended' ? null : { ...holder, canBeTakenOver: state === 'unknown' };
	}

	/** Before a change: asks the other machines too. Throws `ThreadHeldError`. */
	async claim(threadId: string): Promise<void> {
		const holder = (await this.#elsewhere()?.claim(threadId)) ?? null;
		if (holder) throw new ThreadHeldError(threadId, holder);
	}

	/** The change is made. */
	unclaim(threadId: string): void {
		this.#elsewhere()?.unclaim(threadId);
	}

	/** Does something to a thread's file while no server of this home works in it, or answers false. */
	whileFree(threadId: string, work: () => void): boolean {
		if (this.#held.has(threadId) || this.#holderHere(threadId) || writerElsewhere(this.#home, threadId) !== null) return false;
		let outcome = this.#create(threadId);
		if (outcome === 'exists') {
			// Its process has ended.
			this.#removeStale(threadId);
			outcome = this.#create(threadId);
		}
		if (outcome === 'exists') return false;
		try {
			work();
			return true;
		} finally {
			if (outcome === 'created' && this.#read(threadId)?.text === this.#text()) fs.rmSync(this.#file(threadId), { force: true });
		}
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
			if (outcome === 'created') {
				this.#held.add(threadId);
				this.#elsewhere()?.taken(threadId);
			}
			if (outcome !== 'exists') return;
			const holder = this.#holderHere(threadId);
			if (holder) throw new ThreadHeldError(threadId, holder);
			this.#removeStale(threadId);
		}
		throw new Error(`thread ${threadId} is being taken by another server: try again`);
	}

	release(threadId: string): void {
		if (!this.#held.delete(threadId)) return;
		this.#elsewhere()?.release(threadId);
		// Somebody may have taken it over.
		if (this.#read(threadId)?.text === this.#text()) fs.rmSync(this.#file(threadId), { force: true });
	}

	/** Frees a thread whose holder is elsewhere, so that nobody here can tell whether it lives. Throws `ThreadHeldError` for one that does. */
	takeOver(threadId: string): void {
		const holder = this.holder(threadId);
		if (holder && !holder.canBeTakenOver) throw new ThreadHeldError(threadId, holder);
		if (holder) fs.rmSync(this.#file(threadId), { force: true });
	}

	/** Nothing is held any more. */
	dispose(): void {
		this.#own.dispose();
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
		const aside = `${this.#file(threadId)}.${process.pid}`;
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
			return {
				text,
				holder: Date.now() - mtimeMs < WRITING_MS ? { pid: 0, host: os.hostname(), machine: null, since: mtimeMs, start: null, sign: null } : null,
			};
		} catch {
			return null;
		}
	}

	#file(threadId: string): string {
		return path.join(this.#folder, `${threadId}.json`);
	}

	#text(): string {
		return `${JSON.stringify(this.#self())}\n`;
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
