import { overruled } from '../instructions/reviewerPolicy.ts';
import { invalidRequest } from '../protocol/rpcError.ts';
import { type Handlers, RpcFailure } from '../session/handler.ts';
import type { Threads } from '../thread/threads.ts';
import { loadedThread } from './threadLookup.ts';

/** A person allows what the automatic reviewer denied. */
export function guardianHandlers({ threads }: { threads: Threads }): Handlers {
	return {
		'thread/approveGuardianDeniedAction': (params) => {
			const thread = loadedThread(threads, params.threadId);
			const problem = denialProblem(params.event);
			if (problem !== null) throw new RpcFailure(invalidRequest(`invalid Guardian denial event: ${problem}`));
			const text = overruled(JSON.stringify(params.event, null, 1));
			thread.inject([{ type: 'message', role: 'developer', content: [{ type: 'input_text', text }] }]);
			return {};
		},
	};
}

/** Events come as records have them, or as the notification of the review did. Null for a denial. */
function denialProblem(event: unknown): string | null {
	if (!isObject(event)) return `expected an object, got ${event === null ? 'null' : Array.isArray(event) ? 'a list' : typeof event}`;
	const isNotification = isObject(event.review);
	const id = isNotification ? event.reviewId : event.id;
	if (typeof id !== 'string' || id === '') return `missing field \`${isNotification ? 'reviewId' : 'id'}\``;
	if (!isObject(event.action) || typeof event.action.type !== 'string') return 'missing field `action`';
	const { status } = isObject(event.review) ? event.review : event;
	if (status === 'denied' || status === 'timedOut' || status === 'timed_out') return null;
	return `only a denied action can be approved, and the status of this one is ${typeof status === 'string' ? `\`${status}\`` : 'missing'}`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
