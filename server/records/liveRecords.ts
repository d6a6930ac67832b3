import type { RolloutLine } from '../store/rollout/rolloutLine.ts';
import { RecordReader } from './records.ts';

/**
 * The records that still count: without what a rollback took out of the thread. A rollout is only ever added to, so the records of a
 * turn that was taken back stay in the file; whoever rebuilds what the model sees or what was set last leaves them out.
 * Records of ours that belong to no turn (the inbox, the goal) and those of tokens that were spent always count.
 */
export function liveRecords(lines: readonly RolloutLine[]): readonly RolloutLine[] {
	if (!lines.some((line) => line.type === 'event_msg' && line.payload.type === 'thread_rolled_back')) return lines;
	const reader = new RecordReader();
	let live: RolloutLine[] = [];
	let starts: number[] = [];
	for (const line of lines) {
		const events = reader.read(line);
		const rollback = events.find((event) => event.type === 'turnsRolledBack');
		if (rollback) {
			const from = starts.at(-rollback.count) ?? starts[0] ?? live.length;
			live = [...live.slice(0, from), ...live.slice(from).filter(alwaysCounts)];
			starts = starts.filter((start) => start < from);
			continue;
		}
		if (events.some((event) => event.type === 'turnStarted')) starts.push(startOf(live, line));
		live.push(line);
	}
	return live;
}

/** Without boundary records a turn begins with its user message, which is recorded for the model right before it is for people. */
function startOf(live: readonly RolloutLine[], line: RolloutLine): number {
	const last = live.at(-1);
	const isMessage = last?.type === 'response_item' && last.payload.type === 'message' && last.payload.role === 'user';
	return line.payload.type === 'user_message' && isMessage ? live.length - 1 : live.length;
}

function alwaysCounts({ type, payload }: RolloutLine): boolean {
	return type === 'event_msg' && typeof payload.type === 'string' && (payload.type === 'token_count' || payload.type.startsWith('tiller_'));
}
