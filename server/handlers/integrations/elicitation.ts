import type { TimeLimits } from '../../exec/timeLimits.ts';
import { invalidRequest } from '../../protocol/wire/rpcError.ts';
import { type Handlers, RpcFailure } from '../../session/handler.ts';
import type { Threads } from '../../thread/threads.ts';
import { loadedThread } from '../thread/threadLookup.ts';

/** A client asks a person something outside of the conversation: meanwhile the time limits of the thread's commands stand still. */
export function elicitationHandlers({ threads, limits }: { readonly threads: Threads; readonly limits: TimeLimits }): Handlers {
	return {
		'thread/increment_elicitation': (params) => {
			const count = limits.hold(loadedThread(threads, params.threadId).id);
			return { count, paused: true };
		},

		'thread/decrement_elicitation': (params) => {
			const { id } = loadedThread(threads, params.threadId);
			const count = limits.release(id);
			if (count === null) throw new RpcFailure(invalidRequest(`thread ${id} has no open elicitation to decrement`));
			return { count, paused: count > 0 };
		},
	};
}
