import { randomBytes } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { GitError } from '../git/git.ts';
import { copyIgnored } from './copyIgnored.ts';
import { type Checkout, checkoutAt, commitOf, isSparse, keepTree, type Place, refOf, treeOfFiles } from './repository.ts';
import { copySubmodules } from './submodules.ts';
import { numbered, slugOf } from './worktreeNames.ts';
import type { WorktreeRecord, WorktreeRecords } from './worktreeRecord.ts';

/** `commit`: what is checked out. `folder`: that with all changes that are not committed. `ref`: a branch, a tag or a commit. */
export type WorktreeStart = { readonly type: 'commit' } | { readonly type: 'folder' } | { readonly type: 'ref'; readonly ref: string };

export interface WorktreeWish {
	readonly place: Place;
	/** For its branch and its folder. */
	readonly name: string | null;
	readonly start: WorktreeStart;
	/** The folder that worktrees are made in. */
	readonly folder: string;
	/** Patterns of ignored files that it needs. */
	readonly copy: readonly string[];
}

export interface WorktreeMade {
	readonly record: WorktreeRecord;
	/** What is not as in the person's folder, for people. */
	readonly warnings: readonly string[];
}

export interface Surroundings {
	readonly records: WorktreeRecords;
	readonly env: Parameters<typeof checkoutAt>[1];
	now(): number;
}

/** More of one name are a mistake. */
const MAX_NAMES = 1000;

/**
 * Makes a worktree, step by step. The record comes first and says what will be there, so that whatever ends this process, the next one can
 * take it away again. Rejects with `GitError` and the file system's errors; what was made until then is still there.
 */
export async function makeWorktree(wish: WorktreeWish, { records, env, now }: Surroundings): Promise<WorktreeMade> {
	const from = await checkoutAt(wish.place.root, env);
	const commit = await commitOf(from, wish.start.type === 'ref' ? wish.start.ref : 'HEAD');
	if (commit === null) {
		throw new GitError(
			wish.start.type === 'ref'
				? `there is no branch or commit ${JSON.stringify(wish.start.ref)}`
				: 'the repository has no commit yet, and a worktree begins with one: commit something first',
		);
	}
	const { folder, branch } = await claim(from, wish);
	const id = randomBytes(6).toString('hex');
	let record: WorktreeRecord = {
		version: 1,
		id,
		state: 'making',
		pid: process.pid,
		createdAt: now(),
		source: wish.place.root,
		repository: wish.place.repository,
		folder,
		inside: wish.place.inside,
		branch,
		commit,
		start: commit,
		base: commit,
		applied: {},
		copied: [],
		keepBranch: false,
	};
	const write = (more: Partial<WorktreeRecord>) => {
		record = { ...record, ...more };
		records.write(record);
	};
	write({});
	const start = wish.start.type === 'folder' ? await snapshot(from, commit) : commit;
	write({ start, base: start });
	await from.run(['update-ref', refOf(id), start]);
	// A partial clone may have to fetch what it checks out.
	await from.run(['worktree', 'add', '--no-track', '-b', branch, folder, commit], { extraEnv: { GIT_NO_LAZY_FETCH: '0' } });
	const to = await checkoutAt(folder, env);
	if (start !== commit) {
		await to.run(['read-tree', '-m', '-u', `${commit}^{tree}`, `${start}^{tree}`]);
		if (await isSparse(to)) await checkOutAlso(to, { commit, start });
		await to.run(['reset', '--quiet', '--mixed', commit]);
	}
	const submodules = await copySubmodules(from, to, env);
	const copied = await copyIgnored(from, folder, wish.copy);
	await fs.mkdir(path.join(folder, wish.place.inside), { recursive: true });
	write({ copied: [...copied.files], state: 'ready' });
	return {
		record,
		warnings: [
			...submodules.map((each) => `The submodule ${each}`),
			...copied.failed.map((each) => `Not copied: ${each}`),
			...to.leftOut.map((name) => `The filter ${name} of the repository does not run here: its files are as they are stored.`),
		],
	};
}

/** The commit with all changes of the folder that are not committed. */
async function snapshot(from: Checkout, commit: string): Promise<string> {
	const tree = await treeOfFiles(from);
	const same = (await from.run(['rev-parse', `${commit}^{tree}`])).trim() === tree;
	return same ? commit : await keepTree(from, tree, { after: commit, message: 'The folder as it was' });
}

/** What the person changed outside of the parts that a sparse checkout has is there in the folder, and so it is here. */
async function checkOutAlso({ run }: Checkout, { commit, start }: { readonly commit: string; readonly start: string }): Promise<void> {
	const changed = await run(['diff-tree', '-r', '-z', '--no-renames', '--name-only', '--diff-filter=d', commit, start]);
	if (changed !== '') await run(['checkout-index', '--force', '--ignore-skip-worktree-bits', '-z', '--stdin'], { input: changed });
}

/** A folder and a branch that nobody else has. The folder is made, so that it stays so. */
async function claim(from: Checkout, { name, folder, place }: WorktreeWish): Promise<{ readonly folder: string; readonly branch: string }> {
	const project = slugOf(path.basename(place.root)) ?? 'project';
	const parent = path.join(folder, project);
	const branches = new Set((await from.run(['for-each-ref', '--format=%(refname)', 'refs/heads'])).split('\n').map((ref) => ref.toLowerCase()));
	// A branch that is called like the folder of ours leaves no room for it.
	const prefix = branches.has('refs/heads/tiller') ? 'tiller-' : 'tiller/';
	// As late as possible: until the record is written, nobody would take it away.
	await fs.mkdir(parent, { recursive: true });
	let tries = 0;
	for (const slug of numbered(slugOf(name ?? '') ?? 'work')) {
		if (++tries > MAX_NAMES) break;
		const branch = `${prefix}${slug}`;
		if (branches.has(`refs/heads/${branch}`)) continue;
		const own = path.join(parent, slug);
		try {
			await fs.mkdir(own);
			return { folder: await fs.realpath(own), branch };
		} catch (error) {
			if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
		}
	}
	throw new GitError(`there are too many worktrees called ${JSON.stringify(name ?? 'work')}`);
}
