import { setTimeout as delay } from 'node:timers/promises';
import type { HeldBy, OtherMachines } from '../store/threadLease.ts';
import { type Database, SOON_MS } from './database.ts';

/** A lease of a turn that is over goes as soon as its last records are handed over: so often, and after so many milliseconds each, it is asked for again. */
const TRIES = 20;
const TRY_MS = 50;
/** Who does not answer within so many milliseconds is treated as off line: a turn begins without its word. */
const PATIENCE_MS = 2000;
/** What is known of another machine's lease is looked at again after so many milliseconds. */
const LOOK_MS = 1000;

const KEY = 'hashtextextended(session_user || $1, 0)';

/** A thread that somebody needs here. */
interface Own {
	/** Requests that it is claimed for. */
	claims: number;
	/** A turn runs in it. */
	isTaken: boolean;
	/** The database knows. */
	isLocked: boolean;
	/** It is being asked. */
	asking: Promise<HeldBy | null> | null;
}

/** Who works in a thread, over all machines: a lock of the connection that each server keeps open. It goes with the connection, whatever ends it. */
export class RemoteLeases implements OtherMachines {
	readonly #database: Database;
	readonly #handedOver: (threadId: string) => Promise<void>;
	readonly #own = new Map<string, Own>();
	readonly #others = new Map<string, { readonly holder: HeldBy; readonly at: number }>();

	constructor(database: Database, handedOver: (threadId: string) => Promise<void>) {
		this.#database = database;
		this.#handedOver = handedOver;
	}

	/** The connection is a new one: what is in use is taken again. */
	async renew(): Promise<void> {
		for (const own of this.#own.values()) own.isLocked = false;
		for (const [id, own] of this.#own) if (own.isTaken) await this.#ask(id, own);
	}

	async claim(threadId: string): Promise<HeldBy | null> {
		const own = this.#use(threadId);
		own.claims++;
		const { promise: patience, resolve } = Promise.withResolvers<'late'>();
		const timer = setTimeout(() => resolve('late'), PATIENCE_MS);
		const outcome = await Promise.race([this.#ask(threadId, own), patience]);
		clearTimeout(timer);
		// Nobody can be asked: what is said meanwhile on two machines becomes two threads.
		if (outcome === 'late') void this.#database.check();
		if (outcome === 'late' || outcome === null) return null;
		this.unclaim(threadId);
		return outcome;
	}

	unclaim(threadId: string): void {
		const own = this.#own.get(threadId);
		if (!own || own.claims === 0) return;
		own.claims--;
		this.#letGo(threadId, own);
	}

	/** A turn begins. One that nobody asked for here has claimed nothing yet. */
	taken(threadId: string): void {
		const own = this.#use(threadId);
		own.isTaken = true;
		void this.#ask(threadId, own);
	}

	release(threadId: string): void {
		const own = this.#own.get(threadId);
		if (!own) return;
		own.isTaken = false;
		this.#letGo(threadId, own);
	}

	#use(threadId: string): Own {
		const own = this.#own.get(threadId) ?? { claims: 0, isTaken: false, isLocked: false, asking: null };
		this.#own.set(threadId, own);
		return own;
	}

	/** Who has it; null when it is ours, or nobody can be asked. Never rejects. */
	#ask(threadId: string, own: Own): Promise<HeldBy | null> {
		if (own.isLocked) return Promise.resolve(null);
		own.asking ??= this.#obtain(threadId, own)
			.catch(() => null)
			.finally(() => {
				own.asking = null;
				// Whoever wanted it may have gone meanwhile.
				this.#letGo(threadId, own);
			});
		return own.asking;
	}

	async #obtain(threadId: string, own: Own): Promise<HeldBy | null> {
		for (let tries = 0; ; tries++) {
			const rows = await this.#database.onLine<{ ok: boolean }>(`SELECT pg_try_advisory_lock(${KEY}) AS ok`, [threadId]);
			if (rows === null) return null;
			if (rows[0]?.ok === true) {
				own.isLocked = true;
				this.#others.delete(threadId);
				return null;
			}
			await this.look(threadId);
			const holder = this.#others.get(threadId)?.holder;
			if (holder && tries >= TRIES) return holder;
			if (own.claims === 0 && !own.isTaken) return null;
			await delay(TRY_MS);
		}
	}

	/** Only when nobody needs it, and the others can see what was said under it. */
	#letGo(threadId: string, own: Own): void {
		const isFree = () => own.claims === 0 && !own.isTaken && own.asking === null && this.#own.get(threadId) === own;
		if (!isFree()) return;
		if (!own.isLocked) this.#own.delete(threadId);
		else
			void this.#handedOver(threadId).then(() => {
				if (!isFree()) return undefined;
				this.#own.delete(threadId);
				// It may have gone with the connection.
				return this.#database.onLine(`SELECT pg_advisory_unlock(${KEY})`, [threadId]).catch(() => null);
			});
	}

	holder(threadId: string): HeldBy | null {
		const known = this.#others.get(threadId);
		if (!known) return null;
		if (performance.now() - known.at > LOOK_MS) void this.look(threadId);
		return known.holder;
	}

	/** Never rejects: who cannot be asked for holds nothing. */
	async look(threadId: string): Promise<void> {
		if (this.#own.get(threadId)?.isLocked) return;
		try {
			const rows = await this.#database.query<{ name: string; since: number }>(
				`SELECT a.application_name AS name, extract(epoch FROM a.backend_start)::float8 * 1000 AS since
				FROM pg_locks l JOIN pg_stat_activity a USING (pid), (SELECT ${KEY} AS key) AS k
				WHERE l.locktype = 'advisory' AND l.objsubid = 1 AND l.granted AND a.usename = session_user
				AND l.classid::bigint = (k.key >> 32) & 4294967295 AND l.objid::bigint = k.key & 4294967295`,
				[threadId],
				SOON_MS,
			);
			const [row] = rows;
			const [, pid, host] = /^tiller (\d+) (.*)$/s.exec(row?.name ?? '') ?? [];
			if (row === undefined || this.#own.get(threadId)?.isLocked) this.#others.delete(threadId);
			else {
				const holder = { pid: Number(pid ?? 0), host: host ?? 'another machine', machine: null, since: row.since, start: null, sign: null };
				this.#others.set(threadId, { holder: { ...holder, canBeTakenOver: false }, at: performance.now() });
			}
		} catch {
			this.#others.delete(threadId);
		}
	}
}
