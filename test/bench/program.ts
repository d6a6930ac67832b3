import { existsSync } from 'node:fs';
import path from 'node:path';
import { benchHome, type TestHome } from './home.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** An app-server that is measured. */
export interface Program {
	readonly name: 'ours' | 'reference';
	readonly command: string;
	readonly args: readonly string[];
	/** The reference is a launcher with the program as its child: memory is that of the child. */
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

/** The reference program where it is installed. A file that is named but missing is an error, so that no column is lost unseen. */
export function referenceProgram(env: NodeJS.ProcessEnv): Program | null {
	const named = env['TILLER_BENCH_REFERENCE'];
	const command = named ?? '/tmp/ref/node_modules/.bin/codex';
	if (!existsSync(command)) {
		if (named !== undefined && named !== '') {
			throw new Error(`TILLER_BENCH_REFERENCE names ${named}, which does not exist.`);
		}
		return null;
	}
	return { name: 'reference', command, args: ['app-server'], isLaunched: true };
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
