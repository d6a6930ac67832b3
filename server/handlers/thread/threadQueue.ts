import { toSubmission } from '../../projection/wireInbox.ts';
import { notBegun, toTurn } from '../../projection/turnViews.ts';
import { invalidRequest } from '../../protocol/wire/rpcError.ts';
import { type Handlers, RpcFailure } from '../../session/handler.ts';
import type { Threads } from '../../thread/threads.ts';
import { pageSize } from './paging.ts';
import { loadedThread } from './threadLookup.ts';
import { checkInput, refuse } from './turn.ts';

const notFound = (id: string) => new RpcFailure(invalidRequest(`queued submission not found: ${id}`));

/** The queue of messages as newer clients call it; `turnQueue.ts` has the same one. */
export function threadQueueHandlers({ threads }: { readonly threads: Threads }): Handlers {
	return {
		'thread/queue/add': async (params, context) => {
			const { messages } = loadedThread(threads, params.threadId);
			const options = { clientId: params.clientUserMessageId, overrides: {}, metadata: params.responsesapiClientMetadata ?? null };
			const { sent, begin } = await messages.queue(checkInput(params.input), options).catch(refuse);
			context.afterReply(begin);
			return { queuedSubmission: toSubmission({ metadata: options.metadata, ...sent.message }) };
		},

		'thread/queue/list': (params) => {
			const { queued } = loadedThread(threads, params.threadId).messages.inbox;
			const from = params.cursor ? placeOf(params.cursor) : 0;
			const to = from + pageSize(params.limit);
			return { data: queued.slice(from, to).map(toSubmission), nextCursor: to < queued.length ? String(to) : null };
		},

		'thread/queue/update': async (params) => {
			const { messages } = loadedThread(threads, params.threadId);
			const id = params.queuedSubmissionId;
			if (!messages.inbox.find(id)) throw notFound(id);
			const given = params.responsesapiClientMetadata ?? {};
			const metadata = Object.keys(given).length === 0 ? undefined : given;
			return { queuedSubmission: toSubmission(await messages.change(id, checkInput(params.input), metadata).catch(refuse)) };
		},

		'thread/queue/delete': ({ threadId, queuedSubmissionId }) => {
			const { messages } = loadedThread(threads, threadId);
			if (!messages.inbox.find(queuedSubmissionId)) return { deleted: false };
			messages.remove(queuedSubmissionId);
			return { deleted: true };
		},

		'thread/queue/reorder': ({ threadId, queuedSubmissionIds: ids }) => {
			const { inbox } = loadedThread(threads, threadId).messages;
			const isWhole = ids.length === inbox.queued.length && inbox.queued.every(({ id }) => ids.includes(id));
			if (!isWhole) throw new RpcFailure(invalidRequest('queue reorder must include every queued submission exactly once'));
			inbox.reorder(ids);
			return {};
		},

		'thread/queue/start': async ({ threadId, queuedSubmissionId }, context) => {
			const thread = loadedThread(threads, threadId);
			if (thread.activeTurnId !== null) throw new RpcFailure(invalidRequest('thread already has an active or pending turn'));
			const { inbox } = thread.messages;
			const message = queuedSubmissionId ? inbox.find(queuedSubmissionId) : inbox.first;
			if (!message) throw queuedSubmissionId ? notFound(queuedSubmissionId) : new RpcFailure(invalidRequest('queue is empty'));
			const { turnId, begin } = await thread.messages.send(message.id).catch(refuse);
			context.afterReply(begin);
			return { turn: toTurn(notBegun(turnId), 'notLoaded') };
		},
	};
}

function placeOf(cursor: string): number {
	if (!/^\d{1,9}$/.test(cursor)) throw new RpcFailure(invalidRequest(`invalid cursor: ${cursor}`));
	return Number(cursor);
}
