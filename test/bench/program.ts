import { existsSync } from 'node:fs';
import path from 'node:path';
import { benchHome, type TestHome } from './home.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** An app-server that is measured. */
export interface Program {
	/** `ours`, or a short name of another one. */
	readonly name: string;
	readonly command: string;
	readonly args: readonly string[];
	/** A launcher with the program as its child: memory is that of the child. */
	readonly isLaunched: boolean;
}

/** Where the benchmark's own build lies: minified, as it is packaged. */
export const buildFolder = path.join(root, '.bench/dist');
export const resultFile = path.join(root, '.bench/result.json');

/** Our server as built for the package; with a folder, its CPU profiles go there. */
export function ourProgram(folder: string, profiles: string | undefined): Program {
	const flags = profiles === undefined ? [] : ['--cpu-prof', '--cpu-prof-interval=200', `--cpu-prof-dir=${path.resolve(profiles)}`];
	return { name: 'ours', command: process.execPath, args: [...flags, path.join(folder, 'server.js'), 'app-server'], isLaunched: false };
}

/**
 * Another app-server by its command line, whose words are separated by spaces; a single word is started with `app-server`. A program that
 * is not there is an error, so that no column is lost unseen.
 */
export function otherProgram(commandLine: string): Program {
	const [command = '', ...args] = commandLine.split(' ').filter((word) => word !== '');
	if (command.includes(path.sep) && !existsSync(command)) throw new Error(`--against: ${command} does not exist.`);
	const isNode = path.basename(command).startsWith('node');
	return {
		name: shortName(isNode ? (args.find((arg) => !arg.startsWith('-')) ?? command) : command),
		command,
		...startOf(args),
		isLaunched: !isNode,
	};
}

const startOf = (args: readonly string[]) => ({ args: args.length === 0 ? ['app-server'] : args });

/** The last two folders of a path that say something. */
function shortName(file: string): string {
	const parts = file.split(path.sep).filter((part) => !['', 'node_modules', '.bin', 'bin', 'dist'].includes(part));
	return parts.slice(-2).join('/');
}

/** What there is to be measured beside ours when nobody names anything. */
export function installedPrograms(): readonly Program[] {
	const command = '/tmp/ref/node_modules/.bin/codex';
	return existsSync(command) ? [otherProgram(command)] : [];
}

/** Runs the work in a home of its own that is removed afterwards. */
export async function inHome<T>(modelUrl: string, work: (home: TestHome) => Promise<T>): Promise<T> {
	const home = await benchHome(modelUrl);
	try {
		return await work(home);
	} finally {
		await home.remove();
	}
}
