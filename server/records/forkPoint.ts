import { turnAborted } from '../instructions/turnAborted.ts';
import { toWire } from '../model/responses/responseItemWire.ts';
import { linesOf } from '../store/rollout/forkRollout.ts';
import type { RolloutBytes } from '../store/rollout/rolloutBytes.ts';
import { LINE_BEGINNING, parseRolloutLine, type RolloutEntry } from '../store/rollout/rolloutLine.ts';
import { idOfPlace } from '../store/turns/turnSpan.ts';
import { eventMsg, RecordReader } from './records.ts';

/** Which part of a thread's records a fork begins with, in bytes. */
export interface ForkPoint {
	readonly from: number;
	readonly to: number;
	/** What has to follow, so that nothing of the source's still counts as under way. */
	readonly entries: readonly RolloutEntry[];
}

interface Turn {
	readonly id: string;
	readonly start: number;
	end: number;
	ended: boolean;
}

/** The last turn of the fork, or the first that it leaves out; null: it has all. */
export type ForkEnd = { readonly through: string | null } | { readonly before: string };

/** Lines that begin so say nothing about turns, and need not be parsed. */
const NO_EVENT = new RegExp(`${LINE_BEGINNING}"(?:response_item|turn_context|compacted|world_state|token_usage_record)"`);

/**
 * Finds where a fork is cut: behind the turn with this id, before it, or at the end. Null when the thread has no such turn (any more).
 * Reads the records once, line by line. Throws the file system's error.
 */
export async function findForkPoint(file: RolloutBytes, end: ForkEnd): Promise<ForkPoint | null> {
	const turnId = 'before' in end ? end.before : end.through;
	const reader = new RecordReader();
	let turns: Turn[] = [];
	let [from, to] = [0, 0];
	for await (const { text, start, end: lineEnd } of linesOf(file)) {
		// A line that is still being written, or was torn, stays out.
		if (!text.endsWith('\n')) break;
		const last = turns.at(-1);
		if (last && !last.ended) last.end = lineEnd;
		to = lineEnd;
		if (NO_EVENT.test(text)) continue;
		const line = parseRolloutLine(text);
		if (!line) continue;
		if (start === 0 && line.type === 'session_meta') from = lineEnd;
		for (const event of reader.read({ ...line, offset: start })) {
			if (event.type === 'turnStarted') {
				if (last && !last.ended) last.end = start;
				turns.push({ id: event.turnId, start, end: lineEnd, ended: false });
			} else if (event.type === 'turnEnded') {
				const turn = turns.findLast(({ id }) => id === event.turnId);
				if (turn) Object.assign(turn, { end: lineEnd, ended: true });
			} else if (event.type === 'turnsRolledBack') turns = turns.slice(0, Math.max(0, turns.length - event.count));
		}
	}
	// Of turns that are named alike the newest has the name, and the others go by their place.
	const named = () => turns.findLast(({ id }) => id === turnId) ?? turns.find(({ start }) => idOfPlace(start) === turnId);
	const turn = turnId === null ? turns.at(-1) : named();
	if (turnId !== null && !turn) return null;
	if ('before' in end && turn) {
		const previous = turns[turns.indexOf(turn) - 1];
		return { from, to: turn.start, entries: [...(previous && !previous.ended ? stopped(previous.id) : []), forked] };
	}
	return { from, to: turnId === null ? to : (turn?.end ?? to), entries: [...(turn && !turn.ended ? stopped(turn.id) : []), forked] };
}

/** Neither messages that wait nor a goal go over into the fork: they are worked on in the thread that they were given to. */
const forked = eventMsg('tiller_forked', {});

/** In the fork the turn that was running has ended. */
function stopped(turnId: string): readonly RolloutEntry[] {
	return [{ type: 'response_item', payload: toWire(turnAborted) }, eventMsg('turn_aborted', { turn_id: turnId, reason: 'interrupted' })];
}
