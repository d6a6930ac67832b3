import * as z from 'zod/mini';
import { lazy } from '../wire/lazy.ts';
import { flag, maybeText, text, textOrNull, uint32 } from '../wire/scalar.ts';

/** How a provider knows who asks. `externallyConfigured`: by headers or a token of the configuration, or by the account. */
export const GatewayAuth = lazy(() =>
	z.discriminatedUnion('mode', [
		z.object({ mode: z.literal('none') }),
		z.object({ mode: z.literal('environmentVariable'), envKey: text }),
		z.object({ mode: z.literal('externallyConfigured'), envKey: textOrNull }),
	]),
);
export type GatewayAuth = z.infer<typeof GatewayAuth>;

export const ProviderSettings = lazy(() =>
	z.discriminatedUnion('type', [z.object({ type: z.literal('openai') }), z.object({ type: z.literal('customGateway'), auth: GatewayAuth })]),
);
export type ProviderSettings = z.infer<typeof ProviderSettings>;

export const ModelProviderSummary = lazy(() =>
	z.object({
		id: text,
		name: text,
		/** Whether the user's file has it. */
		canEdit: flag,
		/** Null where there is none, and where it holds a secret. */
		baseUrl: textOrNull,
		settings: ProviderSettings,
	}),
);
export type ModelProviderSummary = z.infer<typeof ModelProviderSummary>;

export const ModelProviderListParams = lazy(() => z.object({}));
export type ModelProviderListParams = z.infer<typeof ModelProviderListParams>;

export const ModelProviderListResponse = lazy(() =>
	z.object({
		/** By id. */
		data: z.array(ModelProviderSummary),
		defaultProviderId: text,
		/** False where another layer than the user's file chooses it. */
		canChangeDefault: flag,
	}),
);
export type ModelProviderListResponse = z.infer<typeof ModelProviderListResponse>;

/**
 * What is left out stays; null takes a value away. Without an id a new provider gets one, made from its name. Providers of two clouds are
 * refused: this server has no sign-in for them.
 */
export const ProviderSettingsPatch = lazy(() =>
	z.discriminatedUnion('type', [
		z.object({ type: z.literal('customGateway'), providerId: maybeText, name: z.optional(text), baseUrl: maybeText, envKey: maybeText }),
		z.object({ type: z.literal('bedrock'), providerId: text, profile: maybeText, region: maybeText }),
		z.object({ type: z.literal('gcp'), providerId: text, projectId: maybeText, location: maybeText, credentialFile: maybeText }),
	]),
);
export type ProviderSettingsPatch = z.infer<typeof ProviderSettingsPatch>;

export const ModelProviderConfigWriteParams = lazy(() => z.object({ settings: ProviderSettingsPatch }));
export type ModelProviderConfigWriteParams = z.infer<typeof ModelProviderConfigWriteParams>;

export const ModelProviderConfigWriteResponse = lazy(() => z.object({ provider: ModelProviderSummary }));
export type ModelProviderConfigWriteResponse = z.infer<typeof ModelProviderConfigWriteResponse>;

export const ModelProviderDefaultSetParams = lazy(() => z.object({ providerId: text }));
export type ModelProviderDefaultSetParams = z.infer<typeof ModelProviderDefaultSetParams>;

/**
 * Our own: another id for a provider of the user's file. What names it there is changed too; threads that name the old id go on with it
 * (`[tiller.renamed_providers]`).
 */
export const ModelProviderRenameParams = lazy(() => z.object({ providerId: text, newId: text }));
export type ModelProviderRenameParams = z.infer<typeof ModelProviderRenameParams>;

/** Our own: asks a provider for its list of models now, whatever was heard before. */
export const ModelProviderCheckParams = lazy(() => z.object({ modelProvider: text }));
export type ModelProviderCheckParams = z.infer<typeof ModelProviderCheckParams>;

/** Why a provider did not list its models. `refused`: another status than those that have a name of their own. */
export const ModelListFailure = lazy(() =>
	z.enum([
		'noKey',
		'keyRefused',
		'noSuchPath',
		'refused',
		'connectionRefused',
		'hostNotFound',
		'certificate',
		'timeout',
		'unreachable',
		'webPage',
		'noList',
		'empty',
	]),
);
export type ModelListFailure = z.infer<typeof ModelListFailure>;

/** `message`: in the words of the server, without secrets. */
export const ModelProviderCheckResponse = lazy(() =>
	z.discriminatedUnion('status', [
		z.object({ status: z.literal('listed') }),
		z.object({ status: z.literal('failed'), reason: ModelListFailure, httpStatus: z.nullable(uint32), message: text }),
	]),
);
export type ModelProviderCheckResponse = z.infer<typeof ModelProviderCheckResponse>;

/**
 * Our own: hands over a key that the client keeps, for each provider whose `env_key` is `envKey`. It stays in the memory of this server and
 * comes before a variable of that name; null takes it away.
 */
export const ModelProviderKeySetParams = lazy(() => z.object({ envKey: text, key: textOrNull }));
export type ModelProviderKeySetParams = z.infer<typeof ModelProviderKeySetParams>;

export const ModelProviderKeySetResponse = lazy(() => z.object({}));
export type ModelProviderKeySetResponse = z.infer<typeof ModelProviderKeySetResponse>;
