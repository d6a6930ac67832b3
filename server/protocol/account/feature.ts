import * as z from 'zod/mini';
import { lazy } from '../wire/lazy.ts';
import { ReasoningEffort } from './model.ts';
import { flag, maybeText, maybeUint32, text, textOrNull } from '../wire/scalar.ts';
import { ModeKind } from '../thread/turn.ts';

export const ExperimentalFeatureStage = lazy(() => z.enum(['beta', 'underDevelopment', 'stable', 'deprecated', 'removed']));
export type ExperimentalFeatureStage = z.infer<typeof ExperimentalFeatureStage>;

/** The texts are there for the stage `beta` only. */
export const ExperimentalFeature = lazy(() =>
	z.object({
		name: text,
		stage: ExperimentalFeatureStage,
		displayName: textOrNull,
		description: textOrNull,
		announcement: textOrNull,
		enabled: flag,
		defaultEnabled: flag,
	}),
);
export type ExperimentalFeature = z.infer<typeof ExperimentalFeature>;

export const ExperimentalFeatureListParams = lazy(() => z.object({ cursor: maybeText, limit: maybeUint32 }));
export type ExperimentalFeatureListParams = z.infer<typeof ExperimentalFeatureListParams>;

export const ExperimentalFeatureListResponse = lazy(() => z.object({ data: z.array(ExperimentalFeature), nextCursor: textOrNull }));
export type ExperimentalFeatureListResponse = z.infer<typeof ExperimentalFeatureListResponse>;

/** By feature name, for the running server only. */
export const ExperimentalFeatureEnablementSetParams = lazy(() => z.object({ enablement: z.record(text, flag) }));
export type ExperimentalFeatureEnablementSetParams = z.infer<typeof ExperimentalFeatureEnablementSetParams>;

export const ExperimentalFeatureEnablementSetResponse = lazy(() => z.object({ enablement: z.record(text, flag) }));
export type ExperimentalFeatureEnablementSetResponse = z.infer<typeof ExperimentalFeatureEnablementSetResponse>;

export const CollaborationModeListParams = lazy(() => z.object({}));
export type CollaborationModeListParams = z.infer<typeof CollaborationModeListParams>;

export const CollaborationModeMask = lazy(() =>
	z.object({
		name: text,
		mode: z.nullable(ModeKind),
		model: textOrNull,
		reasoning_effort: z.nullable(ReasoningEffort),
	}),
);
export type CollaborationModeMask = z.infer<typeof CollaborationModeMask>;

export const CollaborationModeListResponse = lazy(() => z.object({ data: z.array(CollaborationModeMask) }));
export type CollaborationModeListResponse = z.infer<typeof CollaborationModeListResponse>;

/** Does nothing; for tests of the gate. */
export const MockExperimentalMethodParams = lazy(() => z.object({ value: maybeText }));
export type MockExperimentalMethodParams = z.infer<typeof MockExperimentalMethodParams>;

export const MockExperimentalMethodResponse = lazy(() => z.object({ echoed: textOrNull }));
export type MockExperimentalMethodResponse = z.infer<typeof MockExperimentalMethodResponse>;
