import * as z from 'zod/mini';
import { ItemGuardianApprovalReviewCompletedNotification } from '../../../server/protocol/approval/guardian.ts';
import { UserInput } from '../../../server/protocol/thread/turnInput.ts';
import { text } from '../../../server/protocol/wire/scalar.ts';
import { QuestionAnswer } from './answers.ts';
import { replies } from '../replies.ts';
import { done, pageRequest } from './define.ts';

const input = z.readonly(z.array(UserInput));
const queued = z.strictObject({ messageId: text });
const beside = z.strictObject({ id: text });
const nothing = z.strictObject({});

/** Messages to the agent, those that wait, and answers to its questions. */
export const messageRequests = {
	/**
	 * `now`: to the running turn, or as a new one. `queue`: as a turn of its own after the running one. `id` is the page's own; the same one
	 * again is answered with what became of its message, and nothing is sent twice.
	 */
	send: pageRequest(z.strictObject({ id: text, input, delivery: z.enum(['now', 'queue']) }), replies.send),
	/** What became of a message that a page before this one sent; rejects when it did not arrive, or the host does not know it. */
	sent: pageRequest(z.strictObject({ id: text }), replies.sent),
	changeQueued: pageRequest(z.strictObject({ messageId: text, input }), done),
	removeQueued: pageRequest(queued, done),
	/** The new order of the whole queue. */
	orderQueue: pageRequest(z.strictObject({ messageIds: z.readonly(z.array(text)) }), done),
	/** To the running turn, or as a turn of its own when none runs. */
	sendQueued: pageRequest(queued, done),
	interrupt: pageRequest(nothing, done),
	answer: pageRequest(z.strictObject({ key: text, answer: QuestionAnswer }), replies.answer),
	/** Asks beside the thread, whether or not a turn runs; `question` is what is shown of it. Answered as soon as it is on its way. */
	askBeside: pageRequest(z.strictObject({ question: text, input }), done),
	stopSideQuestion: pageRequest(beside, done),
	/** It is gone then, with its answer. */
	closeSideQuestion: pageRequest(beside, done),
	/** The same question to the thread as it is now. */
	repeatSideQuestion: pageRequest(beside, done),
	/** A person allows what the automatic reviewer denied. */
	overruleReview: pageRequest(z.strictObject({ event: ItemGuardianApprovalReviewCompletedNotification }), done),
};
