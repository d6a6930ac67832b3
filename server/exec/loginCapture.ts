import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ProcessHost } from './process.ts';
import type { Shell } from '../platform/shellPlan.ts';

/** What a user's profile does to a shell. */
export interface LoginCapture {
	/** Variables that it sets or changes. */
	readonly set: Readonly<Record<string, string>>;
	/** Variables that it takes away. */
	readonly unset: readonly string[];
	/** Functions and the options they need, as a script; empty when there are none. */
	readonly functions: string;
}

export class LoginCaptureError extends Error {}

export interface CaptureRequest {
	readonly host: ProcessHost;
	readonly shell: Shell;
	readonly env: Readonly<Record<string, string>>;
	readonly timeoutMs: number;
}

/** A profile that defines more than this is not carried along. */
const MAX_BYTES = 8 * 1024 * 1024;
/** A shell's own, different in each. */
const NOT_CARRIED = new Set(['_', 'PWD', 'OLDPWD', 'SHLVL', 'SHELLOPTS', 'BASHOPTS']);

/** Files that a login shell reads, and those of interactive ones in which people set their PATH. */
export function profileFiles(shell: Shell, env: Readonly<Record<string, string | undefined>>): readonly string[] {
	const home = env['HOME'] ?? '/';
	const own = (folder: string, names: readonly string[]) => names.map((name) => path.join(folder, name));
	const shared = ['/etc/profile', '/etc/profile.d', '/etc/environment'];
	switch (shell.name) {
		case 'bash':
			return [...shared, '/etc/bash.bashrc', ...own(home, ['.bash_profile', '.bash_login', '.profile', '.bashrc'])];
		case 'zsh':
			return [
				...shared,
				...['/etc', '/etc/zsh'].flatMap((folder) => own(folder, ['zshenv', 'zprofile', 'zshrc', 'zlogin'])),
				...own(env['ZDOTDIR'] ?? home, ['.zshenv', '.zprofile', '.zshrc', '.zlogin']),
			];
		default:
			return [...shared, ...own(home, ['.profile'])];
	}
}

function isNamedIn(file: string, name: string): boolean {
	try {
		return readFileSync(file, 'utf8').includes(name);
	} catch {
		return false;
	}
}

/** Reads the file of interactive shells too, unless the profile does so itself. */
function interactiveFile(shell: Shell, env: Readonly<Record<string, string>>): string {
	const home = env['HOME'] ?? '/';
	if (shell.name === 'zsh') return '[ -r "${ZDOTDIR:-$HOME}/.zshrc" ] && . "${ZDOTDIR:-$HOME}/.zshrc"';
	if (shell.name !== 'bash') return '';
	const isRead = ['.bash_profile', '.bash_login', '.profile'].some((name) => isNamedIn(path.join(home, name), 'bashrc'));
	return isRead ? '' : '[ -r "$HOME/.bashrc" ] && . "$HOME/.bashrc"';
}

function functionsOf(shell: Shell): string {
	switch (shell.name) {
		case 'bash':
			// A function may need an option such as extglob to be read at all.
			return 'builtin shopt -p; builtin declare -f';
		case 'zsh':
			return 'builtin setopt | while builtin read -r option; do builtin print -r -- "setopt $option"; done; builtin typeset -f';
		default:
			return ':';
	}
}

/** Starts a login shell once and notes what it became. Rejects with `LoginCaptureError` and a reason for people. */
export async function captureLogin({ host, shell, env, timeoutMs }: CaptureRequest): Promise<LoginCapture> {
	// What profiles print comes before the first mark and is dropped unread.
	const mark = `tiller-${randomBytes(12).toString('hex')}`;
	const say = (part: string) => `printf '\\n%s\\n' ${mark}-${part}`;
	const script = [
		interactiveFile(shell, env),
		`{ ${say('env')}; command env -0; ${say('functions')}; ${functionsOf(shell)}; ${say('end')}; } 2>/dev/null`,
	];
	const argv = [shell.path, '-lc', script.filter(Boolean).join('\n')];
	const child = await host.spawn({ argv, cwd: '/', env, tty: null, stdin: 'closed' });
	const chunks: Uint8Array[] = [];
	let bytes = 0;
	child.onOutput((chunk, stream) => {
		if (stream === 'stderr' || bytes > MAX_BYTES) return;
		bytes += chunk.byteLength;
		chunks.push(chunk);
		if (bytes > MAX_BYTES) void child.kill(0);
	});
	let isLate = false;
	const timer = setTimeout(() => {
		isLate = true;
		void child.kill(0);
	}, timeoutMs);
	await child.exited;
	clearTimeout(timer);
	if (isLate) throw new LoginCaptureError(`it did not end within ${timeoutMs / 1000} seconds`);
	if (bytes > MAX_BYTES) throw new LoginCaptureError(`it defines more than ${MAX_BYTES} bytes`);
	const text = Buffer.concat(chunks).toString('utf8');
	const between = (from: string, to: string): string => {
		const start = text.lastIndexOf(`\n${mark}-${from}\n`);
		const end = text.lastIndexOf(`\n${mark}-${to}\n`);
		if (start < 0 || end < start) throw new LoginCaptureError('it ends the shell before a command can run');
		return text.slice(start + mark.length + from.length + 3, end);
	};
	const functions = between('functions', 'end');
	return { ...difference(env, between('env', 'functions')), functions: hasFunction(functions) ? functions : '' };
}

/** Options alone are not worth a file that every command reads. */
function hasFunction(text: string): boolean {
	return /^\S+ \(\)/m.test(text);
}

function difference(before: Readonly<Record<string, string>>, listed: string): Pick<LoginCapture, 'set' | 'unset'> {
	const after = new Map<string, string>();
	for (const line of listed.split('\0')) {
		const equals = line.indexOf('=');
		if (equals > 0) after.set(line.slice(0, equals), line.slice(equals + 1));
	}
	if (after.size === 0) throw new LoginCaptureError('`env -0` is not there to tell its variables');
	const set = [...after].filter(([name, value]) => !NOT_CARRIED.has(name) && before[name] !== value);
	return { set: Object.fromEntries(set), unset: Object.keys(before).filter((name) => !NOT_CARRIED.has(name) && !after.has(name)) };
}
