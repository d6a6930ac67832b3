import type { HookRun } from '../items/hookRun.ts';

/** A run of a hook, and where it stands among the items of its turn: behind this one; null before the first. */
export interface PlacedHookRun {
	readonly run: HookRun;
	readonly afterItemId: string | null;
}

/** Adds a run that begins, or puts the end of a run in its place. The runs of one hook in one turn share their id. */
export function withHookRun(runs: readonly PlacedHookRun[], { run, afterItemId }: PlacedHookRun): readonly PlacedHookRun[] {
	const at = run.status === 'running' ? -1 : runs.findLastIndex((each) => each.run.id === run.id && each.run.status === 'running');
	const begun = runs[at];
	return begun === undefined ? [...runs, { run, afterItemId }] : runs.with(at, { run, afterItemId: begun.afterItemId });
}
