/** What a thread tells people who follow it. */
import { l10n, type Text, textOf } from '../words/l10n.ts';

export const stalledGoal = (turns: number): Text =>
	l10n`The goal is paused: ${turns} turns in a row did nothing for it. Say what is missing, or set it to active again.`;

export const notSaved = (error: unknown): Text =>
	l10n`This thread cannot be saved right now (${textOf(error)}). It goes on in memory and is saved when writing works again.`;
