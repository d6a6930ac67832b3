import { type Is, object, oneOf, text, textOrNull } from './shape.ts';

/** A question beside the thread, and its answer as far as it is there. Nothing of it is kept anywhere. */
export type SideQuestion = Is<typeof sideQuestion>;
export const sideQuestion = object({
	id: text,
	question: text,
	status: oneOf('answering', 'answered', 'stopped', 'failed'),
	/** Markdown. */
	answer: text,
	/** What is being looked at; null while the model writes. */
	step: textOrNull,
	/** Why it failed; else null. */
	problem: textOrNull,
});
