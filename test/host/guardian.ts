/**
 * `guardian.ts FOLDER`: waits until its standard input ends, which is when the runner of the tests has ended, however that happened. Then
 * it ends every process that works in the run's folder and removes the folder. Before, it does the same for runs whose guardian was lost.
 */
import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { endProcessesIn, processIdentity } from './processTree.ts';
import { processSpace, runFolderPrefix, type RunOwner } from './testRun.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('The folder of the run is missing.');

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

async function clear(run: string): Promise<void> {
	await endProcessesIn(run);
	await rm(run, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}

async function clearAbandoned(): Promise<void> {
	const base = path.dirname(folder ?? '');
	for (const name of await readdir(base)) {
		const run = path.join(base, name);
		if (!name.startsWith(runFolderPrefix) || run === folder) continue;
		const owner = await readOwner(run);
		if (owner === null || owner.space !== processSpace() || processIdentity(owner.pid) === owner.identity) continue;
		await clear(run).catch((error: unknown) => console.error(`An earlier run's folder ${run} cannot be removed: ${String(error)}`));
	}
}

async function readOwner(run: string): Promise<RunOwner | null> {
	const text = await readFile(path.join(run, 'owner.json'), 'utf8').catch(() => null);
	try {
		return text === null ? null : (JSON.parse(text) as RunOwner);
	} catch {
		return null;
	}
}

const ended = new Promise<void>((resolve) => {
	process.stdin
		.once('end', () => resolve())
		.once('close', () => resolve())
		.resume();
});
await clearAbandoned();
await ended;
await clear(folder);
