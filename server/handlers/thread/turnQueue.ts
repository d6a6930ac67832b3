import { toQueue, toSentMessage } from '../../projection/wireInbox.ts';
import type { Handlers } from '../../session/handler.ts';
import type { Threads } from '../../thread/threads.ts';
import { loadedThread } from './threadLookup.ts';
import { forClient, type OverridesSource } from './resolveSettings.ts';
import { checkInput, overridesOf, refuse } from './turn.ts';

/** Messages that wait for the running turn to end. */
export function turnQueueHandlers({ threads, ...source }: OverridesSource & { threads: Threads }): Handlers {
	return {
		'turn/queue/add': async (params, context) => {
			const thread = loadedThread(threads, params.threadId);
			const options = { clientId: params.clientMessageId ?? null, overrides: overridesOf(params, thread, forClient(source, context.session)) };
			const { sent, begin } = await thread.messages.queue(checkInput(params.input), options).catch(refuse);
			context.afterReply(begin);
			return { message: toSentMessage(sent) };
		},

		'turn/queue/list': (params) => toQueue(loadedThread(threads, params.threadId).messages.inbox.view),

		'turn/queue/update': async (params) => {
			const { messages } = loadedThread(threads, params.threadId);
			const message = await messages.change(params.messageId, checkInput(params.input)).catch(refuse);
			return { message: toSentMessage({ state: 'queued', message }) };
		},

		'turn/queue/remove': (params) => {
			const { messages } = loadedThread(threads, params.threadId);
			try {
				return { message: toSentMessage({ state: 'queued', message: messages.remove(params.messageId) }) };
			} catch (error) {
				return refuse(error);
			}
		},

		'turn/queue/reorder': (params) => {
			const { inbox } = loadedThread(threads, params.threadId).messages;
			inbox.reorder(params.messageIds);
			return toQueue(inbox.view);
		},

		'turn/queue/send': async (params, context) => {
			const { turnId, begin } = await loadedThread(threads, params.threadId).messages.send(params.messageId).catch(refuse);
			context.afterReply(begin);
			return { turnId };
		},
	};
}
