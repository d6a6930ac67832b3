import { readFile } from 'node:fs/promises';
import type { Program } from './program.ts';

/** Resident memory of a program in MiB, by the process that was started; null where the system does not tell. */
export async function memoryOf(pid: number, { isLaunched }: Pick<Program, 'isLaunched'>): Promise<number | null> {
	try {
		const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
		const measured = isLaunched ? children.trim().split(' ')[0] || pid : pid;
		const kib = /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${measured}/status`, 'utf8'))?.[1];
		return kib === undefined ? null : Number(kib) / 1024;
	} catch {
		return null;
	}
}
