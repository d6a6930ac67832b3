/** Messages that were sent before, walked through with the up and down keys. Pure. */
import type { Attachment } from '../channel/attachment.ts';
import { type Draft, isAttachment, isNamed } from './draft.ts';

/** Words, and the skills and apps that they name: said again, they mean the same. */
export interface SaidBefore {
	readonly text: string;
	readonly skills: readonly Attachment[];
}

/** Messages that are kept; the oldest go first. */
const MAX_HISTORY = 50;
/** Longer ones are no words to say again. */
const MAX_LENGTH = 4000;

export function withHistory(history: readonly SaidBefore[], { text, attachments }: Draft): readonly SaidBefore[] {
	const words = text.trim();
	if (words === '' || words.length > MAX_LENGTH) {
		return history;
	}
	const skills = attachments.filter(isNamed);
	return [...history.filter((other) => other.text !== words), { text: words, skills }].slice(-MAX_HISTORY);
}

/** What was saved; a former version kept the words alone. Null when it is neither. */
export function parseSaidBefore(value: unknown): SaidBefore | null {
	if (typeof value === 'string') return { text: value, skills: [] };
	if (typeof value !== 'object' || value === null || !('text' in value && 'skills' in value)) return null;
	const { text, skills } = value;
	return typeof text === 'string' && Array.isArray(skills) ? { text, skills: skills.filter(isAttachment) } : null;
}

/** Where the person is in the history: `index` counts back from the newest; `typed` is what stood there before. */
export interface HistoryPlace {
	readonly index: number;
	readonly typed: SaidBefore;
}

export interface HistoryStep {
	readonly place: HistoryPlace | null;
	readonly said: SaidBefore;
}

/** One message further back or forward; null when there is none. After the newest comes what was typed. */
export function stepHistory(
	history: readonly SaidBefore[],
	place: HistoryPlace | null,
	step: { readonly by: 1 | -1; readonly now: SaidBefore },
): HistoryStep | null {
	const index = (place?.index ?? -1) + step.by;
	const typed = place?.typed ?? step.now;
	if (index === -1 && place !== null) {
		return { place: null, said: typed };
	}
	const said = history.at(-1 - index);
	return index < 0 || said === undefined ? null : { place: { index, typed }, said };
}
