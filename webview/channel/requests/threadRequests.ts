import * as z from 'zod/mini';
import { text, textOrNull } from '../../../server/protocol/wire/scalar.ts';
import { replies } from '../replies.ts';
import { done, pageRequest } from './define.ts';

const nothing = z.strictObject({});

/** The thread that is shown, and others. */
export const threadRequests = {
	newThread: pageRequest(nothing, done),
	openThread: pageRequest(z.strictObject({ threadId: text }), done),
	/** `turns` oldest first. */
	loadOlder: pageRequest(z.strictObject({ cursor: text }), replies.loadOlder),
	/** Makes room in the context by a summary. */
	compact: pageRequest(nothing, done),
	/** Goes on in a copy of the thread, which is shown then. */
	fork: pageRequest(nothing, done),
	/** Which branch or commit is asked in VS Code, and the request answered at once. */
	review: pageRequest(
		z.strictObject({
			target: z.discriminatedUnion('type', [
				z.strictObject({ type: z.literal('uncommittedChanges') }),
				z.strictObject({ type: z.literal('custom'), instructions: text }),
				z.strictObject({ type: z.literal(['baseBranch', 'commit']) }),
			]),
		}),
		done,
	),
	/** Opens a text of an item in an editor, however long it is. `pointer`: JSON pointer in the item; null for its main text. */
	showWhole: pageRequest(z.strictObject({ turnId: text, itemId: text, pointer: textOrNull, name: text }), done),
	/** Looks for words in all that is stored of the thread. Oldest first. */
	find: pageRequest(z.strictObject({ query: text }), replies.find),
	readStatus: pageRequest(nothing, replies.readStatus),
	/** Measured now; shares of the processor are those since the last time. */
	readResources: pageRequest(nothing, replies.readResources),
	/** Ends a command that still runs, of the thread that is shown unless another is named. */
	stopCommand: pageRequest(z.strictObject({ processId: text, threadId: z.optional(text) }), done),
};
