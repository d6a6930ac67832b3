import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { git, GitError, type GitOptions } from '../git/git.ts';
import { copyIndex } from '../git/indexCopy.ts';
import { ownFilters } from '../git/ownFilters.ts';
import { hostSystem } from '../platform/host.ts';

/** Checking out a large repository takes its time. */
const TIMEOUT_MS = 15 * 60_000;
const MAX_LIST_BYTES = 256 * 1024 * 1024;
/** Commits that only say how files stood have no person behind them. */
const NOBODY = ['user.name=Tiller', 'user.email=tiller@localhost', 'commit.gpgSign=false', 'gc.auto=0', 'maintenance.auto=false'];

export interface RunOptions {
	readonly config?: readonly string[];
	readonly extraEnv?: Readonly<Record<string, string>>;
	readonly input?: string;
	readonly encoding?: 'utf8' | 'latin1';
}

/** Runs git in one checkout of a repository. */
export interface Checkout {
	/** Absolute. */
	readonly root: string;
	/** Filters of the repository that do not run. */
	readonly leftOut: readonly string[];
	/** Rejects with `GitError`. */
	run(args: readonly string[], options?: RunOptions): Promise<string>;
}

export async function checkoutAt(root: string, env: GitOptions['env']): Promise<Checkout> {
	const signal = () => AbortSignal.timeout(TIMEOUT_MS);
	const filters = await ownFilters({ cwd: root, env, signal: signal() });
	const config = [...filters.config, ...NOBODY, ...(hostSystem === 'windows' ? ['core.longpaths=true'] : [])];
	return {
		root,
		leftOut: filters.leftOut,
		run: (args, { config: more = [], extraEnv = {}, ...options } = {}) =>
			git(args, {
				cwd: root,
				env,
				config: [...config, ...more],
				extraEnv: { GIT_OPTIONAL_LOCKS: '1', ...extraEnv },
				maxBytes: MAX_LIST_BYTES,
				signal: signal(),
				...options,
			}),
	};
}

/** Where a folder lies. */
export interface Place {
	readonly root: string;
	/** From the root to the folder, with `/`; empty for the root. */
	readonly inside: string;
	/** The folder of the repository that all its worktrees share. */
	readonly repository: string;
}

/** Rejects with `GitError` outside a repository. */
export async function placeOf(cwd: string, env: GitOptions['env']): Promise<Place> {
	const options = { cwd, env, signal: AbortSignal.timeout(TIMEOUT_MS) };
	const [root = '', common = '', inside = ''] = (
		await git(['rev-parse', '--path-format=absolute', '--show-toplevel', '--git-common-dir', '--show-prefix'], options)
	).split('\n');
	if (root === '') throw new GitError('the repository has no files of its own here');
	return { root: path.normalize(root), repository: path.normalize(common), inside: inside.replace(/\/$/, '') };
}

/** The tree of all files as they are, new ones included, ignored ones not. The checkout's own index is not touched. */
export async function treeOfFiles({ root, run }: Checkout): Promise<string> {
	const folder = await mkdtemp(path.join(os.tmpdir(), 'tiller-tree-'));
	try {
		const extraEnv = { GIT_INDEX_FILE: await copyIndex(run, root, folder) };
		// Else git refuses files that lie outside of the parts that a sparse checkout has.
		await run(['add', '--all', ...((await isSparse({ run })) ? ['--sparse'] : [])], { extraEnv });
		return (await run(['write-tree'], { extraEnv })).trim();
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

/** Whether the checkout has only parts of the repository. Older versions of git know nothing of what goes with it. */
export async function isSparse({ run }: Pick<Checkout, 'run'>): Promise<boolean> {
	return await run(['config', '--type=bool', '--get', 'core.sparseCheckout']).then(
		(said) => said.trim() === 'true',
		() => false,
	);
}

/** A commit that no branch has. */
export async function keepTree(
	{ run }: Checkout,
	tree: string,
	{ after, message }: { readonly after: string; readonly message: string },
): Promise<string> {
	return (await run(['commit-tree', tree, '-p', after, '-m', message])).trim();
}

/** Where the files that a worktree began with are kept from being collected. No list of branches shows it. */
export const refOf = (id: string): string => `refs/tiller/worktrees/${id}`;

/** Of nothing that is there: null. */
export async function commitOf({ run }: Checkout, name: string): Promise<string | null> {
	return await run(['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]).then(
		(said) => said.trim(),
		() => null,
	);
}
