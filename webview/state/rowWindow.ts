/** Which rows of a long transcript are in the document. One row is one item; a turn without items is one row. */
import { itemKey } from './itemKey.ts';
import type { TurnState } from './viewState.ts';

export interface TurnSlice {
	readonly turn: TurnState;
	/** Place of the turn among those that are loaded, from 0. */
	readonly index: number;
	/** Items `from` up to, not including, `to` are drawn. */
	readonly from: number;
	readonly to: number;
}

function rowsOf(turn: TurnState): number {
	return Math.max(1, turn.items.length);
}

export function totalRows(turns: readonly TurnState[]): number {
	return turns.reduce((sum, turn) => sum + rowsOf(turn), 0);
}

/** Rows before the turn with this id; null when it is not there. */
export function rowsBefore(turns: readonly TurnState[], turnId: string): number | null {
	const index = turns.findIndex(({ id }) => id === turnId);
	return index < 0 ? null : totalRows(turns.slice(0, index));
}

export function sliceRows(turns: readonly TurnState[], start: number, end: number): readonly TurnSlice[] {
	const slices: TurnSlice[] = [];
	let offset = 0;
	turns.forEach((turn, index) => {
		const rows = rowsOf(turn);
		const [from, to] = [Math.max(0, start - offset), Math.min(rows, end - offset)];
		if (from < to) {
			slices.push({ turn, index, from, to: Math.min(to, turn.items.length) });
		}
		offset += rows;
	});
	return slices;
}

export function rowKey(turnId: string, itemId: string): string {
	return `${turnId}/${itemId}`;
}

/** Index of the row with this key; null when it is not loaded. */
export function findRow(turns: readonly TurnState[], key: string): number | null {
	let offset = 0;
	for (const turn of turns) {
		if (key.startsWith(`${turn.id}/`)) {
			const index = turn.items.findIndex(({ item }) => rowKey(turn.id, itemKey(item)) === key);
			return index < 0 ? null : offset + index;
		}
		offset += rowsOf(turn);
	}
	return null;
}
