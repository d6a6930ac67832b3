import { git } from './git.ts';

/** What git says of a folder, without the line end. Null when it says nothing: no repository, no git, no such folder, or it took too long. Never rejects. */
export async function askGit(cwd: string, args: readonly string[], timeoutMs: number): Promise<string | null> {
	try {
		return (await git(args, { cwd, env: process.env, signal: AbortSignal.timeout(timeoutMs) })).trim();
	} catch {
		return null;
	}
}
