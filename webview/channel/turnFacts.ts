/** What the host knows of a turn besides its items. */
import { flag, type Is, list, number, object, oneOf, text, textOrNull } from './shape.ts';

/** A file that the agent's patch could not be merged into; shown until the person dismisses it or the file is changed. */
export type FileConflict = Is<typeof fileConflict>;
export const fileConflict = object({ itemId: text, path: text, message: text });

/** What a turn changed on the disk, also by commands. */
export type TurnChanges = Is<typeof turnChanges>;
export const turnChanges = object({
	files: number,
	/** Taken back by the person. */
	undone: flag,
});

/** What VS Code's language servers knew before and after a turn; `before - fixed + addedCount` is `after`. */
export type TurnProblems = Is<typeof turnProblems>;
export const turnProblems = object({
	before: number,
	after: number,
	fixed: number,
	/** The first of those that came in the turn. */
	added: list(
		object({
			/** As the agent finds it: relative to its folder, or absolute. */
			path: text,
			/** From 1. */
			line: number,
			severity: oneOf('error', 'warning'),
			message: text,
			source: text,
		}),
	),
	addedCount: number,
	/** In files of which nothing was known at the one time or the other. */
	notCompared: number,
});

/** What of the agent's changes waits for a decision, in the whole workspace. */
export const reviewCount = object({ files: number });

/** The newest `turn/plan/updated` of a turn. */
export type TurnPlan = Is<typeof turnPlan>;
export const turnPlan = object({
	explanation: textOrNull,
	steps: list(object({ step: text, status: oneOf('pending', 'inProgress', 'completed') })),
});
