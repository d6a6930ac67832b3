/** Words that were sent before, walked through with the up and down keys. Pure. */

/** Messages that are kept; the oldest go first. */
const maxHistory = 50;
/** Longer ones are no words to say again. */
const maxLength = 4000;

export function withHistory(history: readonly string[], text: string): readonly string[] {
	const words = text.trim();
	if (words === '' || words.length > maxLength) {
		return history;
	}
	return [...history.filter((other) => other !== words), words].slice(-maxHistory);
}

/** Where the person is in the history: `index` counts back from the newest; `typed` is what stood there before. */
export interface HistoryPlace {
	readonly index: number;
	readonly typed: string;
}

export interface HistoryStep {
	readonly place: HistoryPlace | null;
	readonly text: string;
}

/** One message further back or forward; null when there is none. After the newest comes what was typed. */
export function stepHistory(
	history: readonly string[],
	place: HistoryPlace | null,
	step: { readonly by: 1 | -1; readonly text: string },
): HistoryStep | null {
	const index = (place?.index ?? -1) + step.by;
	const typed = place?.typed ?? step.text;
	if (index === -1 && place !== null) {
		return { place: null, text: typed };
	}
	const text = history.at(-1 - index);
	return index < 0 || text === undefined ? null : { place: { index, typed }, text };
}
