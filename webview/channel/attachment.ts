import { flag, type Is, number, object, oneOf, text } from './shape.ts';

const mentionKinds = ['file', 'folder', 'symbol', 'selection', 'problems', 'terminal', 'thread'] as const;

/** What goes with a message beside the typed words. All of it can be looked at before it is sent. */
export type Attachment = Is<typeof attachment>;
export const attachment = object(
	{
		kind: oneOf(...mentionKinds, 'image', 'skill', 'app'),
		/** In a few words: a path with a range of lines, the name of a thread. */
		label: text,
		/** What the model gets: the text itself, or the data URL of an image; of a skill its path, of an app its `app://` address. */
		content: text,
		/** Estimated. */
		tokens: number,
		/** Some of it was left out, since it is long. */
		cut: flag,
	},
	{
		/** The words in the message that stand for it: without them it does not go along. */
		words: text,
	},
);

/** Something that `@` can name. */
export type Mention = Is<typeof mention>;
export const mention = object({
	id: text,
	kind: oneOf(...mentionKinds),
	label: text,
	/** Where it is, or how much. */
	detail: text,
});
