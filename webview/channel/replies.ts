/** What the host answers to the page's requests, for those that are answered with more than that it is done. */
import { attachment, mention } from './attachment.ts';
import { promptEntry, skillEntry } from './menuEntries.ts';
import { flag, type Is, list, nullable, number, object, oneOf, text, textOrNull } from './shape.ts';
import { resourceInfo, threadStatusInfo } from './statusInfo.ts';
import { turn } from './wireShapes.ts';

/** An item with the words that were looked for, and how often it has them. */
export type FoundItem = Is<typeof foundItem>;
const foundItem = object({ turnId: text, itemId: text, count: number });

const sent = object({ delivery: oneOf('started', 'steered', 'queued') });
const prompts = object({ prompts: list(promptEntry) });

export const replies = {
	send: sent,
	sent,
	/** False when somebody was faster. */
	answer: object({ accepted: flag }),
	/** `turns` oldest first. */
	loadOlder: object({ turns: list(turn), cursor: textOrNull }),
	/** Oldest first. */
	find: object({ found: list(foundItem) }),
	readStatus: threadStatusInfo,
	readResources: resourceInfo,
	listPrompts: prompts,
	listServerPrompts: prompts,
	/** Null: the person did not want it after all. */
	expandPrompt: object({ text: nullable(text) }, { attachments: list(attachment) }),
	listSkills: object({ skills: list(skillEntry) }),
	/** Best first. */
	findMentions: object({ items: list(mention) }),
	attach: object({ words: text, attachment }),
	/** `refused`: those that cannot be attached, and why. */
	attachFiles: object({ attachments: list(attachment), refused: list(text) }),
	readPicture: object({ address: text }),
};
