import path from 'node:path';
import { GitError } from '../git/git.ts';
import { hostPaths } from '../platform/host.ts';
import { makeWorktree, type Surroundings, type WorktreeMade, type WorktreeStart } from './makeWorktree.ts';
import { checkoutAt, placeOf, refOf } from './repository.ts';
import { removeWorktree, riskOf, type WorktreeRisk } from './removeWorktree.ts';
import { broughtBack, changesOf, type WorktreeChanges } from './worktreeChanges.ts';
import { WorktreeRecords, type WorktreeRecord } from './worktreeRecord.ts';

export interface WorktreesOptions {
	readonly home: string;
	readonly env: Surroundings['env'];
	readonly now: () => number;
	/** The worktrees are others than before. */
	readonly onChanged: () => void;
	readonly onProblem: (message: string, error: unknown) => void;
}

export interface WorktreeRequest {
	readonly cwd: string;
	readonly name: string | null;
	readonly start: WorktreeStart;
	/** Where worktrees are made; null: below the home. */
	readonly folder: string | null;
	readonly copy: readonly string[];
}

/** A process that is gone made it, or one that is called like it lives too long to be the one. */
const LONGEST_MAKING_MS = 60 * 60_000;

/** Worktrees of git in which threads work, each beside the person's checkout, on a branch of its own. */
export class Worktrees {
	readonly #options: WorktreesOptions;
	readonly #records: WorktreeRecords;
	readonly #around: Surroundings;
	/** What this process is about. */
	readonly #busy = new Set<string>();
	/** Git takes locks on a repository: one after the other. */
	readonly #queues = new Map<string, Promise<unknown>>();

	constructor(options: WorktreesOptions) {
		this.#options = options;
		this.#records = new WorktreeRecords(options.home);
		this.#around = { records: this.#records, env: options.env, now: options.now };
	}

	/** Those that can be used, the newest first. What a process that is gone left half made or half removed is removed. */
	async list(): Promise<readonly WorktreeRecord[]> {
		await this.#cleanUp();
		return this.#records.list().filter(({ state }) => state === 'ready');
	}

	/** Null when there is none. */
	find(id: string): WorktreeRecord | null {
		const record = this.#records.find(id);
		return record?.state === 'ready' ? record : null;
	}

	/** The one that a folder lies in. */
	holding(folder: string): WorktreeRecord | null {
		return this.#records.list().find((record) => record.state === 'ready' && hostPaths.isInside(record.folder, folder)) ?? null;
	}

	/** Rejects with `GitError` for people; nothing of the attempt is left. */
	async make(request: WorktreeRequest): Promise<WorktreeMade> {
		const place = await placeOf(request.cwd, this.#options.env);
		const folder = request.folder ?? path.join(this.#options.home, 'worktrees');
		if (hostPaths.isInside(place.root, folder)) throw new GitError(`worktrees cannot be made in ${folder}: it lies in the folder itself`);
		await this.#cleanUp();
		return await this.#inOrder(place.repository, async () => {
			const before = new Set(this.#records.list().map(({ id }) => id));
			this.#busy.add(place.repository);
			try {
				const made = await makeWorktree({ ...request, place, folder }, this.#around);
				this.#options.onChanged();
				return made;
			} catch (error) {
				for (const record of this.#records.list()) {
					const isOurs = record.state === 'making' && record.pid === process.pid && record.repository === place.repository;
					if (isOurs && !before.has(record.id)) await this.#finishRemoval(record);
				}
				throw error;
			} finally {
				this.#busy.delete(place.repository);
			}
		});
	}

	async changes(record: WorktreeRecord): Promise<WorktreeChanges> {
		return await changesOf(await checkoutAt(record.folder, this.#options.env), record);
	}

	/** Notes what the person's folder has of a worktree now. `before`: what its files were, by path. */
	async applied(
		record: WorktreeRecord,
		{ tree, before }: { readonly tree: string; readonly before: Readonly<Record<string, string | null>> },
	): Promise<void> {
		await this.#inOrder(record.repository, async () => {
			const now = this.find(record.id);
			if (now === null) return;
			const checkout = await checkoutAt(now.folder, this.#options.env);
			const base = await broughtBack(checkout, now, { tree, paths: Object.keys(before) });
			await checkout.run(['update-ref', refOf(now.id), base]);
			this.#records.write({ ...now, base, applied: { ...now.applied, ...before } });
			this.#options.onChanged();
		});
	}

	/** What would be lost; null when it is removed. `confirmed`: the token of what a person agreed to lose. */
	async remove(
		record: WorktreeRecord,
		{ confirmed, keepBranch }: { readonly confirmed: string | null; readonly keepBranch: boolean },
	): Promise<WorktreeRisk | null> {
		return await this.#inOrder(record.repository, async () => {
			const now = this.find(record.id);
			if (now === null) return null;
			const risk = await riskOf(now, this.#options.env);
			if (risk !== null && risk.token !== confirmed) return risk;
			const removing: WorktreeRecord = { ...now, state: 'removing', pid: process.pid, keepBranch };
			this.#busy.add(now.repository);
			try {
				this.#records.write(removing);
				await removeWorktree(removing, this.#around);
			} finally {
				this.#busy.delete(now.repository);
				this.#options.onChanged();
			}
			return null;
		});
	}

	/** Of what this process has in hand, and of what another one that lives may have, nothing is touched. */
	async #cleanUp(): Promise<void> {
		const left = this.#records.list().filter((record) => record.state !== 'ready' && !this.#isInHand(record));
		for (const record of left) await this.#inOrder(record.repository, () => this.#finishRemoval(record));
		if (left.length > 0) this.#options.onChanged();
	}

	#isInHand({ pid, repository, createdAt }: WorktreeRecord): boolean {
		if (pid === process.pid) return this.#busy.has(repository);
		return isAlive(pid) && this.#options.now() - createdAt < LONGEST_MAKING_MS;
	}

	async #finishRemoval(record: WorktreeRecord): Promise<void> {
		try {
			if (this.#records.find(record.id)?.state === record.state) await removeWorktree(record, this.#around);
		} catch (error) {
			this.#options.onProblem('a worktree could not be removed; it is tried again the next time', error);
		}
	}

	async #inOrder<T>(repository: string, work: () => Promise<T>): Promise<T> {
		const result = (this.#queues.get(repository) ?? Promise.resolve()).then(work);
		const settled = result.catch(() => {});
		this.#queues.set(repository, settled);
		try {
			return await result;
		} finally {
			if (this.#queues.get(repository) === settled) this.#queues.delete(repository);
		}
	}
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return error instanceof Error && 'code' in error && error.code === 'EPERM';
	}
}
