import type { LineFilter, TurnRecords } from './turnRecords.ts';

/** The turns of a thread as they were when they were asked for, by position: 0 is the newest. Every call may throw the file system's error. */
export interface StoredTurnList {
	/** Another one whenever one of the turns may be another one. Null where nobody can tell. */
	readonly stamp: string | null;
	/** The position of a turn; -1 when there is none of this id. */
	positionOf(turnId: string): Promise<number>;
	/** Whether there is a turn at a position. */
	has(position: number): Promise<boolean>;
	count(): Promise<number>;
	/** The records of the turns from one position up to another, which is left out; `wanted` is made anew for each. Read as they are asked for. */
	read(range: { readonly from: number; readonly to: number }, wanted: () => LineFilter): AsyncIterable<TurnRecords>;
}

export type TurnsAnswer = { readonly type: 'turns'; readonly turns: StoredTurnList } | { readonly type: 'unsupported' };
export type TurnItemsAnswer =
	| { readonly type: 'records'; readonly records: TurnRecords }
	| { readonly type: 'unknownTurn'; readonly turnId: string }
	| { readonly type: 'unsupported' };

/** The part of a thread store that gives single turns. */
export interface TurnStore {
	/** Throws the file system's error. */
	listTurns(thread: { readonly path: string }): TurnsAnswer;
	/** The records of one turn. Throws the file system's error. */
	listTurnItems(thread: { readonly path: string }, turnId: string, wanted: () => LineFilter): Promise<TurnItemsAnswer>;
}

/** For a store that has threads as a whole only. */
export const noTurns: TurnStore = {
	listTurns: () => ({ type: 'unsupported' }),
	listTurnItems: () => Promise.resolve({ type: 'unsupported' }),
};
