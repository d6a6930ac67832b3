import * as z from 'zod/mini';
import { L10nMessage } from '../wire/l10nMessage.ts';
import { AppSummary } from './app.ts';
import { HookEventName } from './hook.ts';
import { lazy } from '../wire/lazy.ts';
import { AbsolutePathBuf, flag, maybePath, maybeText, pathOrNull, paths, text, textOrNull, texts, textsOrNull } from '../wire/scalar.ts';
import { SkillSummary } from './skill.ts';

export const PluginAuthPolicy = lazy(() => z.enum(['ON_INSTALL', 'ON_USE']));
export type PluginAuthPolicy = z.infer<typeof PluginAuthPolicy>;

export const PluginInstallPolicy = lazy(() => z.enum(['NOT_AVAILABLE', 'AVAILABLE', 'INSTALLED_BY_DEFAULT']));
export type PluginInstallPolicy = z.infer<typeof PluginInstallPolicy>;

export const PluginAvailability = lazy(() => z.enum(['AVAILABLE', 'DISABLED_BY_ADMIN']));
export type PluginAvailability = z.infer<typeof PluginAvailability>;

export const PluginInterface = lazy(() =>
	z.object({
		displayName: textOrNull,
		shortDescription: textOrNull,
		longDescription: textOrNull,
		developerName: textOrNull,
		category: textOrNull,
		capabilities: texts,
		websiteUrl: textOrNull,
		privacyPolicyUrl: textOrNull,
		termsOfServiceUrl: textOrNull,
		defaultPrompt: textsOrNull,
		brandColor: textOrNull,
		composerIcon: pathOrNull,
		composerIconUrl: textOrNull,
		logo: pathOrNull,
		logoUrl: textOrNull,
		screenshots: paths,
		screenshotUrls: texts,
	}),
);
export type PluginInterface = z.infer<typeof PluginInterface>;

export const PluginSource = lazy(() =>
	z.discriminatedUnion('type', [
		z.object({ type: z.literal('local'), path: AbsolutePathBuf }),
		z.object({ type: z.literal('git'), url: text, path: textOrNull, refName: textOrNull, sha: textOrNull }),
		z.object({ type: z.literal('remote') }),
	]),
);
export type PluginSource = z.infer<typeof PluginSource>;

export const PluginSharePrincipalType = lazy(() => z.enum(['user', 'group', 'workspace']));
export type PluginSharePrincipalType = z.infer<typeof PluginSharePrincipalType>;

export const PluginSharePrincipal = lazy(() => z.object({ principalType: PluginSharePrincipalType, principalId: text, name: text }));
export type PluginSharePrincipal = z.infer<typeof PluginSharePrincipal>;

export const PluginShareContext = lazy(() =>
	z.object({
		remotePluginId: text,
		shareUrl: textOrNull,
		creatorAccountUserId: textOrNull,
		creatorName: textOrNull,
		shareTargets: z.nullable(z.array(PluginSharePrincipal)),
	}),
);
export type PluginShareContext = z.infer<typeof PluginShareContext>;

export const PluginSummary = lazy(() =>
	z.object({
		id: text,
		name: text,
		shareContext: z.nullable(PluginShareContext),
		source: PluginSource,
		installed: flag,
		enabled: flag,
		installPolicy: PluginInstallPolicy,
		authPolicy: PluginAuthPolicy,
		availability: PluginAvailability,
		interface: z.nullable(PluginInterface),
		keywords: texts,
	}),
);
export type PluginSummary = z.infer<typeof PluginSummary>;

export const PluginListMarketplaceKind = lazy(() => z.enum(['local', 'workspace-directory', 'shared-with-me']));
export type PluginListMarketplaceKind = z.infer<typeof PluginListMarketplaceKind>;

export const PluginListParams = lazy(() =>
	z.object({
		cwds: z.nullish(paths),
		marketplaceKinds: z.nullish(z.array(PluginListMarketplaceKind)),
	}),
);
export type PluginListParams = z.infer<typeof PluginListParams>;

export const MarketplaceInterface = lazy(() => z.object({ displayName: textOrNull }));
export type MarketplaceInterface = z.infer<typeof MarketplaceInterface>;

export const PluginMarketplaceEntry = lazy(() =>
	z.object({
		name: text,
		/** Null for a remote one. */
		path: pathOrNull,
		interface: z.nullable(MarketplaceInterface),
		plugins: z.array(PluginSummary),
	}),
);
export type PluginMarketplaceEntry = z.infer<typeof PluginMarketplaceEntry>;

export const MarketplaceLoadErrorInfo = lazy(() => z.object({ marketplacePath: AbsolutePathBuf, message: text, l10n: z.optional(L10nMessage) }));
export type MarketplaceLoadErrorInfo = z.infer<typeof MarketplaceLoadErrorInfo>;

export const PluginListResponse = lazy(() =>
	z.object({
		marketplaces: z.array(PluginMarketplaceEntry),
		marketplaceLoadErrors: z.array(MarketplaceLoadErrorInfo),
		featuredPluginIds: texts,
	}),
);
export type PluginListResponse = z.infer<typeof PluginListResponse>;

/** The marketplace by path when it is local, by name when it is remote. */
export const PluginReadParams = lazy(() => z.object({ marketplacePath: maybePath, remoteMarketplaceName: maybeText, pluginName: text }));
export type PluginReadParams = z.infer<typeof PluginReadParams>;

export const PluginHookSummary = lazy(() => z.object({ key: text, eventName: HookEventName }));
export type PluginHookSummary = z.infer<typeof PluginHookSummary>;

/** `name`: of an MCP server, or the key of a hook. `what`: a command line, or an address. */
export const PluginProgram = lazy(() => z.object({ kind: z.enum(['mcpServer', 'mcpAddress', 'hook']), name: text, what: text }));
export type PluginProgram = z.infer<typeof PluginProgram>;

export const PluginDetail = lazy(() =>
	z.object({
		marketplaceName: text,
		marketplacePath: pathOrNull,
		summary: PluginSummary,
		description: textOrNull,
		skills: z.array(SkillSummary),
		hooks: z.array(PluginHookSummary),
		apps: z.array(AppSummary),
		mcpServers: texts,
		/**
		 * Our own addition, for clients that are made for it: what the plugin runs or connects to, as its files say it. Hooks
		 * that are not in `hooks` do not run with today's settings.
		 */
		programs: z.optional(z.array(PluginProgram)),
	}),
);
export type PluginDetail = z.infer<typeof PluginDetail>;

export const PluginReadResponse = lazy(() => z.object({ plugin: PluginDetail }));
export type PluginReadResponse = z.infer<typeof PluginReadResponse>;

export const PluginSkillReadParams = lazy(() => z.object({ remoteMarketplaceName: text, remotePluginId: text, skillName: text }));
export type PluginSkillReadParams = z.infer<typeof PluginSkillReadParams>;

export const PluginSkillReadResponse = lazy(() => z.object({ contents: textOrNull }));
export type PluginSkillReadResponse = z.infer<typeof PluginSkillReadResponse>;

export const PluginInstallParams = lazy(() => z.object({ marketplacePath: maybePath, remoteMarketplaceName: maybeText, pluginName: text }));
export type PluginInstallParams = z.infer<typeof PluginInstallParams>;

export const PluginInstallResponse = lazy(() => z.object({ authPolicy: PluginAuthPolicy, appsNeedingAuth: z.array(AppSummary) }));
export type PluginInstallResponse = z.infer<typeof PluginInstallResponse>;

export const PluginUninstallParams = lazy(() => z.object({ pluginId: text }));
export type PluginUninstallParams = z.infer<typeof PluginUninstallParams>;

export const PluginUninstallResponse = lazy(() => z.object({}));
export type PluginUninstallResponse = z.infer<typeof PluginUninstallResponse>;

export const PluginShareDiscoverability = lazy(() => z.enum(['LISTED', 'UNLISTED', 'PRIVATE']));
export type PluginShareDiscoverability = z.infer<typeof PluginShareDiscoverability>;

export const PluginShareTarget = lazy(() => z.object({ principalType: PluginSharePrincipalType, principalId: text }));
export type PluginShareTarget = z.infer<typeof PluginShareTarget>;

/** With `remotePluginId`: a new version of that one. */
export const PluginShareSaveParams = lazy(() =>
	z.object({
		pluginPath: AbsolutePathBuf,
		remotePluginId: maybeText,
		discoverability: z.nullish(PluginShareDiscoverability),
		shareTargets: z.nullish(z.array(PluginShareTarget)),
	}),
);
export type PluginShareSaveParams = z.infer<typeof PluginShareSaveParams>;

export const PluginShareSaveResponse = lazy(() => z.object({ remotePluginId: text, shareUrl: text }));
export type PluginShareSaveResponse = z.infer<typeof PluginShareSaveResponse>;

export const PluginShareUpdateDiscoverability = lazy(() => z.enum(['UNLISTED', 'PRIVATE']));
export type PluginShareUpdateDiscoverability = z.infer<typeof PluginShareUpdateDiscoverability>;

export const PluginShareUpdateTargetsParams = lazy(() =>
	z.object({
		remotePluginId: text,
		discoverability: PluginShareUpdateDiscoverability,
		shareTargets: z.array(PluginShareTarget),
	}),
);
export type PluginShareUpdateTargetsParams = z.infer<typeof PluginShareUpdateTargetsParams>;

export const PluginShareUpdateTargetsResponse = lazy(() =>
	z.object({
		principals: z.array(PluginSharePrincipal),
		discoverability: PluginShareDiscoverability,
	}),
);
export type PluginShareUpdateTargetsResponse = z.infer<typeof PluginShareUpdateTargetsResponse>;

export const PluginShareListParams = lazy(() => z.object({}));
export type PluginShareListParams = z.infer<typeof PluginShareListParams>;

export const PluginShareListItem = lazy(() => z.object({ plugin: PluginSummary, shareUrl: text, localPluginPath: pathOrNull }));
export type PluginShareListItem = z.infer<typeof PluginShareListItem>;

export const PluginShareListResponse = lazy(() => z.object({ data: z.array(PluginShareListItem) }));
export type PluginShareListResponse = z.infer<typeof PluginShareListResponse>;

export const PluginShareDeleteParams = lazy(() => z.object({ remotePluginId: text }));
export type PluginShareDeleteParams = z.infer<typeof PluginShareDeleteParams>;

export const PluginShareDeleteResponse = lazy(() => z.object({}));
export type PluginShareDeleteResponse = z.infer<typeof PluginShareDeleteResponse>;
