import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { GitError } from '../git/git.ts';
import { isFolder } from '../platform/fileKinds.ts';
import { type Checkout, checkoutAt, commitOf, refOf } from './repository.ts';
import { submodulesAtRisk } from './submodules.ts';
import { hashOf, pathsNotBroughtBack } from './worktreeChanges.ts';
import type { Surroundings } from './makeWorktree.ts';
import type { WorktreeRecord } from './worktreeRecord.ts';

/** Work that is nowhere else. */
export interface WorktreeRisk {
	/** Files that the person's folder does not have like this, relative to the root. */
	readonly files: readonly string[];
	/** Commits that no other branch has, the newest first. They stay when the branch does. */
	readonly commits: readonly { readonly sha: string; readonly title: string }[];
	/** Ignored files that were copied, and changed since. */
	readonly copies: readonly string[];
	/** Submodules with changes or commits that no remote has. */
	readonly submodules: readonly string[];
	/** Commits of the worktree that not even its branch has: they go in any case. */
	readonly isDetached: boolean;
	/** Stands for exactly this. */
	readonly token: string;
}

const MAX_COMMITS = 100;

/** Null: nothing would be lost. Rejects with `GitError` where nobody can say. */
export async function riskOf(record: WorktreeRecord, env: Surroundings['env']): Promise<WorktreeRisk | null> {
	const isThere = isFolder(record.folder);
	if (!isFolder(record.source)) throw unknownRisk(`its checkout ${record.source} is not there`, record);
	if (isThere && (await topOf(record, env)) === null) throw unknownRisk('git does not know it as a worktree any more', record);
	const home = await checkoutAt(record.source, env);
	const checkout = isThere ? await checkoutAt(record.folder, env) : home;
	const head = isThere ? await commitOf(checkout, 'HEAD') : null;
	const tip = await commitOf(home, `refs/heads/${record.branch}`);
	const { tree, paths: files } = isThere ? await pathsNotBroughtBack(checkout, record) : { tree: '', paths: [] };
	const commits = await lonelyCommits(home, record, [head, tip]);
	const isDetached = head !== null && head !== tip && (await lonelyCommits(home, record, [head], tip)).length > 0;
	const copies: string[] = [];
	for (const name of isThere ? record.copied : []) {
		const [own, theirs] = await Promise.all([hashOf(path.join(record.folder, name)), hashOf(path.join(record.source, name))]);
		if (own !== null && own !== theirs) copies.push(name);
	}
	const submodules = isThere ? await submodulesAtRisk(checkout, env) : [];
	if (files.length + commits.length + copies.length + submodules.length === 0) return null;
	const token = createHash('sha256')
		.update(JSON.stringify([record.id, tree, head, tip, copies, submodules]))
		.digest('hex');
	return { files, commits, copies, submodules, isDetached, token };
}

function unknownRisk(why: string, { folder }: WorktreeRecord): GitError {
	return new GitError(`${why}, so nobody can say what would be lost: nothing was removed. Look into ${folder}`);
}

/** The root of the worktree, as git sees it; null when it is no worktree any more. */
async function topOf({ folder }: WorktreeRecord, env: Surroundings['env']): Promise<string | null> {
	const { run } = await checkoutAt(folder, env);
	const top = (await run(['rev-parse', '--show-toplevel']).catch(() => '')).replace(/\n$/, '');
	return top !== '' && path.normalize(top) === path.normalize(folder) ? top : null;
}

/** Commits that no other branch, tag or remote has. What `--exclude` leaves out of `--branches` is named without `refs/heads`. */
async function lonelyCommits({ run }: Checkout, { branch, commit }: WorktreeRecord, of: readonly (string | null)[], besides: string | null = null) {
	const from = of.filter((sha) => sha !== null);
	if (from.length === 0) return [];
	const others = ['--not', commit, ...(besides === null ? [] : [besides]), `--exclude=${branch}`, '--branches', '--tags', '--remotes'];
	const said = await run(['log', `--max-count=${MAX_COMMITS}`, '-z', '--format=%H %s', ...from, ...others, '--']);
	return said
		.split('\0')
		.filter((line) => line !== '')
		.map((line) => ({ sha: line.slice(0, line.indexOf(' ')), title: line.slice(line.indexOf(' ') + 1).trim() }));
}

/** Takes away what was made, in an order in which each step can be done again. Throws the file system's errors and `GitError`. */
export async function removeWorktree(record: WorktreeRecord, { records, env }: Surroundings): Promise<void> {
	const { folder, id } = record;
	// Its repository is gone: there is nothing but the folder.
	const home = isFolder(record.source) ? await checkoutAt(record.source, env) : null;
	await home?.run(['worktree', 'remove', '--force', '--force', folder]).catch(() => {});
	await fs.rm(folder, { recursive: true, force: true, maxRetries: 5 });
	await home?.run(['worktree', 'prune', '--expire=now']).catch(() => {});
	if (home !== null) {
		if (!record.keepBranch) await deleteBranch(home, record);
		// A git that was killed may have left a lock: as long as something is left, so is the record.
		if ((await commitOf(home, refOf(id))) !== null) await home.run(['update-ref', '-d', refOf(id)]);
	}
	// Others may be in there.
	await fs.rmdir(path.dirname(folder)).catch(() => {});
	records.remove(id);
}

async function deleteBranch(home: Checkout, { branch, folder }: WorktreeRecord): Promise<void> {
	if ((await commitOf(home, `refs/heads/${branch}`)) === null) return;
	try {
		await home.run(['branch', '--quiet', '-D', '--', branch]);
	} catch (error) {
		// Where another worktree has it checked out, it is theirs.
		const listed = (await home.run(['worktree', 'list', '--porcelain', '-z'])).split('\0\0').map((entry) => entry.split('\0'));
		const isTheirs = listed.some((lines) => lines.includes(`branch refs/heads/${branch}`) && !lines.includes(`worktree ${folder}`));
		if (!isTheirs) throw error;
	}
}
