import * as z from 'zod/mini';
import { experimental } from '../wire/define.ts';
import { lazy } from '../wire/lazy.ts';
import { Personality, ReasoningEffort, ReasoningSummary } from '../account/model.ts';
import {
	ActivePermissionProfile,
	ApprovalsReviewer,
	AskForApproval,
	PermissionProfileChoice,
	SandboxPolicy,
	TurnEnvironmentParams,
} from '../approval/permission.ts';
import { AbsolutePathBuf, maybeText, text, textOrNull, texts } from '../wire/scalar.ts';
import { MultiAgentMode, Thread, ThreadEnvironment } from './thread.ts';
import { CollaborationMode } from './turn.ts';

/** Of newer programs: settings for the turns from the next one on, without a message. What is absent stays. */
export const ThreadSettingsUpdateParams = lazy(() =>
	z.object({
		threadId: text,
		cwd: maybeText,
		approvalPolicy: z.nullish(AskForApproval),
		approvalsReviewer: z.nullish(ApprovalsReviewer),
		/** Not together with `permissions`. */
		sandboxPolicy: z.nullish(SandboxPolicy),
		permissions: z.nullish(PermissionProfileChoice),
		model: maybeText,
		/** Absent: unchanged; null: back to the model's own. */
		serviceTier: maybeText,
		effort: z.nullish(ReasoningEffort),
		summary: z.nullish(ReasoningSummary),
		collaborationMode: experimental(z.nullish(CollaborationMode), 'thread/settings/update.collaborationMode'),
		personality: z.nullish(Personality),
	}),
);
export type ThreadSettingsUpdateParams = z.infer<typeof ThreadSettingsUpdateParams>;

export const ThreadSettingsUpdateResponse = lazy(() => z.object({}));
export type ThreadSettingsUpdateResponse = z.infer<typeof ThreadSettingsUpdateResponse>;

export const ThreadSettings = lazy(() =>
	z.object({
		cwd: AbsolutePathBuf,
		approvalPolicy: AskForApproval,
		approvalsReviewer: ApprovalsReviewer,
		sandboxPolicy: SandboxPolicy,
		activePermissionProfile: z.nullable(ActivePermissionProfile),
		model: text,
		modelProvider: text,
		serviceTier: textOrNull,
		effort: z.nullable(ReasoningEffort),
		summary: z.nullable(ReasoningSummary),
		collaborationMode: CollaborationMode,
		/** Empty: a plugin is turned off for all threads. */
		disabledPluginIds: z.optional(texts),
		environments: z.optional(z.nullable(z.array(ThreadEnvironment))),
		multiAgentMode: MultiAgentMode,
		personality: z.nullable(Personality),
	}),
);
export type ThreadSettings = z.infer<typeof ThreadSettings>;

export const ThreadSettingsUpdatedNotification = lazy(() => z.object({ threadId: text, threadSettings: ThreadSettings }));
export type ThreadSettingsUpdatedNotification = z.infer<typeof ThreadSettingsUpdatedNotification>;

/** Of newer programs: takes back a turn and all after it. Files stay as they are. */
export const ThreadRevertParams = lazy(() => z.object({ threadId: text, beforeTurnId: text }));
export type ThreadRevertParams = z.infer<typeof ThreadRevertParams>;

/** The cursors are those of `thread/resume`. */
export const ThreadRevertResponse = lazy(() =>
	z.object({
		thread: Thread,
		turnsBackwardsCursor: textOrNull,
		itemsBackwardsCursor: textOrNull,
	}),
);
export type ThreadRevertResponse = z.infer<typeof ThreadRevertResponse>;

export const ThreadRevertedNotification = lazy(() => z.object({ threadId: text }));
export type ThreadRevertedNotification = z.infer<typeof ThreadRevertedNotification>;

/** Of newer programs: settings of the running turn alone, from its next request to the model on. What is absent stays. */
export const TurnSettingsUpdateParams = lazy(() =>
	z.strictObject({
		threadId: text,
		turnId: text,
		/** Questions that wait already stay with whom they were asked. */
		approvalsReviewer: z.nullish(ApprovalsReviewer),
		/** Refused: a turn stays in its folder. */
		environments: z.nullish(z.array(TurnEnvironmentParams)),
		model: maybeText,
		effort: z.nullish(ReasoningEffort),
		summary: z.nullish(ReasoningSummary),
		/** Null: back to the model's own. */
		serviceTier: maybeText,
	}),
);
export type TurnSettingsUpdateParams = z.infer<typeof TurnSettingsUpdateParams>;

/** `targetUnavailable`: this turn does not run. */
export const TurnSettingsUpdateStatus = lazy(() => z.enum(['applied', 'targetUnavailable']));
export type TurnSettingsUpdateStatus = z.infer<typeof TurnSettingsUpdateStatus>;

export const TurnSettingsUpdateResponse = lazy(() => z.object({ status: TurnSettingsUpdateStatus }));
export type TurnSettingsUpdateResponse = z.infer<typeof TurnSettingsUpdateResponse>;
