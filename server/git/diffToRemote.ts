import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { git, GitError, type GitOptions } from './git.ts';
import { copyIndex } from './indexCopy.ts';
import { ownFilters } from './ownFilters.ts';

export interface DiffToRemote {
	/** The newest commit of the current branch that a remote has. */
	readonly sha: string;
	/** From that commit to the files as they are, new ones included. */
	readonly diff: string;
}

const MAX_DIFF_BYTES = 32 * 1024 * 1024;
const TIMEOUT_MS = 20_000;

/** What the work in a folder's repository adds to what its remotes have. Rejects with `GitError`. */
export async function diffToRemote(cwd: string, env: GitOptions['env']): Promise<DiffToRemote> {
	if (!path.isAbsolute(cwd) || cwd.includes('\0')) throw new GitError('the folder must be an absolute path');
	const signal = AbortSignal.timeout(TIMEOUT_MS);
	const found = await git(['rev-parse', '--show-toplevel'], { cwd, env, signal });
	const root = found.replace(/\n$/, '');
	const options: GitOptions = { cwd: root, env, signal, config: (await ownFilters({ cwd: root, env, signal })).config };
	const sha = await nearestOfRemote(options);
	const folder = await mkdtemp(path.join(os.tmpdir(), 'tiller-diff-'));
	try {
		const index = await indexWithNewFiles(folder, options);
		const args = ['diff', '--no-color', '--no-ext-diff', '--no-textconv', '--ignore-submodules=dirty', '--binary', sha, '--'];
		return { sha, diff: await git(args, { ...options, extraEnv: { GIT_INDEX_FILE: index }, maxBytes: MAX_DIFF_BYTES }) };
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

async function nearestOfRemote(options: GitOptions): Promise<string> {
	const some = await git(['for-each-ref', '--count=1', 'refs/remotes'], options);
	if (some === '') throw new GitError('the repository knows no branch of a remote');
	const head = (await git(['rev-parse', '--verify', 'HEAD^{commit}'], options)).trim();
	const own = (await git(['rev-list', '--boundary', 'HEAD', '--not', '--remotes', '--'], options)).split('\n').filter(Boolean);
	if (own.length === 0) return head;
	// Commits that a remote has are marked; the newest comes first.
	const boundary = own.find((line) => line.startsWith('-'));
	if (boundary === undefined) throw new GitError('no remote has any commit of this branch');
	return boundary.slice(1);
}

/** A copy of the index that also names the new files, so that a diff shows them. The repository's own is not touched. */
async function indexWithNewFiles(folder: string, options: GitOptions): Promise<string> {
	const index = await copyIndex((args) => git(args, options), options.cwd, folder);
	const added = await git(['ls-files', '--others', '--exclude-standard', '-z'], options);
	if (added === '') return index;
	const args = ['add', '--intent-to-add', '--pathspec-from-file=-', '--pathspec-file-nul'];
	await git(args, { ...options, extraEnv: { GIT_INDEX_FILE: index }, input: added });
	return index;
}
