import * as z from 'zod/mini';
import { experimental, newer } from '../wire/define.ts';
import { TurnError } from '../wire/error.ts';
import { HookRunSummary } from '../integrations/hook.ts';
import { ThreadItem } from './item.ts';
import { JsonValue } from '../wire/jsonValue.ts';
import { lazy } from '../wire/lazy.ts';
import { Personality, ReasoningEffort, ReasoningSummary } from '../account/model.ts';
import {
	ApprovalsReviewer,
	AskForApproval,
	PermissionProfile,
	PermissionProfileChoice,
	SandboxPolicy,
	TurnEnvironmentParams,
} from '../approval/permission.ts';
import { int64OrNull, maybeText, paths, text, textOrNull } from '../wire/scalar.ts';
import { UserInput } from './turnInput.ts';

/** How much of a turn's items is present. */
export const TurnItemsView = lazy(() => z.enum(['notLoaded', 'summary', 'full']));
export type TurnItemsView = z.infer<typeof TurnItemsView>;

export const TurnStatus = lazy(() => z.enum(['completed', 'interrupted', 'failed', 'inProgress']));
export type TurnStatus = z.infer<typeof TurnStatus>;

/** `afterItemId`: the newest item when it began; null before the first one. */
export const TurnHookRun = lazy(() => z.object({ afterItemId: textOrNull, run: HookRunSummary }));
export type TurnHookRun = z.infer<typeof TurnHookRun>;

/** `startedAt` and `completedAt` are Unix seconds. */
export const Turn = lazy(() =>
	z.object({
		id: text,
		items: z.array(ThreadItem),
		itemsView: TurnItemsView,
		status: TurnStatus,
		error: z.nullable(TurnError),
		startedAt: int64OrNull,
		completedAt: int64OrNull,
		durationMs: int64OrNull,
		/** The first turn of the work that led to this one: itself, since no turn starts on behalf of another. */
		rootTurnId: newer(z.optional(text)),
		/** Our own addition, of `thread/turns/list` only and for clients that are made for it: the runs of hooks, in their order. */
		hookRuns: z.optional(z.array(TurnHookRun)),
	}),
);
export type Turn = z.infer<typeof Turn>;

const formerModes: readonly unknown[] = ['code', 'pair_programming', 'execute', 'custom'];

/** Names of modes that there were once are read as `default`; none of them is ever written. */
export const ModeKind = lazy(() =>
	z.pipe(
		z.transform((value: 'plan' | 'default') => (formerModes.includes(value) ? ('default' as const) : value)),
		z.enum(['plan', 'default']),
	),
);
export type ModeKind = z.infer<typeof ModeKind>;

export const CollaborationModeSettings = lazy(() =>
	z.object({
		model: text,
		reasoning_effort: z.nullish(ReasoningEffort),
		developer_instructions: maybeText,
	}),
);
export type CollaborationModeSettings = z.infer<typeof CollaborationModeSettings>;

/** Its settings win over `model`, `effort` and the thread's developer instructions. */
export const CollaborationMode = lazy(() =>
	z.object({
		mode: ModeKind,
		settings: CollaborationModeSettings,
	}),
);
export type CollaborationMode = z.infer<typeof CollaborationMode>;

const clientMetadata = lazy(() => z.nullish(z.record(text, text)));

export const AdditionalContextKind = lazy(() => z.enum(['untrusted', 'application']));
export type AdditionalContextKind = z.infer<typeof AdditionalContextKind>;

/** `application`: words of the client; `untrusted`: what it found somewhere, which is no instruction. */
export const AdditionalContextEntry = lazy(() => z.object({ value: text, kind: AdditionalContextKind, name: maybeText }));
export type AdditionalContextEntry = z.infer<typeof AdditionalContextEntry>;

/** Settings given here hold for this turn and those after it, except `outputSchema`, which is for this turn only. */
export const TurnStartParams = lazy(() =>
	z.object({
		threadId: text,
		/** Our own addition: the client's id of this message. One that is known already is answered with its turn, and not sent again. */
		clientMessageId: experimental(maybeText, 'turn/start.clientMessageId'),
		/** The same, as newer clients call it. */
		clientUserMessageId: maybeText,
		input: z.array(UserInput),
		responsesapiClientMetadata: experimental(clientMetadata, 'turn/start.responsesapiClientMetadata'),
		/** What the client tells the model beside the input, by its source. */
		additionalContext: z.nullish(z.record(text, AdditionalContextEntry)),
		environments: experimental(z.nullish(z.array(TurnEnvironmentParams)), 'turn/start.environments'),
		cwd: maybeText,
		/** More folders that the thread may write to where it may write to its own, instead of those before. */
		runtimeWorkspaceRoots: z.nullish(paths),
		approvalPolicy: z.nullish(AskForApproval),
		approvalsReviewer: z.nullish(ApprovalsReviewer),
		/** Not together with `permissions`. */
		sandboxPolicy: z.nullish(SandboxPolicy),
		permissions: experimental(z.nullish(PermissionProfileChoice), 'turn/start.permissions'),
		/** Complete in itself. Not together with `sandboxPolicy` or `permissions`. */
		permissionProfile: experimental(z.nullish(PermissionProfile), 'turn/start.permissionProfile'),
		model: maybeText,
		/** Our own addition: the id of another provider, for this turn and those after it. */
		modelProvider: experimental(maybeText, 'turn/start.modelProvider'),
		/** Absent: unchanged; null: back to the model's own. */
		serviceTier: maybeText,
		effort: z.nullish(ReasoningEffort),
		summary: z.nullish(ReasoningSummary),
		personality: z.nullish(Personality),
		/** JSON Schema of the last message. */
		outputSchema: z.nullish(JsonValue),
		collaborationMode: experimental(z.nullish(CollaborationMode), 'turn/start.collaborationMode'),
	}),
);
export type TurnStartParams = z.infer<typeof TurnStartParams>;

export const TurnStartResponse = lazy(() => z.object({ turn: Turn }));
export type TurnStartResponse = z.infer<typeof TurnStartResponse>;

/** More input for a running turn. With `expectedTurnId` it is refused unless that is the one that runs. */
export const TurnSteerParams = lazy(() =>
	z.object({
		threadId: text,
		/** Our own addition: the client's id of this message. One that is known already is answered with its turn, and not sent again. */
		clientMessageId: experimental(maybeText, 'turn/steer.clientMessageId'),
		/** The same, as newer clients call it. */
		clientUserMessageId: maybeText,
		input: z.array(UserInput),
		responsesapiClientMetadata: experimental(clientMetadata, 'turn/steer.responsesapiClientMetadata'),
		expectedTurnId: maybeText,
	}),
);
export type TurnSteerParams = z.infer<typeof TurnSteerParams>;

export const TurnSteerResponse = lazy(() => z.object({ turnId: text }));
export type TurnSteerResponse = z.infer<typeof TurnSteerResponse>;

export const TurnInterruptParams = lazy(() => z.object({ threadId: text, turnId: text }));
export type TurnInterruptParams = z.infer<typeof TurnInterruptParams>;

export const TurnInterruptResponse = lazy(() => z.object({}));
export type TurnInterruptResponse = z.infer<typeof TurnInterruptResponse>;

export const TurnStartedNotification = lazy(() => z.object({ threadId: text, turn: Turn }));
export type TurnStartedNotification = z.infer<typeof TurnStartedNotification>;

export const TurnCompletedNotification = lazy(() =>
	z.object({
		threadId: text,
		turn: Turn,
	}),
);
export type TurnCompletedNotification = z.infer<typeof TurnCompletedNotification>;

/** One unified diff of all that patches changed since the turn began. */
export const TurnDiffUpdatedNotification = lazy(() =>
	z.object({
		threadId: text,
		turnId: text,
		diff: text,
	}),
);
export type TurnDiffUpdatedNotification = z.infer<typeof TurnDiffUpdatedNotification>;

export const TurnPlanStepStatus = lazy(() => z.enum(['pending', 'inProgress', 'completed']));
export type TurnPlanStepStatus = z.infer<typeof TurnPlanStepStatus>;

export const TurnPlanStep = lazy(() =>
	z.object({
		step: text,
		status: TurnPlanStepStatus,
	}),
);
export type TurnPlanStep = z.infer<typeof TurnPlanStep>;

export const TurnPlanUpdatedNotification = lazy(() =>
	z.object({
		threadId: text,
		turnId: text,
		explanation: textOrNull,
		plan: z.array(TurnPlanStep),
	}),
);
export type TurnPlanUpdatedNotification = z.infer<typeof TurnPlanUpdatedNotification>;
