import type { ServerNotification } from '../protocol/serverMessages.ts';
import type { QueuedSubmission } from '../protocol/thread/threadQueue.ts';
import type { SentMessage as WireSentMessage, TurnQueueListResponse } from '../protocol/thread/turnQueue.ts';
import type { InboxView, SentMessage } from '../thread/inbox.ts';
import type { QueuedMessage } from '../records/inboxRecords.ts';
import { toUserInput } from './wireItem.ts';

export function toSentMessage(sent: SentMessage): WireSentMessage {
	const { id, clientId, content, sentAt } = sent.message;
	return {
		id,
		clientMessageId: clientId,
		input: content.map(toUserInput),
		state: sent.state,
		turnId: sent.state === 'queued' ? null : sent.turnId,
		sentAtMs: sentAt,
	};
}

export function toQueue(view: InboxView): TurnQueueListResponse {
	return { messages: view.messages.map(toSentMessage), paused: view.paused };
}

export function toQueueUpdated(threadId: string, view: InboxView): ServerNotification {
	return { method: 'turn/queue/updated', params: { threadId, ...toQueue(view) } };
}

/** The same message as newer clients see it. */
export function toSubmission({ id, clientId, content, metadata }: Omit<QueuedMessage, 'overrides'>): QueuedSubmission {
	return {
		id,
		input: content.map(toUserInput),
		clientUserMessageId: clientId ?? id,
		responsesapiClientMetadata: metadata && { ...metadata },
	};
}
