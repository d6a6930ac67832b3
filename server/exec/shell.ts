import { accessSync, constants } from 'node:fs';
import path from 'node:path';

export interface Shell {
	/** Absolute. */
	readonly path: string;
	/** The program's name without folder and extension: `bash`, `zsh`, `sh`. */
	readonly name: string;
}

/** Shells that take `-l` and `-c` the way POSIX shells do. A user's fish or nu is left for interactive use. */
const POSIX_SHELLS = new Set(['bash', 'zsh', 'sh', 'dash', 'ksh']);
const FALLBACKS = ['/bin/bash', '/usr/bin/bash', '/bin/zsh', '/usr/bin/zsh', '/bin/sh', '/usr/bin/sh'];

export function isExecutable(file: string): boolean {
	try {
		accessSync(file, constants.X_OK);
		return true;
	} catch {
		return false;
	}
}

export function shellNamed(file: string): Shell {
	return { path: file, name: path.basename(file).replace(/\.exe$/i, '') };
}

/** The user's shell when commands can be given to it, else the first of bash, zsh and sh that is there. */
export function detectShell(env: Readonly<Record<string, string | undefined>>, executable: (file: string) => boolean = isExecutable): Shell {
	const own = env['SHELL'];
	if (own && path.isAbsolute(own) && POSIX_SHELLS.has(shellNamed(own).name) && executable(own)) return shellNamed(own);
	return shellNamed(FALLBACKS.find(executable) ?? '/bin/sh');
}

/**
 * The shell that a model named in a call: a name or an absolute path. Null when it is no shell that we know how to
 * call or when it is not installed; the call then uses the user's own.
 */
export function resolveShell(
	wanted: string,
	env: Readonly<Record<string, string | undefined>>,
	executable: (file: string) => boolean = isExecutable,
): Shell | null {
	const { name } = shellNamed(wanted);
	if (!POSIX_SHELLS.has(name)) return null;
	if (path.isAbsolute(wanted)) return executable(wanted) ? shellNamed(wanted) : null;
	if (wanted.includes('/')) return null;
	const folders = ['/bin', '/usr/bin', ...(env['PATH'] ?? '').split(path.delimiter).filter((folder) => path.isAbsolute(folder))];
	const found = folders.map((folder) => path.join(folder, name)).find(executable);
	return found === undefined ? null : shellNamed(found);
}

/** The argv that runs one script in a shell; `login` reads the user's profile first. */
export function shellArgv(shell: Shell, script: string, mode: 'login' | 'plain'): readonly string[] {
	return [shell.path, mode === 'login' ? '-lc' : '-c', script];
}
