import { setTimeout as delay } from 'node:timers/promises';
import type { HeldBy, OtherMachines } from '../store/threadLease.ts';
import type { Database } from './database.ts';

/** A lease of a turn that is over goes as soon as its last records are handed over: so often, and after so many milliseconds each, it is asked for again. */
const TRIES = 20;
const TRY_MS = 50;
/** What is known of another machine's lease is looked at again after so many milliseconds. */
const LOOK_MS = 1000;

const KEY = 'hashtextextended(session_user || $1, 0)';

/** Who works in a thread, over all machines: a lock of the connection that each server keeps open. It goes with the connection, whatever ends it. */
export class RemoteLeases implements OtherMachines {
	readonly #database: Database;
	readonly #handedOver: (threadId: string) => Promise<void>;
	/** Ours: `claimed` for a request, `taken` by a turn. */
	readonly #own = new Map<string, 'claimed' | 'taken'>();
	readonly #others = new Map<string, { readonly holder: HeldBy; readonly at: number }>();

	constructor(database: Database, handedOver: (threadId: string) => Promise<void>) {
		this.#database = database;
		this.#handedOver = handedOver;
	}

	/** The connection is a new one: what turns hold is taken again. */
	async renew(): Promise<void> {
		const taken = [...this.#own].filter(([, state]) => state === 'taken').map(([id]) => id);
		this.#own.clear();
		for (const id of taken) if (await this.#lock(id)) this.#own.set(id, 'taken');
	}

	async claim(threadId: string): Promise<HeldBy | null> {
		if (this.#own.has(threadId)) return null;
		try {
			for (let tries = 0; ; tries++) {
				const isOurs = await this.#lock(threadId);
				if (isOurs === null) return null;
				if (isOurs) break;
				await this.look(threadId);
				const holder = this.#others.get(threadId)?.holder;
				if (holder && tries >= TRIES) return holder;
				await delay(TRY_MS);
			}
		} catch {
			// Nobody can be asked: what is said meanwhile on two machines becomes two threads.
			return null;
		}
		this.#others.delete(threadId);
		this.#own.set(threadId, 'claimed');
		return null;
	}

	unclaim(threadId: string): void {
		if (this.#own.get(threadId) === 'claimed') this.#letGo(threadId);
	}

	/** A turn begins. One that nobody asked for here has claimed nothing yet. */
	taken(threadId: string): void {
		const isClaimed = this.#own.has(threadId);
		this.#own.set(threadId, 'taken');
		if (!isClaimed) this.#lock(threadId).catch(() => {});
	}

	release(threadId: string): void {
		if (!this.#own.has(threadId)) return;
		this.#own.set(threadId, 'claimed');
		this.#letGo(threadId);
	}

	/** Only when the others can see what was said under it. */
	#letGo(threadId: string): void {
		void this.#handedOver(threadId).then(() => (this.#own.get(threadId) === 'claimed' ? this.#unlock(threadId) : undefined));
	}

	holder(threadId: string): HeldBy | null {
		const known = this.#others.get(threadId);
		if (!known) return null;
		if (performance.now() - known.at > LOOK_MS) void this.look(threadId);
		return known.holder;
	}

	/** Never rejects: who cannot be asked for holds nothing. */
	async look(threadId: string): Promise<void> {
		if (this.#own.has(threadId)) return;
		try {
			const rows = await this.#database.query<{ name: string; since: number }>(
				`SELECT a.application_name AS name, extract(epoch FROM a.backend_start)::float8 * 1000 AS since
				FROM pg_locks l JOIN pg_stat_activity a USING (pid), (SELECT ${KEY} AS key) AS k
				WHERE l.locktype = 'advisory' AND l.objsubid = 1 AND l.granted AND a.usename = session_user
				AND l.classid::bigint = (k.key >> 32) & 4294967295 AND l.objid::bigint = k.key & 4294967295`,
				[threadId],
			);
			const [row] = rows;
			const [, pid, host] = /^tiller (\d+) (.*)$/s.exec(row?.name ?? '') ?? [];
			if (row === undefined || this.#own.has(threadId)) this.#others.delete(threadId);
			else {
				const holder = { pid: Number(pid ?? 0), host: host ?? 'another machine', machine: null, since: row.since, start: null, sign: null };
				this.#others.set(threadId, { holder: { ...holder, canBeTakenOver: false }, at: performance.now() });
			}
		} catch {
			this.#others.delete(threadId);
		}
	}

	/** Null while there is no connection. */
	async #lock(threadId: string): Promise<boolean | null> {
		const rows = await this.#database.onLine<{ ok: boolean }>(`SELECT pg_try_advisory_lock(${KEY}) AS ok`, [threadId]);
		return rows && (rows[0]?.ok ?? false);
	}

	async #unlock(threadId: string): Promise<void> {
		this.#own.delete(threadId);
		try {
			await this.#database.onLine(`SELECT pg_advisory_unlock(${KEY})`, [threadId]);
		} catch {
			// It went with the connection.
		}
	}
}
