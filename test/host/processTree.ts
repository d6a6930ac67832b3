import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface ProcessRow {
	readonly pid: number;
	readonly parent: number;
	readonly group: number;
}

/** Every living process. Zombies are left out: nothing runs in them, and who reaps them is not ours to decide. */
export async function listProcesses(): Promise<readonly ProcessRow[]> {
	if (process.platform === 'linux') {
		const rows = await Promise.all((await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(readProcRow));
		return rows.filter((row) => row !== undefined);
	}
	const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=,pgid=,stat=']);
	return stdout.split('\n').flatMap((line) => {
		const [pid, parent, group, state] = line.trim().split(/\s+/);
		return pid === undefined || state === undefined || state.startsWith('Z')
			? []
			: [{ pid: Number(pid), parent: Number(parent), group: Number(group) }];
	});
}

async function readProcRow(name: string): Promise<ProcessRow | undefined> {
	// The process may end between the listing and this read.
	const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => undefined);
	if (stat === undefined) {
		return undefined;
	}
	// The program's name stands in parentheses and may itself hold spaces and parentheses.
	const [state, parent, group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	return state === 'Z' || state === 'X' ? undefined : { pid: Number(name), parent: Number(parent), group: Number(group) };
}

/** The living members of a process group. */
export async function groupMembers(group: number): Promise<readonly number[]> {
	return (await listProcesses()).filter((row) => row.group === group).map((row) => row.pid);
}

/** A process and everything below it, also what moved into a group of its own. */
export async function descendants(root: number): Promise<readonly number[]> {
	const rows = await listProcesses();
	const found = new Set([root]);
	for (let before = 0; before !== found.size; ) {
		before = found.size;
		for (const row of rows) {
			if (found.has(row.parent)) {
				found.add(row.pid);
			}
		}
	}
	return rows.map((row) => row.pid).filter((pid) => found.has(pid));
}

/** Living processes that were started with `name=value` in their environment. Only Linux tells; elsewhere `undefined`. */
export async function processesWithVariable(name: string, value: string): Promise<readonly number[] | undefined> {
	if (process.platform !== 'linux') {
		return undefined;
	}
	const rows = await listProcesses();
	const hits = await Promise.all(
		rows.map(async ({ pid }) => {
			const environ = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
			return environ.split('\0').includes(`${name}=${value}`) ? [pid] : [];
		}),
	);
	return hits.flat().filter((pid) => pid !== process.pid);
}

/** Asks the processes to end, and ends those that have not done so after `patienceMs`. Resolves when none is left. */
export async function endProcesses(pids: readonly number[], patienceMs = 3000): Promise<void> {
	signalAll(pids, 'SIGTERM');
	if (await waitUntilGone(pids, patienceMs)) {
		return;
	}
	signalAll(pids, 'SIGKILL');
	if (!(await waitUntilGone(pids, 5000))) {
		throw new Error(`These processes do not end: ${pids.join(', ')}`);
	}
}

function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
	for (const pid of pids) {
		try {
			process.kill(pid, signal);
		} catch {
			// Gone already.
		}
	}
}

async function waitUntilGone(pids: readonly number[], limitMs: number): Promise<boolean> {
	const end = Date.now() + limitMs;
	for (;;) {
		const living = new Set((await listProcesses()).map((row) => row.pid));
		if (!pids.some((pid) => living.has(pid))) {
			return true;
		}
		if (Date.now() > end) {
			return false;
		}
		await sleep(30);
	}
}

export interface AppServerRecord {
	readonly pid: number;
	readonly file: string;
}

/** The app-servers that say, in `<CODEX_HOME>/tiller/run`, that they run for this home, and do. */
export async function runningAppServers(codexHome: string): Promise<readonly AppServerRecord[]> {
	const folder = path.join(codexHome, 'tiller', 'run');
	const names = await readdir(folder).catch(() => []);
	const living = new Set((await listProcesses()).map((row) => row.pid));
	const records = await Promise.all(
		names
			.filter((name) => name.endsWith('.json'))
			.map(async (name) => {
				const file = path.join(folder, name);
				const pid = pidIn(await readFile(file, 'utf8').catch(() => ''));
				return pid !== undefined && living.has(pid) ? [{ pid, file }] : [];
			}),
	);
	return records.flat();
}

function pidIn(text: string): number | undefined {
	try {
		const value: unknown = JSON.parse(text);
		const pid = typeof value === 'object' && value !== null && 'pid' in value ? value.pid : undefined;
		return typeof pid === 'number' && Number.isInteger(pid) && pid > 1 ? pid : undefined;
	} catch {
		return undefined;
	}
}
