import * as z from 'zod/mini';
import type { Turn } from '../../../server/protocol/thread/turn.ts';
import { text, textOrNull } from '../../../server/protocol/wire/scalar.ts';
import type { ResourceInfo, ThreadStatusInfo } from '../statusInfo.ts';
import { done, pageRequest, reply } from './define.ts';

const nothing = z.strictObject({});

/** An item with the words that were looked for, and how often it has them. */
export interface FoundItem {
	readonly turnId: string;
	readonly itemId: string;
	readonly count: number;
}

/** The thread that is shown, and others. */
export const threadRequests = {
	newThread: pageRequest(nothing, done),
	openThread: pageRequest(z.strictObject({ threadId: text }), done),
	/** `turns` oldest first. */
	loadOlder: pageRequest(z.strictObject({ cursor: text }), reply<{ readonly turns: readonly Turn[]; readonly cursor: string | null }>()),
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
	find: pageRequest(z.strictObject({ query: text }), reply<{ readonly found: readonly FoundItem[] }>()),
	readStatus: pageRequest(nothing, reply<ThreadStatusInfo>()),
	/** Measured now; shares of the processor are those since the last time. */
	readResources: pageRequest(nothing, reply<ResourceInfo>()),
	/** Ends a command that still runs, of the thread that is shown unless another is named. */
	stopCommand: pageRequest(z.strictObject({ processId: text, threadId: z.optional(text) }), done),
};
