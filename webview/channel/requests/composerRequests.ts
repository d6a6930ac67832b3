import * as z from 'zod/mini';
import { text } from '../../../server/protocol/wire/scalar.ts';
import { replies } from '../replies.ts';
import { done, pageRequest } from './define.ts';

const nothing = z.strictObject({});

/** What only some servers can do. */
const ServerFeature = z.enum(['mcp', 'skills']);
export type ServerFeature = z.output<typeof ServerFeature>;

/** What the composer's menus offer, and what goes along with a message. */
export const composerRequests = {
	/** The person's own prompts, as they are on the disk now. */
	listPrompts: pageRequest(nothing, replies.listPrompts),
	/** Those that the connected MCP servers offer now; servers may take a while. */
	listServerPrompts: pageRequest(nothing, replies.listServerPrompts),
	/** The text of a prompt with its arguments in place, and what else it holds; nothing is sent. Null: the person did not want it after all. */
	expandPrompt: pageRequest(z.strictObject({ name: text, args: text }), replies.expandPrompt),
	/** The skills that are switched on where the thread works. */
	listSkills: pageRequest(nothing, replies.listSkills),
	/** Somebody looks for apps: news of them come as state. Answered at once. */
	listApps: pageRequest(nothing, done),
	/** Shows in VS Code what the server has. Answered at once. */
	showFeature: pageRequest(z.strictObject({ feature: ServerFeature }), done),
	/** What `@` can name, best first. */
	findMentions: pageRequest(z.strictObject({ query: text }), replies.findMentions),
	/** A mention of the last answers, with what it stands for now. */
	attach: pageRequest(z.strictObject({ id: text }), replies.attach),
	/** Files that were dropped onto the page. Those that cannot be attached are told of in `refused`. */
	attachFiles: pageRequest(z.strictObject({ uris: z.readonly(z.array(text)) }), replies.attachFiles),
};
