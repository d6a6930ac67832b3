import type { LineMark, LinePlace } from '../rollout/lineMark.ts';

/** Where the records of one turn lie. Offsets are bytes. */
export interface TurnSpan {
	readonly id: string;
	/** The id in its records, where a newer turn has the same one: ids of a thread's turns are told apart. */
	readonly recordedId?: string;
	readonly start: number;
	/** Where the next turn begins, or the end of the file. */
	readonly end: number;
	/** Whether there is a record of its beginning. */
	readonly recorded: boolean;
}

/** What lies between two recorded beginnings of turns, or before the first. */
interface Stretch {
	readonly start: Extract<LineMark, { kind: 'turnStarted' }> | null;
	/** In the order of the file. */
	readonly marks: readonly LineMark[];
	/** Where the stretch ends. */
	readonly end: number;
}

export interface StretchTurns {
	/** Turns and what takes back turns, in the order of the file. */
	readonly parts: readonly (TurnSpan | { readonly rolledBack: number })[];
	/** Records of other, earlier turns that were written late. */
	readonly late: readonly { readonly turnId: string; readonly place: LinePlace }[];
}

/** The id of a turn that was recorded without one. It is the same at every reading. */
export const idOfPlace = (offset: number) => `turn-${offset}`;

/** The offset in such an id; -1 in any other. */
export const offsetOfId = (id: string) => Number(/^turn-(\d+)$/.exec(id)?.[1] ?? -1);

/**
 * Finds the turns of a stretch. A recorded turn goes on until its recorded end, and what comes then without naming a turn begins one
 * that was not recorded; among those (old rollouts) each user message begins another.
 */
export function turnsOf({ start, marks, end }: Stretch): StretchTurns {
	const parts: (TurnSpan | { rolledBack: number })[] = [];
	const late: { turnId: string; place: LinePlace }[] = [];
	/** The turn whose records the marks are part of. It may have ended already: what names it still counts. */
	let turn: Omit<TurnSpan, 'end'> | null = null;
	let running = false;
	const begin = (next: Omit<TurnSpan, 'end'> | null, at: number) => {
		if (turn) parts.push({ ...turn, end: at });
		turn = next;
		running = next !== null;
	};
	const beginUnrecorded = (at: number) => begin({ id: idOfPlace(at), start: at, recorded: false }, at);
	/** The name that the turn's own records may carry. */
	const ownName = () => (turn?.recorded ? turn.id : null);

	if (start) begin({ id: start.turnId ?? idOfPlace(start.start), start: start.start, recorded: true }, start.start);
	for (const mark of marks) {
		switch (mark.kind) {
			case 'userMessage':
				if (!running || ownName() === null) beginUnrecorded(mark.start);
				break;
			case 'item':
				if (mark.opens && mark.turnId !== null && mark.turnId !== ownName())
					begin({ id: mark.turnId, start: mark.start, recorded: true }, mark.start);
				else if (mark.turnId !== null && mark.turnId !== ownName()) late.push({ turnId: mark.turnId, place: mark });
				else if (!running && mark.turnId === null) beginUnrecorded(mark.start);
				break;
			case 'turnEnded':
				if (mark.turnId === null || mark.turnId === ownName()) running = false;
				else late.push({ turnId: mark.turnId, place: mark });
				break;
			case 'rolledBack':
				begin(null, mark.start);
				parts.push({ rolledBack: mark.turns });
				break;
			default:
				break;
		}
	}
	begin(null, end);
	return { parts, late };
}
