import { type Feedback, FeedbackError, type FeedbackRequest, type Prepared } from '../../feedback/feedback.ts';
import type { FeedbackUploadParams } from '../../protocol/account/feedback.ts';
import { invalidRequest } from '../../protocol/wire/rpcError.ts';
import { failure, type Handlers, refusal, RpcFailure } from '../../session/handler.ts';
import type { Session } from '../../session/session.ts';
import { textOf } from '../../words/l10n.ts';

const THREAD_ID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** What people send about the program. An upload that did not arrive is an error, and no success (fault 28). */
export function feedbackHandlers(feedback: Feedback): Handlers {
	return {
		'feedback/prepare': async (params, { session }) => {
			const { id, address, body } = await prepared(params, session);
			return { preparedId: id, address, body };
		},
		'feedback/send': async ({ preparedId }) => ({ threadId: (await sent(preparedId)).threadId }),
		'feedback/upload': async (params, { session }) => ({ threadId: (await sent((await prepared(params, session)).id)).threadId }),
	};

	async function prepared(params: FeedbackUploadParams, session: Session): Promise<Prepared> {
		const { threadId = null } = params;
		if (threadId !== null && !THREAD_ID.test(threadId)) throw new RpcFailure(invalidRequest(`invalid thread id: ${threadId}`));
		try {
			return await feedback.prepare(toRequest(params, session));
		} catch (error) {
			throw error instanceof FeedbackError ? refusal(textOf(error)) : error;
		}
	}

	async function sent(id: string): Promise<Prepared> {
		try {
			return await feedback.send(id);
		} catch (error) {
			throw error instanceof FeedbackError ? failure(textOf(error)) : error;
		}
	}
}

function toRequest(
	{ classification, reason, threadId, includeLogs, extraLogFiles, tags }: FeedbackUploadParams,
	{ client }: Session,
): FeedbackRequest {
	return {
		classification,
		reason: reason ?? null,
		threadId: threadId ?? null,
		includeLogs,
		extraFiles: extraLogFiles ?? [],
		tags: tags ?? {},
		client: { name: client?.name ?? 'unknown', version: client?.version ?? '' },
	};
}
