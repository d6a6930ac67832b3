import { toWireGoal } from '../../projection/wireGoal.ts';
import { invalidRequest } from '../../protocol/wire/rpcError.ts';
import { type Handlers, refusal, type RequestContext, RpcFailure } from '../../session/handler.ts';
import type { ThreadStore } from '../../store/threadStore.ts';
import type { Thread } from '../../thread/thread.ts';
import { recordedGoal } from '../../goals/threadGoal.ts';
import type { Threads } from '../../thread/threads.ts';
import { GoalError } from '../../items/goal.ts';
import { checkThreadId, loadedThread } from './threadLookup.ts';
import { textOf } from '../../words/l10n.ts';

export interface ThreadGoalServices {
	readonly threads: Threads;
	readonly store: ThreadStore;
	/** `features.goals` */
	enabled(): boolean;
}

/** What a thread works towards over many turns. */
export function threadGoalHandlers({ threads, store, enabled }: ThreadGoalServices): Handlers {
	const checkEnabled = () => {
		if (!enabled()) throw new RpcFailure(invalidRequest('goals feature is disabled'));
	};
	/** A thread with a file; what is asked for happens, and is recorded, before anybody else is told. */
	const change = <T>(threadId: string, context: RequestContext, act: (thread: Thread) => T): T => {
		checkEnabled();
		const thread = loadedThread(threads, threadId);
		if (thread.ephemeral) throw new RpcFailure(invalidRequest(`ephemeral thread does not support goals: ${thread.id}`));
		if (!thread.materialized)
			throw new RpcFailure(invalidRequest(`thread ${thread.id} is not materialized yet; goals are unavailable before first user message`));
		const release = thread.hold();
		try {
			const result = act(thread);
			context.afterReply(() => {
				release();
				thread.pursueGoal();
			});
			return result;
		} catch (error) {
			release();
			throw error instanceof GoalError ? refusal(textOf(error)) : error;
		}
	};
	return {
		'thread/goal/set': ({ threadId, objective, status, tokenBudget }, context) =>
			change(threadId, context, (thread) => ({
				goal: toWireGoal(thread.id, thread.goal.set({ objective: objective ?? undefined, status: status ?? undefined, tokenBudget })),
			})),

		'thread/goal/get': async (params) => {
			checkEnabled();
			const id = checkThreadId(params.threadId);
			const loaded = threads.get(id);
			const stored = loaded ? null : await store.find(id);
			if (!loaded && !stored) throw new RpcFailure(invalidRequest(`thread not found: ${id}`));
			const goal = loaded ? loaded.goal.current : stored && recordedGoal((await store.readTail(stored)).lines);
			return { goal: goal && toWireGoal(id, goal) };
		},

		'thread/goal/clear': (params, context) => change(params.threadId, context, (thread) => ({ cleared: thread.goal.clear() })),
	};
}
