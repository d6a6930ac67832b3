import * as z from 'zod/mini';
import { experimental, newer } from '../wire/define.ts';
import { JsonValue } from '../wire/jsonValue.ts';
import { lazy } from '../wire/lazy.ts';
import { ReasoningEffort, ReasoningSummary, Verbosity } from '../account/model.ts';
import { ApprovalsReviewer, AskForApproval, SandboxMode } from '../approval/permission.ts';
import { AbsolutePathBuf, flag, int64OrNull, maybeFlag, maybeText, maybeTexts, text, textOrNull, texts } from '../wire/scalar.ts';

export const ForcedLoginMethod = lazy(() => z.enum(['chatgpt', 'api']));
export type ForcedLoginMethod = z.infer<typeof ForcedLoginMethod>;

export const WebSearchMode = lazy(() => z.enum(['disabled', 'cached', 'indexed', 'live']));
export type WebSearchMode = z.infer<typeof WebSearchMode>;

export const WebSearchContextSize = lazy(() => z.enum(['low', 'medium', 'high']));
export type WebSearchContextSize = z.infer<typeof WebSearchContextSize>;

export const WebSearchLocation = lazy(() =>
	z.object({
		country: maybeText,
		region: maybeText,
		city: maybeText,
		timezone: maybeText,
	}),
);
export type WebSearchLocation = z.infer<typeof WebSearchLocation>;

export const WebSearchToolConfig = lazy(() =>
	z.object({
		context_size: z.nullish(WebSearchContextSize),
		allowed_domains: maybeTexts,
		location: z.nullish(WebSearchLocation),
	}),
);
export type WebSearchToolConfig = z.infer<typeof WebSearchToolConfig>;

export const ToolsV2 = lazy(() =>
	z.object({
		web_search: z.nullish(WebSearchToolConfig),
		view_image: maybeFlag,
	}),
);
export type ToolsV2 = z.infer<typeof ToolsV2>;

export const SandboxWorkspaceWrite = lazy(() =>
	z.object({
		writable_roots: z._default(texts, []),
		network_access: z._default(flag, false),
		exclude_tmpdir_env_var: z._default(flag, false),
		exclude_slash_tmp: z._default(flag, false),
	}),
);
export type SandboxWorkspaceWrite = z.infer<typeof SandboxWorkspaceWrite>;

export const AnalyticsConfig = lazy(() => z.catchall(z.object({ enabled: maybeFlag }), JsonValue));
export type AnalyticsConfig = z.infer<typeof AnalyticsConfig>;

export const AppToolApproval = lazy(() => z.enum(['auto', 'prompt', 'writes', 'approve']));
export type AppToolApproval = z.infer<typeof AppToolApproval>;

export const AppToolConfig = lazy(() =>
	z.object({
		enabled: maybeFlag,
		approval_mode: z.nullish(AppToolApproval),
	}),
);
export type AppToolConfig = z.infer<typeof AppToolConfig>;

export const AppToolsConfig = lazy(() => z.record(text, AppToolConfig));
export type AppToolsConfig = z.infer<typeof AppToolsConfig>;

export const AppConfig = lazy(() =>
	z.object({
		enabled: z._default(flag, true),
		destructive_enabled: maybeFlag,
		open_world_enabled: maybeFlag,
		default_tools_approval_mode: z.nullish(AppToolApproval),
		default_tools_enabled: maybeFlag,
		tools: z.nullish(AppToolsConfig),
	}),
);
export type AppConfig = z.infer<typeof AppConfig>;

const onByDefault = lazy(() => z._default(flag, true));

export const AppsDefaultConfig = lazy(() =>
	z.object({
		enabled: onByDefault,
		destructive_enabled: onByDefault,
		open_world_enabled: onByDefault,
		default_tools_approval_mode: newer(z.nullish(AppToolApproval)),
	}),
);
export type AppsDefaultConfig = z.infer<typeof AppsDefaultConfig>;

/** By app id; `_default` holds for all others. */
export const AppsConfig = lazy(() => z.catchall(z.object({ _default: z.nullish(AppsDefaultConfig) }), AppConfig));
export type AppsConfig = z.infer<typeof AppsConfig>;

const modelSettings = {
	model: textOrNull,
	model_provider: textOrNull,
	approval_policy: z.nullable(AskForApproval),
	service_tier: textOrNull,
	model_reasoning_effort: z.nullable(ReasoningEffort),
	model_reasoning_summary: z.nullable(ReasoningSummary),
	model_verbosity: z.nullable(Verbosity),
	web_search: z.nullable(WebSearchMode),
	tools: z.nullable(ToolsV2),
};

export const ProfileV2 = lazy(() =>
	z.catchall(z.partial(z.object({ ...modelSettings, approvals_reviewer: z.nullable(ApprovalsReviewer), chatgpt_base_url: textOrNull })), JsonValue),
);
export type ProfileV2 = z.infer<typeof ProfileV2>;

/**
 * The merged configuration, in the words of config.toml. Keys not named here are passed through.
 * Members of nested tables may be missing: they are as the files have them.
 */
export const Config = lazy(() =>
	z.catchall(
		z.object({
			...modelSettings,
			review_model: textOrNull,
			model_context_window: int64OrNull,
			model_auto_compact_token_limit: int64OrNull,
			approvals_reviewer: z.nullable(ApprovalsReviewer),
			sandbox_mode: z.nullable(SandboxMode),
			sandbox_workspace_write: z.nullable(SandboxWorkspaceWrite),
			forced_chatgpt_workspace_id: textOrNull,
			forced_login_method: z.nullable(ForcedLoginMethod),
			profile: textOrNull,
			profiles: z.record(text, ProfileV2),
			instructions: textOrNull,
			developer_instructions: textOrNull,
			compact_prompt: textOrNull,
			analytics: z.nullable(AnalyticsConfig),
			apps: experimental(z.nullable(AppsConfig), 'config/read.apps'),
		}),
		JsonValue,
	),
);
export type Config = z.infer<typeof Config>;

/** Where a value comes from. Layers that come later in the answer's list win less. */
export const ConfigLayerSource = lazy(() =>
	z.discriminatedUnion('type', [
		z.object({ type: z.literal('mdm'), domain: text, key: text }),
		z.object({ type: z.literal('system'), file: AbsolutePathBuf }),
		z.object({ type: z.literal('user'), file: AbsolutePathBuf, /** The profile of that file, where it is one. */ profile: z.optional(textOrNull) }),
		z.object({ type: z.literal('project'), dotCodexFolder: AbsolutePathBuf }),
		z.object({ type: z.literal('sessionFlags') }),
		z.object({
			type: z.literal('legacyManagedConfigTomlFromFile'),
			file: AbsolutePathBuf,
		}),
		z.object({ type: z.literal('legacyManagedConfigTomlFromMdm') }),
	]),
);
export type ConfigLayerSource = z.infer<typeof ConfigLayerSource>;

export const ConfigLayerMetadata = lazy(() =>
	z.object({
		name: ConfigLayerSource,
		version: text,
	}),
);
export type ConfigLayerMetadata = z.infer<typeof ConfigLayerMetadata>;

export const ConfigLayer = lazy(() =>
	z.object({
		name: ConfigLayerSource,
		version: text,
		config: JsonValue,
		disabledReason: z.optional(textOrNull),
	}),
);
export type ConfigLayer = z.infer<typeof ConfigLayer>;

/** `cwd`: the folder whose project layers count. */
export const ConfigReadParams = lazy(() =>
	z.object({
		includeLayers: maybeFlag,
		cwd: maybeText,
	}),
);
export type ConfigReadParams = z.infer<typeof ConfigReadParams>;

/** `origins` by dotted key. */
export const ConfigReadResponse = lazy(() =>
	z.object({
		config: Config,
		origins: z.record(text, ConfigLayerMetadata),
		layers: z.nullable(z.array(ConfigLayer)),
	}),
);
export type ConfigReadResponse = z.infer<typeof ConfigReadResponse>;

export const MergeStrategy = lazy(() => z.enum(['replace', 'upsert']));
export type MergeStrategy = z.infer<typeof MergeStrategy>;

export const ConfigEdit = lazy(() =>
	z.object({
		keyPath: text,
		value: JsonValue,
		mergeStrategy: MergeStrategy,
	}),
);
export type ConfigEdit = z.infer<typeof ConfigEdit>;

/** `expectedVersion`: refuse when the file has changed since that version was read. */
export const ConfigValueWriteParams = lazy(() =>
	z.object({
		keyPath: text,
		/** Null takes the key away. */
		value: JsonValue,
		mergeStrategy: MergeStrategy,
		filePath: maybeText,
		expectedVersion: maybeText,
	}),
);
export type ConfigValueWriteParams = z.infer<typeof ConfigValueWriteParams>;

/** All edits or none. `reloadUserConfig`: loaded threads take the new values too. */
export const ConfigBatchWriteParams = lazy(() =>
	z.object({
		edits: z.array(ConfigEdit),
		filePath: maybeText,
		expectedVersion: maybeText,
		reloadUserConfig: maybeFlag,
	}),
);
export type ConfigBatchWriteParams = z.infer<typeof ConfigBatchWriteParams>;

/** `okOverridden`: written, but another layer wins. */
export const WriteStatus = lazy(() => z.enum(['ok', 'okOverridden']));
export type WriteStatus = z.infer<typeof WriteStatus>;

export const OverriddenMetadata = lazy(() =>
	z.object({
		message: text,
		overridingLayer: ConfigLayerMetadata,
		effectiveValue: JsonValue,
	}),
);
export type OverriddenMetadata = z.infer<typeof OverriddenMetadata>;

export const ConfigWriteResponse = lazy(() =>
	z.object({
		status: WriteStatus,
		version: text,
		filePath: AbsolutePathBuf,
		overriddenMetadata: z.nullable(OverriddenMetadata),
	}),
);
export type ConfigWriteResponse = z.infer<typeof ConfigWriteResponse>;

/** `cwd`: the folder whose project layers count. */
export const ConfigEffectiveReadParams = lazy(() => z.object({ cwd: maybeText }));
export type ConfigEffectiveReadParams = z.infer<typeof ConfigEffectiveReadParams>;

/** One key that somebody set, for a list that a person reads. */
export const EffectiveSetting = lazy(() =>
	z.object({
		/** Dotted. */
		key: text,
		/** JSON, secrets in it replaced; null for a value that is a secret. */
		value: textOrNull,
		/** The place by name: a file, the command line, an administrator. */
		source: text,
		/** The file to change it in, and its line there (counts from 1). */
		file: z.nullable(AbsolutePathBuf),
		line: int64OrNull,
		/** Why the key does nothing here; null when it has an effect. */
		withoutEffect: textOrNull,
	}),
);
export type EffectiveSetting = z.infer<typeof EffectiveSetting>;

/** What an administrator requires: `value` is JSON, `source` the file or service that says so. */
export const FixedSetting = lazy(() => z.object({ name: text, value: text, source: text }));
export type FixedSetting = z.infer<typeof FixedSetting>;

export const ConfigEffectiveReadResponse = lazy(() => z.object({ settings: z.array(EffectiveSetting), fixed: z.array(FixedSetting) }));
export type ConfigEffectiveReadResponse = z.infer<typeof ConfigEffectiveReadResponse>;
