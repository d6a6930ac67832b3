import { internalError } from '../protocol/wire/rpcError.ts';
import { type RequestContext, RpcFailure } from '../session/handler.ts';
import type { Thread } from '../thread/thread.ts';
import type { Threads } from '../thread/threads.ts';

interface Readiness {
	readonly threads: Threads;
	ready(threadId: string): Promise<void>;
	answered(threadId: string): void;
}

/**
 * A thread that lacks something that has to be there is not loaded, and whoever wanted it is told why. Servers
 * that the thread does not require start after the answer.
 */
export async function whenReady({ threads, ready, answered }: Readiness, thread: Thread, { afterReply }: RequestContext): Promise<Thread> {
	try {
		await ready(thread.id);
		afterReply(() => answered(thread.id));
		return thread;
	} catch (error) {
		await threads.unload(thread.id);
		throw new RpcFailure(internalError(error instanceof Error ? error.message : String(error)));
	}
}
