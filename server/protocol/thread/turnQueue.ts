import * as z from 'zod/mini';
import { lazy } from '../wire/lazy.ts';
import { Personality, ReasoningEffort, ReasoningSummary } from '../account/model.ts';
import { ApprovalsReviewer, AskForApproval, PermissionProfile, PermissionProfileSelectionParams, SandboxPolicy } from '../approval/permission.ts';
import { flag, int64, maybeText, text, textOrNull, texts } from '../wire/scalar.ts';
import { CollaborationMode } from './turn.ts';
import { UserInput } from './turnInput.ts';

// Our own additions to the protocol: messages that wait for the running turn to end, and where each message is. What a client was
// answered is on disk. A client gives each message an id of its own, so that sending it again after a lost connection changes nothing.

/**
 * `queued`: goes out as a turn of its own after the running one. `accepted`: with the running turn, whose model has not got it yet.
 * `seen`: an item of the thread, with the message's `id` and `clientMessageId`.
 */
export const SentMessageState = lazy(() => z.enum(['queued', 'accepted', 'seen']));
export type SentMessageState = z.infer<typeof SentMessageState>;

export const SentMessage = lazy(() =>
	z.object({
		/** Also of the item that it becomes. */
		id: text,
		clientMessageId: textOrNull,
		input: z.array(UserInput),
		state: SentMessageState,
		/** The turn that has it; null while it is queued. */
		turnId: textOrNull,
		/** Unix milliseconds. */
		sentAtMs: int64,
	}),
);
export type SentMessage = z.infer<typeof SentMessage>;

/**
 * The message starts a turn at once when none runs and none is queued. The settings hold from its turn on, as those of `turn/start` do.
 * A `clientMessageId` that is known already is answered with what became of its message.
 */
export const TurnQueueAddParams = lazy(() =>
	z.object({
		threadId: text,
		clientMessageId: maybeText,
		input: z.array(UserInput),
		cwd: maybeText,
		approvalPolicy: z.nullish(AskForApproval),
		approvalsReviewer: z.nullish(ApprovalsReviewer),
		sandboxPolicy: z.nullish(SandboxPolicy),
		permissions: z.nullish(PermissionProfileSelectionParams),
		permissionProfile: z.nullish(PermissionProfile),
		model: maybeText,
		modelProvider: maybeText,
		serviceTier: maybeText,
		effort: z.nullish(ReasoningEffort),
		summary: z.nullish(ReasoningSummary),
		personality: z.nullish(Personality),
		collaborationMode: z.nullish(CollaborationMode),
	}),
);
export type TurnQueueAddParams = z.infer<typeof TurnQueueAddParams>;

export const TurnQueueAddResponse = lazy(() => z.object({ message: SentMessage }));
export type TurnQueueAddResponse = z.infer<typeof TurnQueueAddResponse>;

export const TurnQueueListParams = lazy(() => z.object({ threadId: text }));
export type TurnQueueListParams = z.infer<typeof TurnQueueListParams>;

const queue = {
	/** Those that were accepted, then the queue in its order. */
	messages: z.array(SentMessage),
	/** The queue waits for a person: the last turn was stopped or failed, or the server was started again. The next turn ends that. */
	paused: flag,
};

export const TurnQueueListResponse = lazy(() => z.object(queue));
export type TurnQueueListResponse = z.infer<typeof TurnQueueListResponse>;

export const TurnQueueUpdateParams = lazy(() => z.object({ threadId: text, messageId: text, input: z.array(UserInput) }));
export type TurnQueueUpdateParams = z.infer<typeof TurnQueueUpdateParams>;

export const TurnQueueUpdateResponse = lazy(() => z.object({ message: SentMessage }));
export type TurnQueueUpdateResponse = z.infer<typeof TurnQueueUpdateResponse>;

export const TurnQueueRemoveParams = lazy(() => z.object({ threadId: text, messageId: text }));
export type TurnQueueRemoveParams = z.infer<typeof TurnQueueRemoveParams>;

/** The message as it was, so that its text can be kept elsewhere. */
export const TurnQueueRemoveResponse = lazy(() => z.object({ message: SentMessage }));
export type TurnQueueRemoveResponse = z.infer<typeof TurnQueueRemoveResponse>;

/** The new order. Queued messages that are not named come last, as they were. */
export const TurnQueueReorderParams = lazy(() => z.object({ threadId: text, messageIds: texts }));
export type TurnQueueReorderParams = z.infer<typeof TurnQueueReorderParams>;

export const TurnQueueReorderResponse = lazy(() => z.object(queue));
export type TurnQueueReorderResponse = z.infer<typeof TurnQueueReorderResponse>;

/** Sends a queued message now: to the running turn, or as a turn of its own when none runs. */
export const TurnQueueSendParams = lazy(() => z.object({ threadId: text, messageId: text }));
export type TurnQueueSendParams = z.infer<typeof TurnQueueSendParams>;

export const TurnQueueSendResponse = lazy(() => z.object({ turnId: text }));
export type TurnQueueSendResponse = z.infer<typeof TurnQueueSendResponse>;

/** Everything that waits, after every change of it. Also sent to a client that resumes a thread in which something waits. */
export const TurnQueueUpdatedNotification = lazy(() => z.object({ threadId: text, ...queue }));
export type TurnQueueUpdatedNotification = z.infer<typeof TurnQueueUpdatedNotification>;
