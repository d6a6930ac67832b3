import type { Program } from './program.ts';
import type { TimedModel } from './model.ts';

export interface Row {
	readonly key: string;
	readonly name: string;
	readonly unit: 'ms' | 'µs' | 'MiB' | 'MB' | '×';
	/** The most that ours may take; null for a row without a budget. */
	readonly budget: number | null;
	/** The largest ratio of ours to another program that is wanted; left out where none is. */
	readonly atMost?: number;
}

/** Figures by row. A figure that this machine cannot give is left out. */
export type Figures = Readonly<Record<string, readonly number[]>>;

/** One piece of work that is done with each program and fills one or more rows. */
export interface Measure {
	readonly id: string;
	readonly rows: readonly Row[];
	/** Runs only where `--only` names it: it takes minutes. */
	readonly onlyWhenNamed?: boolean;
	/** Throws `Refusal` when the program does not have what is measured. */
	run(program: Program, model: TimedModel): Promise<Figures>;
}

/** How long the work took, in milliseconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
	const began = performance.now();
	await work();
	return performance.now() - began;
}

export async function repeated<T>(times: number, work: (n: number) => Promise<T>): Promise<T[]> {
	const results: T[] = [];
	for (let n = 0; n < times; n++) {
		results.push(await work(n));
	}
	return results;
}
