import * as z from 'zod/mini';
import { AppSummary } from './app.ts';
import { HookEventName } from './hook.ts';
import { AbsolutePathBuf, flag, maybePath, maybeText, pathOrNull, paths, text, textOrNull, texts, textsOrNull } from './scalar.ts';
import { SkillSummary } from './skill.ts';

export const PluginAuthPolicy = z.enum(['ON_INSTALL', 'ON_USE']);
export type PluginAuthPolicy = z.infer<typeof PluginAuthPolicy>;

export const PluginInstallPolicy = z.enum(['NOT_AVAILABLE', 'AVAILABLE', 'INSTALLED_BY_DEFAULT']);
export type PluginInstallPolicy = z.infer<typeof PluginInstallPolicy>;

export const PluginAvailability = z.enum(['AVAILABLE', 'DISABLED_BY_ADMIN']);
export type PluginAvailability = z.infer<typeof PluginAvailability>;

export const PluginInterface = z.object({
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
});
export type PluginInterface = z.infer<typeof PluginInterface>;

export const PluginSource = z.discriminatedUnion('type', [
	z.object({ type: z.literal('local'), path: AbsolutePathBuf }),
	z.object({ type: z.literal('git'), url: text, path: textOrNull, refName: textOrNull, sha: textOrNull }),
	z.object({ type: z.literal('remote') }),
]);
export type PluginSource = z.infer<typeof PluginSource>;

export const PluginSharePrincipalType = z.enum(['user', 'group', 'workspace']);
export type PluginSharePrincipalType = z.infer<typeof PluginSharePrincipalType>;

export const PluginSharePrincipal = z.object({ principalType: PluginSharePrincipalType, principalId: text, name: text });
export type PluginSharePrincipal = z.infer<typeof PluginSharePrincipal>;

export const PluginShareContext = z.object({
	remotePluginId: text,
	shareUrl: textOrNull,
	creatorAccountUserId: textOrNull,
	creatorName: textOrNull,
	shareTargets: z.nullable(z.array(PluginSharePrincipal)),
});
export type PluginShareContext = z.infer<typeof PluginShareContext>;

export const PluginSummary = z.object({
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
});
export type PluginSummary = z.infer<typeof PluginSummary>;

export const PluginListMarketplaceKind = z.enum(['local', 'workspace-directory', 'shared-with-me']);
export type PluginListMarketplaceKind = z.infer<typeof PluginListMarketplaceKind>;

export const PluginListParams = z.object({
	cwds: z.nullish(paths),
	marketplaceKinds: z.nullish(z.array(PluginListMarketplaceKind)),
});
export type PluginListParams = z.infer<typeof PluginListParams>;

export const MarketplaceInterface = z.object({ displayName: textOrNull });
export type MarketplaceInterface = z.infer<typeof MarketplaceInterface>;

export const PluginMarketplaceEntry = z.object({
	name: text,
	/** Null for a remote one. */
	path: pathOrNull,
	interface: z.nullable(MarketplaceInterface),
	plugins: z.array(PluginSummary),
});
export type PluginMarketplaceEntry = z.infer<typeof PluginMarketplaceEntry>;

export const MarketplaceLoadErrorInfo = z.object({ marketplacePath: AbsolutePathBuf, message: text });
export type MarketplaceLoadErrorInfo = z.infer<typeof MarketplaceLoadErrorInfo>;

export const PluginListResponse = z.object({
	marketplaces: z.array(PluginMarketplaceEntry),
	marketplaceLoadErrors: z.array(MarketplaceLoadErrorInfo),
	featuredPluginIds: texts,
});
export type PluginListResponse = z.infer<typeof PluginListResponse>;

/** The marketplace by path when it is local, by name when it is remote. */
export const PluginReadParams = z.object({ marketplacePath: maybePath, remoteMarketplaceName: maybeText, pluginName: text });
export type PluginReadParams = z.infer<typeof PluginReadParams>;

export const PluginHookSummary = z.object({ key: text, eventName: HookEventName });
export type PluginHookSummary = z.infer<typeof PluginHookSummary>;

export const PluginDetail = z.object({
	marketplaceName: text,
	marketplacePath: pathOrNull,
	summary: PluginSummary,
	description: textOrNull,
	skills: z.array(SkillSummary),
	hooks: z.array(PluginHookSummary),
	apps: z.array(AppSummary),
	mcpServers: texts,
});
export type PluginDetail = z.infer<typeof PluginDetail>;

export const PluginReadResponse = z.object({ plugin: PluginDetail });
export type PluginReadResponse = z.infer<typeof PluginReadResponse>;

export const PluginSkillReadParams = z.object({ remoteMarketplaceName: text, remotePluginId: text, skillName: text });
export type PluginSkillReadParams = z.infer<typeof PluginSkillReadParams>;

export const PluginSkillReadResponse = z.object({ contents: textOrNull });
export type PluginSkillReadResponse = z.infer<typeof PluginSkillReadResponse>;

export const PluginInstallParams = z.object({ marketplacePath: maybePath, remoteMarketplaceName: maybeText, pluginName: text });
export type PluginInstallParams = z.infer<typeof PluginInstallParams>;

export const PluginInstallResponse = z.object({ authPolicy: PluginAuthPolicy, appsNeedingAuth: z.array(AppSummary) });
export type PluginInstallResponse = z.infer<typeof PluginInstallResponse>;

export const PluginUninstallParams = z.object({ pluginId: text });
export type PluginUninstallParams = z.infer<typeof PluginUninstallParams>;

export const PluginUninstallResponse = z.object({});
export type PluginUninstallResponse = z.infer<typeof PluginUninstallResponse>;

export const PluginShareDiscoverability = z.enum(['LISTED', 'UNLISTED', 'PRIVATE']);
export type PluginShareDiscoverability = z.infer<typeof PluginShareDiscoverability>;

export const PluginShareTarget = z.object({ principalType: PluginSharePrincipalType, principalId: text });
export type PluginShareTarget = z.infer<typeof PluginShareTarget>;

/** With `remotePluginId`: a new version of that one. */
export const PluginShareSaveParams = z.object({
	pluginPath: AbsolutePathBuf,
	remotePluginId: maybeText,
	discoverability: z.nullish(PluginShareDiscoverability),
	shareTargets: z.nullish(z.array(PluginShareTarget)),
});
export type PluginShareSaveParams = z.infer<typeof PluginShareSaveParams>;

export const PluginShareSaveResponse = z.object({ remotePluginId: text, shareUrl: text });
export type PluginShareSaveResponse = z.infer<typeof PluginShareSaveResponse>;

export const PluginShareUpdateDiscoverability = z.enum(['UNLISTED', 'PRIVATE']);
export type PluginShareUpdateDiscoverability = z.infer<typeof PluginShareUpdateDiscoverability>;

export const PluginShareUpdateTargetsParams = z.object({
	remotePluginId: text,
	discoverability: PluginShareUpdateDiscoverability,
	shareTargets: z.array(PluginShareTarget),
});
export type PluginShareUpdateTargetsParams = z.infer<typeof PluginShareUpdateTargetsParams>;

export const PluginShareUpdateTargetsResponse = z.object({
	principals: z.array(PluginSharePrincipal),
	discoverability: PluginShareDiscoverability,
});
export type PluginShareUpdateTargetsResponse = z.infer<typeof PluginShareUpdateTargetsResponse>;

export const PluginShareListParams = z.object({});
export type PluginShareListParams = z.infer<typeof PluginShareListParams>;

export const PluginShareListItem = z.object({ plugin: PluginSummary, shareUrl: text, localPluginPath: pathOrNull });
export type PluginShareListItem = z.infer<typeof PluginShareListItem>;

export const PluginShareListResponse = z.object({ data: z.array(PluginShareListItem) });
export type PluginShareListResponse = z.infer<typeof PluginShareListResponse>;

export const PluginShareDeleteParams = z.object({ remotePluginId: text });
export type PluginShareDeleteParams = z.infer<typeof PluginShareDeleteParams>;

export const PluginShareDeleteResponse = z.object({});
export type PluginShareDeleteResponse = z.infer<typeof PluginShareDeleteResponse>;
