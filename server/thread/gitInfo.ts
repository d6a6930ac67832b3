import fs from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../config/layers/projectRoot.ts';
import { askGit } from '../git/askGit.ts';
import type { GitInfo } from '../store/rollout/rolloutLine.ts';

const TIMEOUT_MS = 2000;

/** Commit, branch and origin of a folder. Null outside a repository, without git, or when git takes too long. Never rejects. */
export async function readGitInfo(cwd: string): Promise<GitInfo | null> {
	// Most of the cost is starting git: outside a repository there is nothing to start it for.
	if (!fs.existsSync(path.join(projectRoot(cwd), '.git'))) return null;
	const [sha, branch, originUrl] = await Promise.all([
		ask(cwd, ['rev-parse', 'HEAD']),
		ask(cwd, ['rev-parse', '--abbrev-ref', 'HEAD']),
		ask(cwd, ['config', '--get', 'remote.origin.url']),
	]);
	if (sha === null && branch === null && originUrl === null) return null;
	return { sha, branch: branch === 'HEAD' ? null : branch, originUrl };
}

/** An empty answer tells as little as none. */
async function ask(cwd: string, args: readonly string[]): Promise<string | null> {
	return (await askGit(cwd, args, TIMEOUT_MS)) || null;
}
