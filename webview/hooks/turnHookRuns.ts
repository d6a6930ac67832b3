/** The runs of hooks among the items of a turn. Pure. */
import type { TurnHookRun } from '../../server/protocol/thread/turn.ts';
import type { TurnState } from '../state/viewState.ts';

export type HookRun = TurnHookRun['run'];

/** Adds a run that begins, or puts its end in its place. Hearing of one twice changes nothing: a hook's runs in one turn share their id. */
export function withHookRun(runs: readonly TurnHookRun[], { run, afterItemId }: TurnHookRun): readonly TurnHookRun[] {
	if (run.status === 'running') {
		const isKnown = runs.some((each) => each.run.id === run.id && (each.run.status === 'running' || each.run.startedAt >= run.startedAt));
		return isKnown ? runs : [...runs, { run, afterItemId }];
	}
	const at = runs.findLastIndex((each) => each.run.id === run.id && each.run.status === 'running');
	const begun = runs[at];
	if (begun !== undefined) return runs.with(at, { run, afterItemId: begun.afterItemId });
	const isKnown = runs.some(({ run: other }) => other.id === run.id && other.completedAt === run.completedAt && other.durationMs === run.durationMs);
	return isKnown ? runs : [...runs, { run, afterItemId }];
}

/** Whether a run did more than run: people should see that it did. */
export function saysSomething({ status, entries }: HookRun): boolean {
	return status !== 'completed' || entries.length > 0;
}

/** The runs behind each item, by the item's place in the turn; those before the first one at -1. */
export function runsByPlace({ items, hookRuns }: Pick<TurnState, 'items' | 'hookRuns'>): ReadonlyMap<number, readonly HookRun[]> {
	const places = new Map<number, HookRun[]>();
	let place = -1;
	for (const { run, afterItemId } of hookRuns) {
		const found = items.findLastIndex(({ item }) => item.id === afterItemId);
		// An item that is not shown leaves its hooks where those before it are.
		place = afterItemId === null ? -1 : found < 0 ? place : found;
		const there = places.get(place);
		if (there === undefined) places.set(place, [run]);
		else there.push(run);
	}
	return places;
}

/** Runs that are told in one line: each that says something by itself, those without a word together. */
export function linesOf(runs: readonly HookRun[]): readonly (readonly HookRun[])[] {
	const lines: HookRun[][] = [];
	for (const run of runs) {
		const last = lines.at(-1);
		const joins = last?.[0] !== undefined && !saysSomething(run) && !saysSomething(last[0]);
		if (joins) last.push(run);
		else lines.push([run]);
	}
	return lines;
}

/** How long a person waited for them, in milliseconds: hooks of one event run side by side. */
export function spentOn(runs: readonly HookRun[]): number {
	const longest = new Map<string, number>();
	for (const { eventName, durationMs } of runs) longest.set(eventName, Math.max(longest.get(eventName) ?? 0, durationMs ?? 0));
	return [...longest.values()].reduce((sum, each) => sum + each, 0);
}
