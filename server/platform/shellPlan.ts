import type { Environment } from './environment.ts';
import { hostPaths } from './host.ts';
import type { PathRules } from './pathRules.ts';
import { findProgram, isExecutableFile } from './programFinder.ts';

/** What a shell's commands are written in. */
export type ShellLanguage = 'posix' | 'powershell' | 'cmd';

export interface Shell {
	/** Absolute. */
	readonly path: string;
	/** The program's name without folder and ending: `bash`, `zsh`, `sh`, `pwsh`, `powershell`, `cmd`. */
	readonly name: string;
}

export interface ShellSearch {
	readonly env: Environment;
	readonly paths?: PathRules;
	readonly isProgram?: (file: string) => boolean;
}

/** Shells that take `-l` and `-c` the way POSIX shells do. A user's fish or nu is left for interactive use. */
const POSIX_SHELLS = new Set(['bash', 'zsh', 'sh', 'dash', 'ksh']);
const POSIX_FALLBACKS = ['/bin/bash', '/usr/bin/bash', '/bin/zsh', '/usr/bin/zsh', '/bin/sh', '/usr/bin/sh'];

export function shellNamed(file: string, paths: PathRules = hostPaths): Shell {
	return {
		path: file,
		name: paths.path
			.basename(file)
			.replace(/\.exe$/i, '')
			.replace(/^[A-Z]+$/i, (name) => (paths.system === 'windows' ? name.toLowerCase() : name)),
	};
}

/** Null for a program that we do not know how to give a command to. */
export function languageOf(name: string): ShellLanguage | null {
	if (POSIX_SHELLS.has(name)) return 'posix';
	if (name === 'pwsh' || name === 'powershell') return 'powershell';
	return name === 'cmd' ? 'cmd' : null;
}

/**
 * The user's shell when commands can be given to it, else the best that is there. On Windows PowerShell 7, Windows PowerShell, the bash of
 * Git and `cmd`; never the `bash.exe` of WSL, which is another machine with other paths.
 */
export function detectShell({ env, paths = hostPaths, isProgram = isExecutableFile }: ShellSearch): Shell {
	const fits = (file: string) => languageOf(shellNamed(file, paths).name) !== null && !isWslBash(file, env, paths) && isProgram(file);
	const own = env['SHELL'];
	if (own && paths.path.isAbsolute(own) && fits(own) && (paths.system !== 'windows' || /^[A-Za-z]:/.test(own))) return shellNamed(own, paths);
	const candidates = paths.system === 'windows' ? windowsShells({ env, paths, isProgram }) : POSIX_FALLBACKS;
	return shellNamed(candidates.find(fits) ?? (paths.system === 'windows' ? comSpec(env) : '/bin/sh'), paths);
}

function windowsShells({ env, paths = hostPaths, isProgram = isExecutableFile }: ShellSearch): readonly string[] {
	const { join, dirname } = paths.path;
	const root = env['SYSTEMROOT'] ?? 'C:\\Windows';
	const programs = env['PROGRAMFILES'] ?? 'C:\\Program Files';
	const git = findProgram('git', { env, paths, isProgram });
	return [
		...[findProgram('pwsh', { env, paths, isProgram }) ?? [], join(programs, 'PowerShell', '7', 'pwsh.exe')].flat(),
		join(root, 'System32', 'WindowsPowerShell', 'v1.0', 'powershell.exe'),
		// `git` lies in `cmd` or `bin` of Git's folder.
		...(git === null ? [] : [join(dirname(dirname(git)), 'bin', 'bash.exe')]),
		join(programs, 'Git', 'bin', 'bash.exe'),
		comSpec(env),
	];
}

function comSpec(env: Environment): string {
	return env['COMSPEC'] ?? `${env['SYSTEMROOT'] ?? 'C:\\Windows'}\\System32\\cmd.exe`;
}

function isWslBash(file: string, env: Environment, paths: PathRules): boolean {
	if (paths.system !== 'windows') return false;
	const folders = [
		env['SYSTEMROOT'] ?? 'C:\\Windows',
		...(env['LOCALAPPDATA'] === undefined ? [] : [`${env['LOCALAPPDATA']}\\Microsoft\\WindowsApps`]),
	];
	return shellNamed(file, paths).name === 'bash' && folders.some((folder) => paths.isInside(folder, file));
}

/**
 * The shell that a model named in a call: a name or an absolute path. Null when it is no shell that we know how to
 * call or when it is not installed; the call then uses the user's own.
 */
export function resolveShell(wanted: string, { env, paths = hostPaths, isProgram = isExecutableFile }: ShellSearch): Shell | null {
	const { name } = shellNamed(wanted, paths);
	if (languageOf(name) === null) return null;
	const { path } = paths;
	if (path.isAbsolute(wanted)) return isProgram(wanted) && !isWslBash(wanted, env, paths) ? shellNamed(wanted, paths) : null;
	if (/[\\/]/.test(wanted)) return null;
	const search = { env, paths, isProgram: (file: string) => isProgram(file) && !isWslBash(file, env, paths) };
	const known = paths.system === 'windows' ? windowsShells(search) : ['/bin', '/usr/bin'].map((folder) => path.join(folder, name));
	const found = known.find((file) => shellNamed(file, paths).name === name && search.isProgram(file)) ?? findProgram(name, search);
	return found === null ? null : shellNamed(found, paths);
}

/** The argv that runs one script in a shell, as it is shown, recorded and judged; `login` reads the user's profile first, where a shell has one that is meant for this. */
export function shellArgv(shell: Shell, script: string, mode: 'login' | 'plain'): readonly string[] {
	switch (languageOf(shell.name)) {
		case 'powershell':
			return [shell.path, '-NoProfile', '-Command', script];
		case 'cmd':
			return [shell.path, '/d', '/c', script];
		case 'posix':
		case null:
			return [shell.path, mode === 'login' ? '-lc' : '-c', script];
	}
}

/** The script that `shellArgv` made an argv of, with its language; null for any other argv. */
export function scriptOf(
	argv: readonly string[],
	paths: PathRules = hostPaths,
): { readonly language: ShellLanguage; readonly script: string } | null {
	const [file = '', ...args] = argv;
	const language = languageOf(shellNamed(file, paths).name);
	const script = args.at(-1) ?? '';
	const options = args.slice(0, -1).join(' ').toLowerCase();
	switch (language) {
		case 'posix':
			return /^-l?c$/.test(options) ? { language, script } : null;
		case 'powershell':
			return /^(?:-noprofile )?-command$/.test(options) ? { language, script } : null;
		case 'cmd':
			return /^(?:\/d )?\/c$/.test(options) ? { language, script } : null;
		case null:
			return null;
	}
}

/** What the system is really asked to start. */
export interface Launch {
	readonly file: string;
	readonly args: readonly string[];
	/** The words stand in the command line as they are: `cmd` has quotes of its own. */
	readonly verbatim: boolean;
}

/** Windows takes no longer command line. */
const LONGEST_LINE = 32_000;

/** How an argv is handed to the system: Windows' shells get their script so that no word is read twice, and print UTF-8. Throws for what does not fit. */
export function launchOf(argv: readonly string[], paths: PathRules = hostPaths): Launch {
	const [file = '', ...args] = argv;
	const plain: Launch = { file, args, verbatim: false };
	if (paths.system !== 'windows') return plain;
	const given = scriptOf(argv, paths);
	const launch =
		given === null || given.language === 'posix'
			? plain
			: given.language === 'cmd'
				? cmdLaunch(file, given.script)
				: powershellLaunch(file, given.script);
	const length = [launch.file, ...launch.args].reduce((sum, word) => sum + word.length + 3, 0);
	if (length > LONGEST_LINE)
		throw new RangeError(
			`the command is too long for Windows (${length} characters with what it takes to hand it over, ${LONGEST_LINE} at most): put it into a file and run that`,
		);
	return launch;
}

function cmdLaunch(file: string, script: string): Launch {
	// One line is all that cmd takes here; its lines follow one another anyway.
	const line = script
		.split(/\r?\n/)
		.map((each) => each.trim())
		.filter((each) => each !== '')
		.join(' & ');
	return { file, args: ['/d', '/s', '/c', `"chcp 65001 >nul & ${line}"`], verbatim: true };
}

function powershellLaunch(file: string, script: string): Launch {
	const text = [
		'[Console]::OutputEncoding = $OutputEncoding = [System.Text.UTF8Encoding]::new($false)',
		"$ProgressPreference = 'SilentlyContinue'",
		'$global:LASTEXITCODE = 0',
		`& {\n${script}\n}`,
		'if (-not $? -and $LASTEXITCODE -eq 0) { exit 1 }',
		'exit $LASTEXITCODE',
	].join('\n');
	const options = ['-NoLogo', '-NoProfile', '-NonInteractive', '-OutputFormat', 'Text', '-EncodedCommand'];
	return { file, args: [...options, Buffer.from(text, 'utf16le').toString('base64')], verbatim: false };
}
