import { accessSync, constants } from 'node:fs';
import path from 'node:path';

/** What a person sets for a run of tests, besides everything that begins with `TILLER_`. */
const wanted = new Set([
	'CI',
	'FORCE_COLOR',
	'NO_COLOR',
	'DISPLAY',
	'WAYLAND_DISPLAY',
	'VSCODE_EXECUTABLE',
	'UPDATE_WALKTHROUGH',
	'UPDATE_README_PICTURE',
]);

/** Windows starts no program without these. */
const ofWindows = new Set(['SYSTEMROOT', 'SYSTEMDRIVE', 'WINDIR', 'COMSPEC', 'PATHEXT', 'PROGRAMFILES', 'PROGRAMDATA', 'NUMBER_OF_PROCESSORS']);

/** Programs that tests use, looked for where the person's PATH has them. */
const programs = ['git', 'bash', 'bwrap', 'chromium', 'wine', 'wine64', 'rg', 'zsh', 'fish', 'pwsh'];

const standardFolders = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/**
 * The environment of a run of tests: the same on every machine, whatever the person's home, language, PATH and settings are. Programs
 * that look upwards for a repository do not leave the run's folder.
 */
export function testEnvironment(folder: string, source: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
	const home = path.join(folder, 'home');
	const kept = Object.entries(source).filter(([name]) => {
		const upper = name.toUpperCase();
		return wanted.has(upper) || (upper.startsWith('TILLER_') && upper !== 'TILLER_RUN') || (process.platform === 'win32' && ofWindows.has(upper));
	});
	return {
		...Object.fromEntries(kept),
		PATH: searchPath(source),
		SHELL: '/bin/bash',
		LANG: 'C.UTF-8',
		TZ: 'UTC',
		HOME: home,
		USERPROFILE: home,
		TMPDIR: folder,
		TEMP: folder,
		TMP: folder,
		XDG_RUNTIME_DIR: folder,
		GIT_CONFIG_NOSYSTEM: '1',
		// Git, and our server, look for a repository above a folder only below these.
		GIT_CEILING_DIRECTORIES: [folder, path.dirname(folder)].join(path.delimiter),
	};
}

/** The Node that runs the tests, the system's folders, and where the programs are that tests use. */
function searchPath(source: NodeJS.ProcessEnv): string {
	const given = (source['PATH'] ?? source['Path'] ?? '').split(path.delimiter).filter((entry) => path.isAbsolute(entry));
	if (process.platform === 'win32') return [path.dirname(process.execPath), ...given].join(path.delimiter);
	const places = programs.flatMap((program) => given.find((entry) => isProgram(path.join(entry, program))) ?? []);
	return [...new Set([path.dirname(process.execPath), ...standardFolders, ...places])].join(path.delimiter);
}

function isProgram(file: string): boolean {
	try {
		accessSync(file, constants.X_OK);
		return true;
	} catch {
		return false;
	}
}
