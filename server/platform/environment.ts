import type { System } from './system.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The variables of a process under names that can be relied on. Windows does not tell `Path` from `PATH`, copies of its variables do: there
 * every name is in large letters, the last of several counts, and what is asked for under its Unix name is there, `HOME` and `TMPDIR`.
 */
export function hostEnvironment(source: NodeJS.ProcessEnv, system: System): NodeJS.ProcessEnv {
	if (system !== 'windows') return source;
	const env: NodeJS.ProcessEnv = {};
	for (const [name, value] of Object.entries(source)) env[name.toUpperCase()] = value;
	env['HOME'] ??= env['USERPROFILE'];
	env['TMPDIR'] ??= env['TEMP'] ?? env['TMP'];
	return env;
}

/** Variables without which a system's programs do not start or lose their way, in large letters. What says who or where the person is. */
export const CORE_VARIABLES: Readonly<Record<System, ReadonlySet<string>>> = (() => {
	const unix = ['HOME', 'LOGNAME', 'PATH', 'SHELL', 'USER', 'USERNAME', 'TMPDIR', 'TEMP', 'TMP', 'LANG', 'LC_ALL', 'LC_CTYPE'];
	const windows = [
		...['SYSTEMROOT', 'SYSTEMDRIVE', 'WINDIR', 'COMSPEC', 'PATHEXT', 'OS', 'PROCESSOR_ARCHITECTURE', 'NUMBER_OF_PROCESSORS'],
		...['PROGRAMFILES', 'PROGRAMFILES(X86)', 'PROGRAMW6432', 'COMMONPROGRAMFILES', 'COMMONPROGRAMFILES(X86)', 'PROGRAMDATA', 'ALLUSERSPROFILE'],
		...['USERPROFILE', 'USERDOMAIN', 'HOMEDRIVE', 'HOMEPATH', 'APPDATA', 'LOCALAPPDATA', 'PUBLIC', 'PSMODULEPATH', 'COMPUTERNAME'],
	];
	return { linux: new Set(unix), macos: new Set([...unix, '__CF_USER_TEXT_ENCODING']), windows: new Set([...unix, ...windows]) };
})();

/** `git` is not to be the `git.exe` of the folder that a command runs in. */
const withoutFolderSearch = { NODEFAULTCURRENTDIRECTORYINEXEPATH: '1' };

/** The language that programs print in for a model: text in UTF-8, in the order of bytes. */
export function modelLocale(system: System): Readonly<Record<string, string>> {
	switch (system) {
		case 'linux':
			return { LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', LC_CTYPE: 'C.UTF-8' };
		case 'macos':
			// There is no C.UTF-8 there before macOS 14.4.
			return { LANG: 'en_US.UTF-8', LC_ALL: 'en_US.UTF-8', LC_CTYPE: 'en_US.UTF-8' };
		case 'windows':
			// For what comes from Unix, as Git and Python do; Windows' own programs go by the code page of the console.
			return { LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', LC_CTYPE: 'C.UTF-8', PYTHONUTF8: '1', PYTHONIOENCODING: 'utf-8', ...withoutFolderSearch };
	}
}
