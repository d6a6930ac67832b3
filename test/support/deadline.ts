import { slownessVariable } from '../host/slowness.ts';

const slowness = Math.max(1, Number(process.env[slownessVariable] ?? 1) || 1);

/** A limit that is right on a usual machine, for this one. Limits keep a test from hanging; a slow machine reaches none. */
export function patient(ms: number): number {
	return ms * slowness;
}

/** Longest wait for a state that should come at once; tests on a busy machine need the slack, a right program does not. */
export const patienceMs = patient(30_000);

/** What a synchronous piece of work takes of the processor, in milliseconds of a usual machine: other programs do not count. */
export function processorMs(work: () => void): number {
	const before = process.cpuUsage();
	work();
	const { user, system } = process.cpuUsage(before);
	return (user + system) / 1000 / slowness;
}

/** The promise's value, or an error that says what did not come. `detail` is read when time is up. */
export async function within<T>(
	what: string,
	promise: Promise<T>,
	options: { readonly ms?: number; readonly detail?: () => string } = {},
): Promise<T> {
	const ms = options.ms ?? patienceMs;
	let timer: NodeJS.Timeout | undefined;
	const tooLate = new Promise<never>((_, reject) => {
		timer = setTimeout(
			() => reject(new Error(`Waited ${ms} ms in vain for ${what}.${options.detail === undefined ? '' : `\n${options.detail()}`}`)),
			ms,
		);
	});
	try {
		return await Promise.race([promise, tooLate]);
	} finally {
		clearTimeout(timer);
	}
}

/** Looks again and again until the state is there. For states that nothing announces: files, processes. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, ms: number = patienceMs): Promise<void> {
	for (const end = Date.now() + ms; !(await holds()); ) {
		if (Date.now() > end) {
			throw new Error(`Waited ${ms} ms in vain for ${what}.`);
		}
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
}
