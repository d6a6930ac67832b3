import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readdir, readFile, readlink } from 'node:fs/promises';
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

/**
 * Living processes that work in a folder, by their command line, working directory or environment, and all below them; without this
 * process and its parents. Only Linux tells the last two of a process.
 */
export async function processesIn(folder: string): Promise<readonly number[]> {
	const rows = await listProcesses();
	const own = new Set<number>();
	for (let pid = process.pid; pid > 1 && !own.has(pid); ) {
		own.add(pid);
		pid = rows.find((row) => row.pid === pid)?.parent ?? 0;
	}
	const mention = new RegExp(`${RegExp.escape(folder)}(?![^/\\\\:;\\s\\0])`);
	const found = new Set((await processesThatSay(mention, rows)).filter((pid) => !own.has(pid)));
	for (let before = -1; before !== found.size; ) {
		before = found.size;
		for (const row of rows) if (found.has(row.parent) && !own.has(row.pid)) found.add(row.pid);
	}
	return [...found];
}

/** Ends at once what `processesIn` finds, and says what ran: the beginning of each command line. */
export async function endProcessesIn(folder: string): Promise<readonly string[]> {
	const ended = new Map<number, string>();
	// What is about to end can still start something; a further look finds it.
	for (let round = 0; round < 5; round++) {
		const living = await processesIn(folder);
		if (living.length === 0) break;
		for (const pid of living) if (!ended.has(pid)) ended.set(pid, await commandLine(pid));
		await endProcesses(living, 0);
	}
	return [...ended.values()];
}

async function commandLine(pid: number): Promise<string> {
	const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => `${pid}`);
	return text
		.replace(/[\0\s]+/g, ' ')
		.trim()
		.slice(0, 200);
}

/** A process may end meanwhile, or belong to somebody else. */
async function processesThatSay(mention: RegExp, rows: readonly ProcessRow[]): Promise<readonly number[]> {
	if (process.platform !== 'linux') {
		const { stdout } = await run('ps', ['-A', '-E', '-ww', '-o', 'pid=,command='], { maxBuffer: 64 * 1024 * 1024 });
		return stdout.split('\n').flatMap((line) => (mention.test(line) ? [Number.parseInt(line, 10)] : []));
	}
	const looks = rows.map(async ({ pid }) => {
		const said = await Promise.all([
			readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''),
			readFile(`/proc/${pid}/environ`, 'utf8').catch(() => ''),
			readlink(`/proc/${pid}/cwd`).catch(() => ''),
		]);
		return said.some((text) => mention.test(text)) ? [pid] : [];
	});
	return (await Promise.all(looks)).flat();
}

/** Tells a process from a later one of the same number; null when there is none. */
export function processIdentity(pid: number): string | null {
	if (process.platform === 'linux') {
		try {
			const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
			return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
		} catch {
			return null;
		}
	}
	const started = spawnSync('ps', ['-p', String(pid), '-o', 'lstart='], { encoding: 'utf8' }).stdout?.trim();
	return started === undefined || started === '' ? null : started;
}

/** Asks the processes to end, and ends those that have not done so after `patienceMs`; with 0 it does not ask. Resolves when none is left. */
export async function endProcesses(pids: readonly number[], patienceMs = 3000): Promise<void> {
	if (patienceMs > 0) {
		signalAll(pids, 'SIGTERM');
		if (await waitUntilGone(pids, patienceMs)) return;
	}
	signalAll(pids, 'SIGKILL');
	if (!(await waitUntilGone(pids, 60_000))) {
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
