import * as z from 'zod/mini';
import { experimental, newer } from '../wire/define.ts';
import { lazy } from '../wire/lazy.ts';
import { double, flag, maybeFlag, maybeText, maybeUint32, text, textOrNull, texts, uint64 } from '../wire/scalar.ts';

/** `none`, `minimal`, `low`, `medium`, `high`, `xhigh`, `max`, `ultra`, or what a model of a later day takes. */
export const ReasoningEffort = lazy(() => text);
export type ReasoningEffort = z.infer<typeof ReasoningEffort>;

export const ReasoningSummary = lazy(() => z.enum(['auto', 'concise', 'detailed', 'none']));
export type ReasoningSummary = z.infer<typeof ReasoningSummary>;

export const Verbosity = lazy(() => z.enum(['low', 'medium', 'high']));
export type Verbosity = z.infer<typeof Verbosity>;

export const Personality = lazy(() => z.enum(['none', 'friendly', 'pragmatic']));
export type Personality = z.infer<typeof Personality>;

export const InputModality = lazy(() => z.enum(['text', 'image', 'audio']));
export type InputModality = z.infer<typeof InputModality>;

export const ModelUpgradeInfo = lazy(() =>
	z.object({
		model: text,
		upgradeCopy: textOrNull,
		modelLink: textOrNull,
		migrationMarkdown: textOrNull,
	}),
);
export type ModelUpgradeInfo = z.infer<typeof ModelUpgradeInfo>;

/** Shown once, when a model becomes available. */
export const ModelAvailabilityNux = lazy(() => z.object({ message: text }));
export type ModelAvailabilityNux = z.infer<typeof ModelAvailabilityNux>;

export const ReasoningEffortOption = lazy(() =>
	z.object({
		reasoningEffort: ReasoningEffort,
		description: text,
	}),
);
export type ReasoningEffortOption = z.infer<typeof ReasoningEffortOption>;

export const ModelServiceTier = lazy(() =>
	z.object({
		id: text,
		name: text,
		description: text,
	}),
);
export type ModelServiceTier = z.infer<typeof ModelServiceTier>;

/** Of a million tokens. */
export const ModelPrice = lazy(() =>
	z.object({
		input: double,
		output: double,
		/** Null: cached input costs what other input does. */
		cachedInput: z.nullable(double),
		/** ISO 4217. */
		currency: text,
	}),
);
export type ModelPrice = z.infer<typeof ModelPrice>;

/** What a picker says of a model before it is used. Null where nobody knows. */
export const ModelFacts = lazy(() =>
	z.object({
		/** Tokens. */
		contextWindow: z.nullable(uint64),
		supportsTools: z.nullable(flag),
		/** As its provider says. */
		price: z.nullable(ModelPrice),
	}),
);
export type ModelFacts = z.infer<typeof ModelFacts>;

export const Model = lazy(() =>
	z.object({
		id: text,
		model: text,
		upgrade: textOrNull,
		upgradeInfo: z.nullable(ModelUpgradeInfo),
		availabilityNux: z.nullable(ModelAvailabilityNux),
		displayName: text,
		description: text,
		hidden: flag,
		supportedReasoningEfforts: z.array(ReasoningEffortOption),
		defaultReasoningEffort: ReasoningEffort,
		inputModalities: z.array(InputModality),
		supportsPersonality: flag,
		/** Superseded by `serviceTiers`. */
		additionalSpeedTiers: texts,
		serviceTiers: z.array(ModelServiceTier),
		/** The tier that clients choose when a person has not. */
		defaultServiceTier: newer(z.optional(textOrNull)),
		/** Always null: no catalogue here tells these. */
		modelSpecialty: newer(z.optional(z.null())),
		multiAgentVersion: newer(z.optional(z.null())),
		availableAccessPrograms: newer(z.optional(z.null())),
		isDefault: flag,
		/** Our own addition, for clients that are made for this server. */
		facts: z.optional(ModelFacts),
	}),
);
export type Model = z.infer<typeof Model>;

export const ModelListParams = lazy(() =>
	z.object({
		cursor: maybeText,
		limit: maybeUint32,
		includeHidden: maybeFlag,
		/** Our own addition: the models of this provider instead of those of the configured one. */
		modelProvider: experimental(maybeText, 'model/list.modelProvider'),
	}),
);
export type ModelListParams = z.infer<typeof ModelListParams>;

export const ModelListResponse = lazy(() =>
	z.object({
		data: z.array(Model),
		nextCursor: textOrNull,
	}),
);
export type ModelListResponse = z.infer<typeof ModelListResponse>;

export const ModelProviderCapabilitiesReadParams = lazy(() => z.object({}));
export type ModelProviderCapabilitiesReadParams = z.infer<typeof ModelProviderCapabilitiesReadParams>;

export const ModelProviderCapabilitiesReadResponse = lazy(() =>
	z.object({
		namespaceTools: flag,
		imageGeneration: flag,
		webSearch: flag,
	}),
);
export type ModelProviderCapabilitiesReadResponse = z.infer<typeof ModelProviderCapabilitiesReadResponse>;

/** `modelProvider`: another one than the configured. Our own. */
export const ModelProviderReadParams = lazy(() => z.object({ modelProvider: maybeText }));
export type ModelProviderReadParams = z.infer<typeof ModelProviderReadParams>;

/** The older spelling of `modelProvider/capabilities/read`, with the key of the provider in the configuration. */
export const ModelProviderReadResponse = lazy(() =>
	z.object({
		modelProvider: text,
		/** Whether `model/list` names what this provider has; false when it tells nobody, and the list is that of another one. */
		listsModels: z.optional(flag),
		namespaceTools: flag,
		imageGeneration: flag,
		webSearch: flag,
	}),
);
export type ModelProviderReadResponse = z.infer<typeof ModelProviderReadResponse>;

export const ModelRerouteReason = lazy(() => z.enum(['highRiskCyberActivity']));
export type ModelRerouteReason = z.infer<typeof ModelRerouteReason>;

/** The provider answered with another model than the one asked for. */
export const ModelReroutedNotification = lazy(() =>
	z.object({
		threadId: text,
		turnId: text,
		fromModel: text,
		toModel: text,
		reason: ModelRerouteReason,
	}),
);
export type ModelReroutedNotification = z.infer<typeof ModelReroutedNotification>;

export const ModelVerification = lazy(() => z.enum(['trustedAccessForCyber']));
export type ModelVerification = z.infer<typeof ModelVerification>;

export const ModelVerificationNotification = lazy(() =>
	z.object({
		threadId: text,
		turnId: text,
		verifications: z.array(ModelVerification),
	}),
);
export type ModelVerificationNotification = z.infer<typeof ModelVerificationNotification>;
