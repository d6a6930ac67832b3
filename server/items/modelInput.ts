import type { ResponseItem } from './responseItem.ts';

/** What a person sent, ready for the model. */
export interface ModelInput {
	readonly message: ResponseItem;
	/** What the message refers to, such as the text of a skill: comes right behind it, and is not shown. */
	readonly following: readonly ResponseItem[];
}
