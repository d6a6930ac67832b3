import type { ModelUsage } from '../../protocol/host/resources.ts';
import { invalidRequest } from '../../protocol/wire/rpcError.ts';
import { type Handlers, RpcFailure } from '../../session/handler.ts';
import type { UsageHistory, UsageOfModel } from '../../store/turns/usageHistory.ts';
import type { Threads } from '../../thread/threads.ts';

/** Tokens by model, of a thread and of a span of time. */
export function usageHandlers({ threads, usage }: { readonly threads: Threads; readonly usage: UsageHistory }): Handlers {
	return {
		'usage/read': async ({ threadId, since }) => {
			const thread = threadId == null ? null : await usage.ofThread(threadId);
			if (thread === null && threadId != null && !threads.get(threadId)) {
				throw new RpcFailure(invalidRequest(`thread not found: ${threadId}`));
			}
			const lastTurn = thread?.lastTurn ?? null;
			return {
				// One that has not been written yet, or never is, has used nothing that is known.
				thread: thread && { total: list(thread.total), lastTurn: lastTurn && { turnId: lastTurn.turnId, total: list(lastTurn.total) } },
				since: since == null ? null : list(await usage.since(since * 1000)),
			};
		},
	};
}

function list(usage: readonly UsageOfModel[]): ModelUsage[] {
	return usage.map(({ modelProvider, model, usage: tokens }) => ({ modelProvider, model, usage: { ...tokens } }));
}
