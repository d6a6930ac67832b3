import { internalError } from '../protocol/wire/rpcError.ts';
import { RpcFailure } from '../session/handler.ts';
import type { Thread } from '../thread/thread.ts';
import type { Threads } from '../thread/threads.ts';

interface Readiness {
	readonly threads: Threads;
	ready(threadId: string): Promise<void>;
}

/** A thread that lacks something that has to be there is not loaded, and whoever wanted it is told why. */
export async function whenReady({ threads, ready }: Readiness, thread: Thread): Promise<Thread> {
	try {
		await ready(thread.id);
		return thread;
	} catch (error) {
		await threads.unload(thread.id);
		throw new RpcFailure(internalError(error instanceof Error ? error.message : String(error)));
	}
}
