/** What goes with a message beside the typed words. All of it can be looked at before it is sent. */
export interface Attachment {
	readonly kind: 'file' | 'folder' | 'symbol' | 'selection' | 'problems' | 'terminal' | 'thread' | 'image' | 'skill';
	/** In a few words: a path with a range of lines, the name of a thread. */
	readonly label: string;
	/** What the model gets: the text itself, or the data URL of an image; of a skill its path. */
	readonly content: string;
	/** Estimated. */
	readonly tokens: number;
	/** Some of it was left out, since it is long. */
	readonly cut: boolean;
	/** The words in the message that stand for it: without them it does not go along. */
	readonly words?: string;
}

/** Something that `@` can name. */
export interface Mention {
	readonly id: string;
	readonly kind: Exclude<Attachment['kind'], 'image' | 'skill'>;
	readonly label: string;
	/** Where it is, or how much. */
	readonly detail: string;
}
