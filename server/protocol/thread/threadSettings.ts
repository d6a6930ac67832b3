import * as z from 'zod/mini';
import { experimental } from '../wire/define.ts';
import { lazy } from '../wire/lazy.ts';
import { Personality, ReasoningEffort, ReasoningSummary } from '../account/model.ts';
import { ActivePermissionProfile, ApprovalsReviewer, AskForApproval, PermissionProfileChoice, SandboxPolicy } from '../approval/permission.ts';
import { AbsolutePathBuf, maybeText, text, textOrNull } from '../wire/scalar.ts';
import { Thread } from './thread.ts';
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
		personality: z.nullable(Personality),
	}),
);
export type ThreadSettings = z.infer<typeof ThreadSettings>;

export const ThreadSettingsUpdatedNotification = lazy(() => z.object({ threadId: text, threadSettings: ThreadSettings }));
export type ThreadSettingsUpdatedNotification = z.infer<typeof ThreadSettingsUpdatedNotification>;

/** Of newer programs: takes back a turn and all after it. Files stay as they are. */
export const ThreadRevertParams = lazy(() => z.object({ threadId: text, beforeTurnId: text }));
export type ThreadRevertParams = z.infer<typeof ThreadRevertParams>;

/** The cursors are null: pages begin at the end again. */
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
