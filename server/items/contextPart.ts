/** Words for the model that come before a person's next message: what there is, what the folder wants, what has changed. */
export interface ContextPart {
	readonly role: 'developer' | 'user';
	/**
	 * What its text begins with, such as `<skills_instructions>`: by that the part is found again in the history. It is told again only
	 * when its text is another one than the last that begins so.
	 */
	readonly opening: string;
	readonly text: string;
}
