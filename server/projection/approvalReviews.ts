import type { GuardianApprovalReview, GuardianApprovalReviewAction } from '../protocol/approval/guardian.ts';
import type { ServerNotification } from '../protocol/serverMessages.ts';
import type { ApprovalReview, ReviewedAction } from '../items/approvalReview.ts';
import type { TurnEvent } from '../items/events.ts';
import { toWirePermissions } from './approvals.ts';

export function toApprovalReview(threadId: string, { turnId, at, review }: Extract<TurnEvent, { type: 'approvalReview' }>): ServerNotification {
	const params = {
		threadId,
		turnId,
		startedAtMs: review.startedAt,
		reviewId: review.id,
		targetItemId: review.itemId,
		review: toReview(review),
		action: toAction(review.action),
	};
	if (review.verdict === null) return { method: 'item/autoApprovalReview/started', params };
	return { method: 'item/autoApprovalReview/completed', params: { ...params, completedAtMs: at, decisionSource: 'agent' } };
}

function toReview({ verdict }: ApprovalReview): GuardianApprovalReview {
	if (verdict === null) return { status: 'inProgress', riskLevel: null, userAuthorization: null, rationale: null };
	return { status: verdict.status, riskLevel: verdict.risk, userAuthorization: verdict.authorization, rationale: verdict.rationale };
}

function toAction(action: ReviewedAction): GuardianApprovalReviewAction {
	switch (action.type) {
		case 'command':
			return { type: 'command', source: 'unifiedExec', command: action.command, cwd: action.cwd };
		case 'networkAccess': {
			const { host, port, protocol } = action;
			const scheme = protocol === 'socks5Tcp' ? 'socks5' : protocol;
			return { type: 'networkAccess', target: `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`, host, protocol, port };
		}
		case 'applyPatch':
			return { type: 'applyPatch', cwd: action.cwd, files: [...action.files] };
		case 'mcpToolCall':
			return {
				type: 'mcpToolCall',
				server: action.server,
				toolName: action.tool,
				connectorId: null,
				connectorName: null,
				toolTitle: action.title,
			};
		case 'requestPermissions':
			return { type: 'requestPermissions', reason: action.reason, permissions: toWirePermissions(action) };
		default:
			return action satisfies never;
	}
}
