/** What the commands of a turn said of its tests, before its edits and after them. Pure. */
import { shellScriptOf } from '../../server/protocol/approval/shellScript.ts';
import type { ThreadItem } from '../../server/protocol/thread/item.ts';
import { type TestCounts, testSummary } from '../text/testSummary.ts';

export interface TestRun {
	readonly itemId: string;
	readonly command: string;
	readonly counts: TestCounts;
}

export interface TurnTests {
	/** The last run of the same command before the first edit; null when there was none, or nothing was edited. */
	readonly before: TestRun | null;
	/** The last run after the last edit, or at all when nothing was edited; null when the tests did not run again. */
	readonly after: TestRun | null;
}

/** An item keeps what was read from its output. */
const known = new WeakMap<ThreadItem, TestRun | null>();

/** Null when no tests ran. */
export function turnTests(items: readonly { readonly item: ThreadItem }[]): TurnTests | null {
	const isEdit = ({ item }: { readonly item: ThreadItem }): boolean => item.type === 'fileChange' && item.status === 'completed';
	const first = items.findIndex(isEdit);
	if (first < 0) {
		const last = runsIn(items).at(-1);
		return last === undefined ? null : { before: null, after: last };
	}
	const earlier = runsIn(items.slice(0, first));
	const after = runsIn(items.slice(items.findLastIndex(isEdit) + 1)).at(-1) ?? null;
	const before = earlier.findLast((run) => after === null || comparable(run, after)) ?? null;
	return before === null && after === null ? null : { before, after };
}

/** Another command may run other tests: their numbers say nothing about each other. */
function comparable(one: TestRun, other: TestRun): boolean {
	return one.command === other.command && one.counts.unit === other.counts.unit;
}

function runsIn(items: readonly { readonly item: ThreadItem }[]): readonly TestRun[] {
	return items.flatMap(({ item }) => runOf(item) ?? []);
}

function runOf(item: ThreadItem): TestRun | null {
	if (item.type !== 'commandExecution' || (item.status !== 'completed' && item.status !== 'failed')) return null;
	// A file that is read, or a search, may hold the words of a run of some other day.
	const looks = item.commandActions.length > 0 && item.commandActions.every(({ type }) => type !== 'unknown');
	if (looks || !item.aggregatedOutput) return null;
	const before = known.get(item);
	if (before !== undefined) return before;
	const counts = testSummary(item.aggregatedOutput);
	const run = counts === null ? null : { itemId: item.id, command: shellScriptOf(item.command).trim(), counts };
	known.set(item, run);
	return run;
}
