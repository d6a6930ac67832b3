import { type ChildProcess, execFile } from 'node:child_process';

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
	readonly maxBytes?: number;
	readonly signal: AbortSignal;
}

/**
 * Output of a git command that only reads. It asks nobody anything and runs no program that the repository names.
 * Rejects with `GitError`, also when the output is longer than `maxBytes`.
 */
export function git(args: readonly string[], options: GitOptions): Promise<string> {
	const { cwd, env, config = [], extraEnv = {}, input, maxBytes = 16 * 1024 * 1024, signal } = options;
	const inherited = Object.fromEntries(Object.entries(env).filter(([name]) => !TAKEN_AWAY.test(name)));
	const settings = [...WITHOUT_PROGRAMS, ...config].flatMap((setting) => ['-c', setting]);
	return new Promise((resolve, reject) => {
		const fail = (error: unknown, said = '') => {
			const why = said.trim() || (error instanceof Error ? error.message : String(error));
			reject(new GitError(`git ${args[0]} failed: ${why}`, { cause: error }));
		};
		const child = started(fail, () =>
			execFile(
				'git',
				['--no-pager', '--literal-pathspecs', ...settings, ...args],
				{ cwd, env: { ...inherited, ...WITHOUT_DIALOGUE, ...extraEnv }, maxBuffer: maxBytes, signal, killSignal: 'SIGKILL', encoding: 'utf8' },
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

/** Some failures to start are events, others, such as a folder that is a file, are thrown. */
function started(fail: (error: unknown) => void, start: () => ChildProcess): ChildProcess | null {
	try {
		return start();
	} catch (error) {
		fail(error);
		return null;
	}
}
