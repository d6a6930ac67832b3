import * as z from 'zod/mini';
import { NetworkApprovalProtocol } from './approval.ts';
import { lazy } from '../wire/lazy.ts';
import { RequestPermissionProfile } from './permission.ts';
import { AbsolutePathBuf, int64, paths, text, textOrNull, texts, uint16 } from '../wire/scalar.ts';

export const GuardianApprovalReviewStatus = lazy(() => z.enum(['inProgress', 'approved', 'denied', 'timedOut', 'aborted']));
export type GuardianApprovalReviewStatus = z.infer<typeof GuardianApprovalReviewStatus>;

export const GuardianRiskLevel = lazy(() => z.enum(['low', 'medium', 'high', 'critical']));
export type GuardianRiskLevel = z.infer<typeof GuardianRiskLevel>;

export const GuardianUserAuthorization = lazy(() => z.enum(['unknown', 'low', 'medium', 'high']));
export type GuardianUserAuthorization = z.infer<typeof GuardianUserAuthorization>;

/** What a reviewing model thinks of an action. */
export const GuardianApprovalReview = lazy(() =>
	z.object({
		status: GuardianApprovalReviewStatus,
		riskLevel: z.nullable(GuardianRiskLevel),
		userAuthorization: z.nullable(GuardianUserAuthorization),
		rationale: textOrNull,
	}),
);
export type GuardianApprovalReview = z.infer<typeof GuardianApprovalReview>;

export const GuardianCommandSource = lazy(() => z.enum(['shell', 'unifiedExec']));
export type GuardianCommandSource = z.infer<typeof GuardianCommandSource>;

export const GuardianApprovalReviewAction = lazy(() =>
	z.discriminatedUnion('type', [
		z.object({ type: z.literal('command'), source: GuardianCommandSource, command: text, cwd: AbsolutePathBuf }),
		z.object({
			type: z.literal('execve'),
			source: GuardianCommandSource,
			program: text,
			argv: texts,
			cwd: AbsolutePathBuf,
		}),
		z.object({ type: z.literal('applyPatch'), cwd: AbsolutePathBuf, files: paths }),
		z.object({ type: z.literal('networkAccess'), target: text, host: text, protocol: NetworkApprovalProtocol, port: uint16 }),
		z.object({
			type: z.literal('mcpToolCall'),
			server: text,
			toolName: text,
			connectorId: textOrNull,
			connectorName: textOrNull,
			toolTitle: textOrNull,
		}),
		z.object({ type: z.literal('requestPermissions'), reason: textOrNull, permissions: RequestPermissionProfile }),
	]),
);
export type GuardianApprovalReviewAction = z.infer<typeof GuardianApprovalReviewAction>;

export const AutoReviewDecisionSource = lazy(() => z.enum(['agent']));
export type AutoReviewDecisionSource = z.infer<typeof AutoReviewDecisionSource>;

const ofReview = {
	threadId: text,
	turnId: text,
	startedAtMs: int64,
	reviewId: text,
	/** Null when no item belongs to the action, such as for network access. */
	targetItemId: textOrNull,
	review: GuardianApprovalReview,
	action: GuardianApprovalReviewAction,
};

export const ItemGuardianApprovalReviewStartedNotification = lazy(() => z.object({ ...ofReview }));
export type ItemGuardianApprovalReviewStartedNotification = z.infer<typeof ItemGuardianApprovalReviewStartedNotification>;

export const ItemGuardianApprovalReviewCompletedNotification = lazy(() =>
	z.object({
		...ofReview,
		completedAtMs: int64,
		decisionSource: AutoReviewDecisionSource,
	}),
);
export type ItemGuardianApprovalReviewCompletedNotification = z.infer<typeof ItemGuardianApprovalReviewCompletedNotification>;
