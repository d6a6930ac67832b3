import { redactSecrets } from '../../config/redact.ts';
import { overruled } from '../../instructions/reviewerPolicy.ts';
import { invalidRequest } from '../../protocol/wire/rpcError.ts';
import { type Handlers, RpcFailure } from '../../session/handler.ts';
import type { ApprovalAudit } from '../../store/approvalAudit.ts';
import type { Threads } from '../../thread/threads.ts';
import { loadedThread } from './threadLookup.ts';

/** A person allows what the automatic reviewer denied. */
export function guardianHandlers({ threads, audit }: { readonly threads: Threads; readonly audit: ApprovalAudit }): Handlers {
	return {
		'thread/approveGuardianDeniedAction': (params, context) => {
			const thread = loadedThread(threads, params.threadId);
			const problem = denialProblem(params.event);
			if (problem !== null) throw new RpcFailure(invalidRequest(`invalid Guardian denial event: ${problem}`));
			const text = overruled(JSON.stringify(params.event, null, 1));
			thread.inject([{ type: 'message', role: 'developer', content: [{ type: 'input_text', text }] }]);
			audit.record({
				at: Date.now(),
				threadId: params.threadId,
				turnId: null,
				itemId: null,
				kind: 'overruled',
				what: redactSecrets(isObject(params.event) ? JSON.stringify(params.event.action) : '').slice(0, 4_000),
				folder: null,
				decision: 'overrule',
				lifetime: 'once',
				rule: null,
				by: context.session.client?.name ?? null,
			});
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
