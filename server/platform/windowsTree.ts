import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

export interface ProcessEntry {
	readonly pid: number;
	readonly parent: number;
}

/** The output of a program as bytes; rejects when it fails. */
export type RunProgram = (file: string, args: readonly string[]) => Promise<Buffer>;

export interface WindowsTreeOptions {
	readonly run?: RunProgram;
	/** Ends one process; false when there is none. */
	readonly terminate?: (pid: number) => boolean;
	readonly systemRoot?: string;
}

/**
 * Ends a process and all that it started, at once: Windows knows no request to end that a console program would hear. First with `taskkill`,
 * which does it in one step, then what a list of processes still shows below it. Children whose parent has ended before are not found.
 */
export async function endWindowsTree(pid: number, options: WindowsTreeOptions = {}): Promise<void> {
	const { run = runProgram, terminate = terminateProcess, systemRoot = process.env['SystemRoot'] ?? 'C:\\Windows' } = options;
	// Taken before anything ends: afterwards nobody knows who belonged to whom.
	const table = await processTable(run, systemRoot);
	const tree = treeOf(pid, table);
	await run(`${systemRoot}\\System32\\taskkill.exe`, ['/pid', String(pid), '/T', '/F']).catch(() => null);
	for (const each of tree) terminate(each);
	// What was started between the look and the end.
	for (let round = 0; round < 3; round++) {
		const now = await processTable(run, systemRoot);
		const late = [...new Set(tree.flatMap((each) => treeOf(each, now)))].filter((each) => !tree.includes(each));
		if (late.length === 0) return;
		for (const each of late) terminate(each);
		await delay(20);
	}
}

/** The process and those below it, the outer ones first. */
export function treeOf(root: number, table: readonly ProcessEntry[]): readonly number[] {
	const found = [root];
	for (const pid of found)
		for (const entry of table) if (entry.parent === pid && !found.includes(entry.pid) && entry.pid !== 0) found.push(entry.pid);
	return found;
}

async function processTable(run: RunProgram, systemRoot: string): Promise<readonly ProcessEntry[]> {
	const ways: readonly (() => Promise<readonly ProcessEntry[]>)[] = [
		async () => readWmic(await run(`${systemRoot}\\System32\\wbem\\WMIC.exe`, ['process', 'get', 'ParentProcessId,ProcessId'])),
		async () => {
			const script = 'Get-CimInstance Win32_Process -Property ProcessId,ParentProcessId | ForEach-Object { "$($_.ParentProcessId) $($_.ProcessId)" }';
			const powershell = `${systemRoot}\\System32\\WindowsPowerShell\\v1.0\\powershell.exe`;
			return readRows((await run(powershell, ['-NoProfile', '-NonInteractive', '-Command', script])).toString('utf8'));
		},
	];
	for (const way of ways) {
		const table = await way().catch(() => []);
		if (table.length > 0) return table;
	}
	return [];
}

/** Its output is UTF-16 when it goes into a pipe. */
export function readWmic(output: Buffer): readonly ProcessEntry[] {
	const isWide = output.length > 1 && ((output[0] === 0xff && output[1] === 0xfe) || output[1] === 0);
	return readRows(output.toString(isWide ? 'utf16le' : 'latin1'));
}

/** Lines of two numbers, the parent first. */
function readRows(text: string): readonly ProcessEntry[] {
	return text.split(/\r?\n/).flatMap((line) => {
		const [, parent, pid] = /^\s*(\d+)\s+(\d+)\s*$/.exec(line) ?? [];
		return parent === undefined || pid === undefined ? [] : [{ parent: Number(parent), pid: Number(pid) }];
	});
}

function terminateProcess(pid: number): boolean {
	try {
		return process.kill(pid);
	} catch {
		return false;
	}
}

function runProgram(file: string, args: readonly string[]): Promise<Buffer> {
	return new Promise((resolve, reject) => {
		execFile(file, args, { windowsHide: true, encoding: 'buffer', timeout: 10_000, maxBuffer: 16 * 1024 * 1024 }, (error, stdout) => {
			if (error) reject(error);
			else resolve(stdout);
		});
	});
}
