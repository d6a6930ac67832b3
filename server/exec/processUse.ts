import fs from 'node:fs/promises';
import { hostPlatform } from '../platform/host.ts';

/** What a process and all that it started take of the machine. */
export interface TreeUse {
	readonly processes: number;
	/** Processor time since they began, in milliseconds. What ended before is not in it. */
	readonly cpuMs: number;
	/** Shared memory counts in proportion where the system tells, else in full. */
	readonly memoryBytes: number;
	/** Unix milliseconds, of the first process; null when the system does not tell. */
	readonly startedAtMs: number | null;
	/** Of the first process alone. */
	readonly own: { readonly cpuMs: number; readonly memoryBytes: number };
}

interface ProcessUse {
	readonly cpuMs: number;
	readonly memoryBytes: number;
	readonly startedAtMs: number | null;
}

interface ProcessTable {
	/** The parent of each process on the machine. */
	readonly parents: ReadonlyMap<number, number>;
	/** Of those that still run. */
	use(pids: readonly number[]): Promise<ReadonlyMap<number, ProcessUse>>;
}

/**
 * The use of each root with all of its descendants, but without those below another root. What ends meanwhile is left out, a root too.
 * Never rejects for a process that is gone; rejects when the system cannot be asked at all.
 */
export async function readTreeUse(roots: readonly number[], platform: NodeJS.Platform = hostPlatform): Promise<ReadonlyMap<number, TreeUse>> {
	const table = platform === 'linux' ? await linuxTable() : await portableTable();
	const owners = treeOwners(roots, table.parents);
	const use = await table.use([...owners.keys()]);
	const trees = new Map<number, TreeUse>();
	for (const [pid, root] of owners) {
		const own = use.get(pid);
		if (own === undefined) continue;
		const before = trees.get(root) ?? { processes: 0, cpuMs: 0, memoryBytes: 0, startedAtMs: null, own: { cpuMs: 0, memoryBytes: 0 } };
		trees.set(root, {
			processes: before.processes + 1,
			cpuMs: before.cpuMs + own.cpuMs,
			memoryBytes: before.memoryBytes + own.memoryBytes,
			startedAtMs: pid === root ? own.startedAtMs : before.startedAtMs,
			own: pid === root ? { cpuMs: own.cpuMs, memoryBytes: own.memoryBytes } : before.own,
		});
	}
	return trees;
}

/** Which root each process belongs to: the nearest one above it. Processes below none are not in the map. Pure. */
export function treeOwners(roots: readonly number[], parents: ReadonlyMap<number, number>): ReadonlyMap<number, number> {
	const wanted = new Set(roots);
	const owners = new Map<number, number>(roots.map((root) => [root, root]));
	for (const pid of parents.keys()) {
		const path: number[] = [];
		// The table is no snapshot: a process id that was used again could make a circle.
		const seen = new Set<number>();
		let at: number | undefined = pid;
		while (at !== undefined && !owners.has(at) && !seen.has(at)) {
			seen.add(at);
			path.push(at);
			at = parents.get(at);
		}
		const owner = at === undefined ? undefined : owners.get(at);
		if (owner !== undefined) for (const each of path) if (!wanted.has(each)) owners.set(each, owner);
	}
	return owners;
}

/** The kernel's unit for processor times towards programs is a hundredth of a second on every platform of Linux. */
const TICK_MS = 10;
const PAGE_BYTES = 4096;

interface LinuxStat {
	readonly parent: number;
	readonly cpuMs: number;
	readonly startTicks: number;
	readonly residentPages: number;
}

async function linuxTable(): Promise<ProcessTable> {
	const pids = (await fs.readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
	const stats = new Map<number, LinuxStat>();
	await Promise.all(
		pids.map(async (pid) => {
			const stat = await readIfThere(`/proc/${pid}/stat`);
			const parsed = stat === null ? null : parseStat(stat);
			if (parsed !== null) stats.set(pid, parsed);
		}),
	);
	const boot = /^btime (\d+)$/m.exec((await readIfThere('/proc/stat')) ?? '')?.[1];
	return {
		parents: new Map([...stats].map(([pid, { parent }]) => [pid, parent])),
		use: async (wanted) => {
			const found = await Promise.all(
				wanted.map(async (pid): Promise<readonly [number, ProcessUse] | null> => {
					const stat = stats.get(pid);
					if (stat === undefined) return null;
					const proportional = /^Pss:\s+(\d+) kB$/m.exec((await readIfThere(`/proc/${pid}/smaps_rollup`)) ?? '')?.[1];
					const memoryBytes = proportional === undefined ? stat.residentPages * PAGE_BYTES : Number(proportional) * 1024;
					const startedAtMs = boot === undefined ? null : Number(boot) * 1000 + stat.startTicks * TICK_MS;
					return [pid, { cpuMs: stat.cpuMs, memoryBytes, startedAtMs }];
				}),
			);
			return new Map(found.filter((entry) => entry !== null));
		},
	};
}

/** Null when it cannot be read: it has ended, or belongs to somebody else. */
async function readIfThere(file: string): Promise<string | null> {
	try {
		return await fs.readFile(file, 'utf8');
	} catch {
		return null;
	}
}

/** `/proc/PID/stat`: the name in parentheses may hold anything. Null when it does not read like one. */
export function parseStat(text: string): LinuxStat | null {
	const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
	const [parent, user, system, startTicks, residentPages] = [1, 11, 12, 19, 21].map((index) => Number(fields[index] ?? Number.NaN));
	if (parent === undefined || user === undefined || system === undefined || startTicks === undefined || residentPages === undefined) return null;
	const numbers = [parent, user, system, startTicks, residentPages];
	return numbers.every(Number.isFinite) ? { parent, cpuMs: (user + system) * TICK_MS, startTicks, residentPages } : null;
}

/** macOS and Windows. Both libraries start a program of the system for each question. */
async function portableTable(): Promise<ProcessTable> {
	const [{ default: pidtree }, { default: pidusage }] = await Promise.all([import('pidtree'), import('pidusage')]);
	const all = await pidtree(-1, { advanced: true });
	const there = new Set(all.map(({ pid }) => pid));
	return {
		parents: new Map(all.map(({ pid, ppid }) => [pid, ppid])),
		use: async (wanted) => {
			const use = new Map<number, ProcessUse>();
			const take = (stat: Usage | null | undefined): void => {
				if (!stat) return;
				const { pid, ctime, memory, elapsed, timestamp } = stat;
				use.set(pid, { cpuMs: Math.round(ctime), memoryBytes: memory, startedAtMs: Math.round(timestamp - elapsed) });
			};
			const pids = wanted.filter((pid) => there.has(pid));
			if (pids.length === 0) return use;
			try {
				// One that has ended meanwhile is null, whatever its types say; when all have, it rejects.
				for (const stat of Object.values<Usage | null>(await pidusage(pids))) take(stat);
			} catch {
				for (const pid of pids) take(await pidusage(pid).catch(() => null));
			}
			return use;
		},
	};
}

interface Usage {
	readonly pid: number;
	readonly ctime: number;
	readonly memory: number;
	readonly elapsed: number;
	readonly timestamp: number;
}
