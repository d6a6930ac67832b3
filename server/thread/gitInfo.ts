import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../config/projectTrust.ts';
import type { GitInfo } from '../store/rolloutLine.ts';

const TIMEOUT_MS = 2000;

/** Commit, branch and origin of a folder. Null outside a repository, without git, or when git takes too long. Never rejects. */
export async function readGitInfo(cwd: string): Promise<GitInfo | null> {
	// Most of the cost is starting git: outside a repository there is nothing to start it for.
	if (!fs.existsSync(path.join(projectRoot(cwd), '.git'))) return null;
	// No folder has such a name, and Node refuses to start anything there.
	if (cwd.includes('\0')) return null;
	const [sha, branch, originUrl] = await Promise.all([
		git(cwd, ['rev-parse', 'HEAD']),
		git(cwd, ['rev-parse', '--abbrev-ref', 'HEAD']),
		git(cwd, ['config', '--get', 'remote.origin.url']),
	]);
	if (sha === null && branch === null && originUrl === null) return null;
	return { sha, branch: branch === 'HEAD' ? null : branch, originUrl };
}

function git(cwd: string, args: readonly string[]): Promise<string | null> {
	const env = { ...process.env, GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0' };
	return new Promise((resolve) => {
		execFile(
			'git',
			['-c', 'core.fsmonitor=false', '-c', 'safe.bareRepository=explicit', ...args],
			{ cwd, env, timeout: TIMEOUT_MS },
			(error, stdout) => resolve(error ? null : stdout.trim() || null),
		);
	});
}
