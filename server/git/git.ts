import { type ChildProcess, execFile } from 'node:child_process';
import { hostEnvironment } from '../platform/environment.ts';
import { hostPaths, hostSystem } from '../platform/host.ts';
import { findProgram } from '../platform/programFinder.ts';

/** Variables that would lead git to another repository, or have it run programs of somebody else's choice. */
const TAKEN_AWAY = /^GIT_(?!CONFIG_NOSYSTEM$|CONFIG_GLOBAL$|CONFIG_SYSTEM$|CEILING_DIRECTORIES$|EXEC_PATH$|SSL_|TRACE)/;

const WITHOUT_DIALOGUE = {
	GIT_TERMINAL_PROMPT: '0',
	GIT_OPTIONAL_LOCKS: '0',
	/** A partial clone would fetch what it lacks, and ask for a password. */
	GIT_NO_LAZY_FETCH: '1',
	GIT_PAGER: 'cat',
	LC_ALL: 'C',
};

/** Settings of a repository that run programs when it is only looked at. */
const WITHOUT_PROGRAMS = [
	'core.fsmonitor=false',
	'core.hooksPath=/dev/null',
	'diff.external=',
	'core.pager=cat',
	// Files in a project that look like a repository, with settings of their own, are none.
	'safe.bareRepository=explicit',
];

export class GitError extends Error {}

export interface GitOptions {
	readonly cwd: string;
	/** Variables of the server's environment. */
	readonly env: Readonly<Record<string, string | undefined>>;
	/** `key=value`, over all configuration. */
	readonly config?: readonly string[];
	readonly extraEnv?: Readonly<Record<string, string>>;
	readonly input?: string;
	/** `latin1`: a character for each byte, for output that need not be text. */
	readonly encoding?: 'utf8' | 'latin1';
	readonly maxBytes?: number;
	readonly signal: AbortSignal;
}

/**
 * Output of a git command. It asks nobody anything and runs no hook and no other program that the repository names, but for filters: see
 * `ownFilters`.
 * Rejects with `GitError`, also when the output is longer than `maxBytes`.
 */
export function git(args: readonly string[], options: GitOptions): Promise<string> {
	const { cwd, env, config = [], extraEnv = {}, input, encoding = 'utf8', maxBytes = 16 * 1024 * 1024, signal } = options;
	const inherited = Object.fromEntries(Object.entries(env).filter(([name]) => !TAKEN_AWAY.test(name)));
	const settings = [...WITHOUT_PROGRAMS, ...config].flatMap((setting) => ['-c', setting]);
	return new Promise((resolve, reject) => {
		const fail = (error: unknown, said = '') => {
			const why = said.trim() || (error instanceof Error ? error.message : String(error));
			reject(new GitError(`git ${args[0]} failed: ${why}`, { cause: error }));
		};
		const program = gitProgram(cwd, env);
		if (program === null) {
			fail(new Error('there is no git in PATH'));
			return;
		}
		const child = started(fail, () =>
			execFile(
				program,
				['--no-pager', '--literal-pathspecs', ...settings, ...args],
				{
					cwd,
					env: { ...inherited, ...WITHOUT_DIALOGUE, ...extraEnv },
					maxBuffer: maxBytes,
					signal,
					killSignal: 'SIGKILL',
					encoding,
					windowsHide: true,
				},
				(error, stdout, stderr) => {
					if (error) fail(error, stderr);
					else resolve(stdout);
				},
			),
		);
		child?.stdin?.on('error', () => {});
		child?.stdin?.end(input ?? '');
	});
}

/** A folder of the system, or the whole disk, is nobody's project: programs in there count. */
const LEAST_PROJECT_DEPTH = 2;

/** Git's absolute path. One that lies in the project is not run: it would be before anybody trusted it. */
function gitProgram(cwd: string, env: GitOptions['env']): string | null {
	const outside = hostPaths.depth(cwd) < LEAST_PROJECT_DEPTH ? {} : { outside: cwd };
	return findProgram('git', { env: hostEnvironment(env, hostSystem), ...outside });
}

/** Some failures to start are events, others, such as a folder that is a file, are thrown. */
function started(fail: (error: unknown) => void, start: () => ChildProcess): ChildProcess | null {
	try {
		return start();
	} catch (error) {
		fail(error);
		return null;
	}
}
