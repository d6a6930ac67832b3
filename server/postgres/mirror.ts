import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Logger } from '../telemetry/logger.ts';
import { copyRollout } from '../store/rollout/forkRollout.ts';
import { openBytes } from '../store/rollout/rolloutBytes.ts';
import { parseRolloutLine, parseSessionMeta } from '../store/rollout/rolloutLine.ts';
import type { StoredThread, ThreadStore } from '../store/threadStore.ts';
import type { ChangeOutbox } from './changeOutbox.ts';
import type { Database } from './database.ts';
import { type Extent, type LocalRollout, type LocalRollouts, NOTHING, sizeOf } from './localRollouts.ts';
import { fetchBeside, pullNew, pullRest, putInPlace } from './pullRollout.ts';
import { firstLine, pushRollout } from './pushRollout.ts';
import { ROLLOUT, type RolloutRow, type ThreadRow } from './rolloutRow.ts';

const AT_ONCE = 500;

export type Direction = 'import' | 'export';
/** What became of a rollout; `left` is not done: it is in use, was deleted there, or cannot be read. */
export type Outcome = 'same' | 'pushed' | 'pulled' | 'parted' | 'left';

export interface MirrorOptions {
	readonly database: Database;
	readonly rollouts: LocalRollouts;
	readonly outbox: ChangeOutbox;
	readonly local: ThreadStore;
	readonly log: Logger;
	/** Does its work while no server of this home writes to the thread; else answers false. */
	whileFree(threadId: string, work: () => void): boolean;
	/** Finds out who works in a thread elsewhere, before what they wrote is shown. */
	lookAtLease(threadId: string): Promise<void>;
	/** The thread must be let go of: its file is written anew. */
	unload(threadId: string): Promise<void>;
}

/** Keeps the home's rollouts and the database's the same: each line once, in order, in both directions. */
export class Mirror {
	readonly #options: MirrorOptions;
	readonly #touched = new Set<string>();
	#comparesAll = false;
	#looksForMore = false;
	/** What the database numbered up to here is known. */
	#seq = 0;
	#running: Promise<void> | null = null;

	constructor(options: MirrorOptions) {
		this.#options = options;
	}

	/** Something was added to a thread of this home. Resolves when it is handed over, or cannot be now. */
	touch(threadId: string): Promise<void> {
		this.#touched.add(threadId);
		return this.#run();
	}

	/** Everything is compared. Resolves when it is done, or cannot be done now. */
	sync(): Promise<void> {
		this.#comparesAll = true;
		return this.#run();
	}

	/** Another server has handed something over. */
	lookForMore(): void {
		this.#looksForMore = true;
		void this.#run();
	}

	/** Whether something is still to be handed over or fetched. */
	get isBehind(): boolean {
		return this.#comparesAll || this.#looksForMore || this.#touched.size > 0;
	}

	/** When all that was touched is handed over, or cannot be now. */
	settled(): Promise<void> {
		return this.#run();
	}

	/** Brings a thread to what the database has. Throws what the database says. */
	async refresh(threadId: string): Promise<void> {
		const { rollouts } = this.#options;
		const rows = await this.#rows('r.thread = $1', threadId);
		for (const row of rows) {
			await this.#reconcile(rollouts.get(row.id), row);
			await this.#bases(row);
		}
		if (rows.length > 0) await this.#applyState([threadId]);
	}

	/** Brings what is there here, or the other way round, once. Throws what the database says: then the next time goes on where this one ended. */
	async transfer(direction: Direction, told: (outcome: Outcome, what: { readonly thread: string; readonly error?: unknown }) => void): Promise<void> {
		const one = async (thread: string, work: () => Promise<Outcome>) => {
			try {
				told(await work(), { thread });
			} catch (error) {
				if (!isOfFile(error)) throw error;
				told('left', { thread, error });
			}
		};
		if (direction === 'export') {
			for (const rollout of this.#options.rollouts.all())
				await one(rollout.thread, async () => this.#reconcile(rollout, (await this.#rows('r.id = $1', rollout.id))[0] ?? null));
		} else {
			for (let seq = -1; ; ) {
				const rows = await this.#rows(`r.seq > $1 ORDER BY r.seq LIMIT ${AT_ONCE}`, seq);
				const here = new Map(this.#options.rollouts.all().map((rollout) => [rollout.id, rollout]));
				for (const row of rows) await one(row.thread, () => this.#reconcile(here.get(row.id) ?? null, row));
				await this.#applyState([...new Set(rows.map(({ thread }) => thread))]);
				if (rows.length === 0) break;
				seq = rows.at(-1)?.seq ?? seq;
			}
		}
		for (const id of this.#touched) await this.#thread(id);
		this.#touched.clear();
	}

	#run(): Promise<void> {
		if (!this.#options.database.isUp) return Promise.resolve();
		this.#running ??= this.#work();
		return this.#running;
	}

	async #work(): Promise<void> {
		try {
			await this.#changes();
			while (this.#comparesAll || this.#looksForMore || this.#touched.size > 0) {
				const [all, more, touched] = [this.#comparesAll, this.#looksForMore, [...this.#touched]];
				this.#comparesAll = this.#looksForMore = false;
				this.#touched.clear();
				if (all) await this.#all();
				for (const id of touched) await this.#thread(id);
				if (more && !all) await this.#more();
				await this.#changes();
			}
		} catch (error) {
			this.#comparesAll = true;
			this.#options.log.warn('threads were not handed over to the thread store: they are once more when it can be reached', {
				error,
			});
		} finally {
			// At once, so that whatever comes next begins anew.
			this.#running = null;
		}
	}

	/** What others have added to threads that are here. */
	async #more(): Promise<void> {
		const rows = await this.#rows('r.seq > $1 ORDER BY r.seq', this.#seq);
		const here = new Map(rows.length === 0 ? [] : this.#options.rollouts.all().map((rollout) => [rollout.id, rollout]));
		for (const row of rows) {
			const rollout = here.get(row.id);
			if (rollout) await this.#reconcile(rollout, row);
			this.#seq = Math.max(this.#seq, row.seq);
		}
	}

	async #thread(id: string): Promise<void> {
		const { rollouts } = this.#options;
		const rows = new Map((await this.#rows('r.thread = $1', id)).map((row) => [row.id, row]));
		for (const rollout of rollouts.ofThread(id)) await this.#reconcile(rollout, rows.get(rollout.id) ?? null);
	}

	async #all(): Promise<void> {
		const [owner] = await this.#options.database.query<{ seq: number }>('SELECT seq::float8 AS seq FROM tiller.owners WHERE owner = session_user');
		const all = this.#options.rollouts.all();
		for (let at = 0; at < all.length; at += AT_ONCE) {
			const part = all.slice(at, at + AT_ONCE);
			const rows = new Map(
				(
					await this.#rows(
						'r.id = ANY($1::uuid[])',
						part.map(({ id }) => id),
					)
				).map((row) => [row.id, row]),
			);
			for (const rollout of part) {
				try {
					await this.#reconcile(rollout, rows.get(rollout.id) ?? null);
				} catch (error) {
					if (!isOfFile(error)) throw error;
					this.#options.log.warn('a thread cannot be read for the thread store', { error, thread: rollout.thread });
				}
			}
		}
		this.#seq = owner?.seq ?? 0;
	}

	#rows(condition: string, value: unknown): Promise<readonly RolloutRow[]> {
		return this.#options.database.query<RolloutRow>(`${ROLLOUT} AND ${condition}`, [value]);
	}

	/** What a rollout goes on from, as far as it is not here. */
	async #bases({ base }: RolloutRow): Promise<void> {
		const seen = new Set<string>();
		for (let id = base; id !== null && !seen.has(id); ) {
			seen.add(id);
			const [row] = await this.#rows('r.id = $1', id);
			if (row && this.#options.rollouts.get(id) === null) await this.#reconcile(null, row);
			id = row?.base ?? null;
		}
	}

	/** Also what both have: the rest goes the one way or the other. */
	async #reconcile(rollout: LocalRollout | null, row: RolloutRow | null): Promise<Outcome> {
		const { database, rollouts, local, whileFree, lookAtLease } = this.#options;
		if (rollout === null) {
			const place = row && rollouts.place(row.file, row.archived);
			if (!row || place === null) return 'left';
			await pullNew(database, row, place);
			rollouts.setHandedOver(database.id, row.id, row.size);
			local.begun();
			return 'pulled';
		}
		const { whole, there } = await rollouts.extent(rollout, row?.size ?? 0);
		const from: Extent = row ?? NOTHING;
		if (from.size < whole.size && there === from.digest) {
			const head = rollouts.head(rollout.path);
			const pushed = head !== null && (await pushRollout(database, { rollout, head, from, name: await local.nameOf(rollout.thread) }));
			if (pushed) rollouts.setHandedOver(database.id, rollout.id, whole.size);
			return pushed ? 'pushed' : 'left';
		}
		if (!row) return 'same';
		if (row.size === whole.size && row.digest === whole.digest) {
			if (rollouts.handedOver(database.id, row.id) !== row.size) rollouts.setHandedOver(database.id, row.id, row.size);
			return 'same';
		}
		if (row.size > whole.size && (await this.#chainAt(row.id, whole.size)) === whole.digest) {
			await lookAtLease(row.thread);
			// A line that a crash tore here is no record, and what follows cannot be added to it.
			if (sizeOf(rollout.path) > whole.size) return (await this.#replace(rollout, row, sizeOf(rollout.path))) ? 'pulled' : 'left';
			const wanted = { place: rollout.path, from: whole.size, whileFree: (work: () => void) => whileFree(row.thread, work) };
			if (!(await pullRest(database, row, wanted))) return 'left';
			rollouts.setHandedOver(database.id, row.id, row.size);
			return 'pulled';
		}
		return (await this.#part(rollout, { row, whole })) ? 'parted' : 'left';
	}

	/** The digest of the lines up to an offset; null when no line ends there. */
	async #chainAt(id: string, size: number): Promise<string | null> {
		if (size === 0) return '';
		const [row] = await this.#options.database.query<{ chain: string }>(
			`SELECT chain FROM (SELECT at, line, chain FROM tiller.records WHERE owner = session_user AND rollout = $1 AND at < $2 ORDER BY at DESC LIMIT 1) AS last
			WHERE at + length(line) = $2`,
			[id, size],
		);
		return row?.chain ?? null;
	}

	/**
	 * Two machines went on with one thread while they did not know of each other. What was said here becomes a thread of its own, and the
	 * first one is what the database has. Its id is made of what parted: after a crash the same one is found again, not made twice.
	 */
	async #part(rollout: LocalRollout, { row, whole }: { readonly row: RolloutRow; readonly whole: Extent }): Promise<boolean> {
		const { local, log, whileFree } = this.#options;
		if (!whileFree(rollout.thread, () => {})) return false;
		const before = sizeOf(rollout.path);
		const own = await this.#keepAsOwn(rollout, whole);
		if (!(await this.#replace(rollout, row, before, own === null))) return false;
		log.warn('a thread was gone on with on two machines at once: what was said here is a thread of its own now', {
			thread: rollout.thread,
			own: own ?? 'none',
		});
		local.begun();
		if (own !== null) this.#touched.add(own);
		return true;
	}

	/**
	 * Puts the database's version in the place of the file here, which is not written to. False when somebody has added to that meanwhile.
	 * `keep`: nothing else has what is in it, so that it stays under another name.
	 */
	async #replace(rollout: LocalRollout, row: RolloutRow, before: number, keep = false): Promise<boolean> {
		const { database, rollouts, whileFree, unload } = this.#options;
		const beside = await fetchBeside(database, row, rollout.path);
		try {
			await unload(rollout.thread);
			let isDone = false;
			whileFree(rollout.thread, () => {
				// A turn that another server of this home made meanwhile is in no copy yet.
				if (sizeOf(rollout.path) !== before) return;
				if (keep) rollouts.setAside(rollout.path);
				putInPlace(beside, rollout.path);
				isDone = true;
			});
			if (!isDone) return false;
			rollouts.forget(rollout.id);
			rollouts.setHandedOver(database.id, rollout.id, row.size);
			return true;
		} finally {
			fs.rmSync(beside, { force: true });
		}
	}

	/** Copies what is here to a thread of its own; answers its id. */
	async #keepAsOwn(rollout: LocalRollout, whole: Extent): Promise<string | null> {
		const { local, rollouts } = this.#options;
		const first = await firstLine(rollout.path);
		const line = first && parseRolloutLine(first.toString('utf8'));
		const meta = line && parseSessionMeta(line);
		const place = rollouts.place(path.basename(rollout.path), rollout.archived);
		if (!first || !meta || place === null) return null;
		const hash = createHash('sha256').update(rollout.id).update(whole.digest).digest('hex');
		const id = `${rollout.thread.slice(0, 13)}-7${hash.slice(0, 3)}-a${hash.slice(3, 6)}-${hash.slice(6, 18)}`;
		const began = /^rollout-[\dT-]{19}/.exec(path.basename(place))?.[0];
		if (began === undefined) return null;
		const target = path.join(path.dirname(rollout.path), `${began}-${id}.jsonl`);
		if (fs.existsSync(target)) return id;
		const source = openBytes(rollout.path);
		try {
			const bytes = { from: first.length, to: whole.size };
			fs.rmSync(`${target}.unfinished`, { force: true });
			await copyRollout({ source, bytes, target, meta: { ...meta, id, forkedFromId: rollout.thread }, entries: [] });
		} finally {
			source.close();
		}
		const name = (await local.nameOf(rollout.thread)) ?? rollouts.head(rollout.path)?.preview.slice(0, 60) ?? '';
		await local.setName(id, `${name} (${os.hostname()})`.trim());
		return id;
	}

	/** What was done to threads as a whole: ours goes out, then the others' comes in. */
	async #changes(): Promise<void> {
		const { database, outbox, rollouts } = this.#options;
		await outbox.handOver(database);
		const seen = rollouts.seen(database.id);
		const rows = await database.query<{ thread: string; seq: number }>(
			'SELECT thread, max(seq)::float8 AS seq FROM tiller.changes WHERE owner = session_user AND seq > $1 GROUP BY thread',
			[seen],
		);
		if (rows.length === 0) return;
		const isDone = await this.#applyState(rows.map(({ thread }) => thread));
		if (isDone) rollouts.setSeen(database.id, Math.max(...rows.map(({ seq }) => seq)));
	}

	/** False when a thread is in use, so that it has to be done again. */
	async #applyState(ids: readonly string[]): Promise<boolean> {
		const { database, local, outbox } = this.#options;
		const states = await database.query<ThreadRow>(
			'SELECT id, name, archived, deleted, git FROM tiller.threads WHERE owner = session_user AND id = ANY($1::uuid[])',
			[ids],
		);
		const waiting = new Set(outbox.waiting().map(({ thread }) => thread));
		let isDone = true;
		for (const state of states) {
			if (waiting.has(state.id)) continue;
			const stored = await local.find(state.id);
			if (stored && !(await this.#apply(stored, state))) isDone = false;
		}
		return isDone;
	}

	async #apply(stored: StoredThread, { id, name, archived, deleted, git }: ThreadRow): Promise<boolean> {
		const { local, whileFree, unload } = this.#options;
		if (deleted) return this.#applyDeletion(stored);
		if (name !== null && name !== stored.name) await local.setName(id, name);
		const current = stored.meta.git ?? { sha: null, branch: null, originUrl: null };
		const differs = Object.entries(git ?? {}).some(([key, value]) => new Map<string, unknown>(Object.entries(current)).get(key) !== value);
		if (git && differs) await local.patchGit(stored, git);
		if (archived === stored.archived) return true;
		if (!whileFree(id, () => {})) return false;
		await unload(id);
		await local.setArchived(stored, { archived });
		return true;
	}

	/** What was said here since, which the others do not know, stays as a thread of its own. */
	async #applyDeletion(stored: StoredThread): Promise<boolean> {
		const { database, local, rollouts, whileFree, unload } = this.#options;
		const { id } = stored.meta;
		if (!whileFree(id, () => {})) return false;
		const before = rollouts.ofThread(id).map((rollout) => ({ rollout, size: sizeOf(rollout.path) }));
		for (const { rollout } of before) {
			const { whole } = await rollouts.extent(rollout, 0);
			if (whole.size <= rollouts.handedOver(database.id, rollout.id)) continue;
			const own = await this.#keepAsOwn(rollout, whole);
			if (own !== null) this.#touched.add(own);
		}
		await unload(id);
		// A turn that another server of this home made meanwhile is in no copy yet.
		if (!whileFree(id, () => {}) || before.some(({ rollout, size }) => sizeOf(rollout.path) !== size)) return false;
		try {
			await local.delete(stored);
		} catch (error) {
			// Forks of it are here that need its records: it stays until they are gone. (The error's class is that of another bundle.)
			if (!(error instanceof Error && error.message.includes('cannot be deleted'))) throw error;
		}
		return true;
	}
}

function isOfFile(error: unknown): boolean {
	return error instanceof Error && 'syscall' in error && 'path' in error;
}
