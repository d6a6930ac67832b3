import * as z from 'zod/mini';
import { flag, flagOrNull, maybeFlag, maybeText, maybeUint32, text, textOrNull, texts, textsOrNull } from './scalar.ts';

export const AppBranding = z.object({
	category: textOrNull,
	developer: textOrNull,
	website: textOrNull,
	privacyPolicy: textOrNull,
	termsOfService: textOrNull,
	isDiscoverableApp: flag,
});
export type AppBranding = z.infer<typeof AppBranding>;

export const AppReview = z.object({ status: text });
export type AppReview = z.infer<typeof AppReview>;

export const AppScreenshot = z.object({ url: textOrNull, fileId: textOrNull, userPrompt: text });
export type AppScreenshot = z.infer<typeof AppScreenshot>;

export const AppMetadata = z.object({
	review: z.nullable(AppReview),
	categories: textsOrNull,
	subCategories: textsOrNull,
	seoDescription: textOrNull,
	screenshots: z.nullable(z.array(AppScreenshot)),
	developer: textOrNull,
	version: textOrNull,
	versionId: textOrNull,
	versionNotes: textOrNull,
	firstPartyType: textOrNull,
	firstPartyRequiresInstall: flagOrNull,
	showInComposerWhenUnlinked: flagOrNull,
});
export type AppMetadata = z.infer<typeof AppMetadata>;

/** `isAccessible`: the account may use it; `isEnabled`: the configuration lets it. */
export const AppInfo = z.object({
	id: text,
	name: text,
	description: textOrNull,
	logoUrl: textOrNull,
	logoUrlDark: textOrNull,
	distributionChannel: textOrNull,
	branding: z.nullable(AppBranding),
	appMetadata: z.nullable(AppMetadata),
	labels: z.nullable(z.record(text, text)),
	installUrl: textOrNull,
	isAccessible: flag,
	isEnabled: flag,
	pluginDisplayNames: texts,
});
export type AppInfo = z.infer<typeof AppInfo>;

export const AppSummary = z.object({ id: text, name: text, description: textOrNull, installUrl: textOrNull, needsAuth: flag });
export type AppSummary = z.infer<typeof AppSummary>;

/** With a thread: as that thread is configured. `forceRefetch`: not from the cache. */
export const AppsListParams = z.object({ cursor: maybeText, limit: maybeUint32, threadId: maybeText, forceRefetch: maybeFlag });
export type AppsListParams = z.infer<typeof AppsListParams>;

export const AppsListResponse = z.object({ data: z.array(AppInfo), nextCursor: textOrNull });
export type AppsListResponse = z.infer<typeof AppsListResponse>;

export const AppListUpdatedNotification = z.object({ data: z.array(AppInfo) });
export type AppListUpdatedNotification = z.infer<typeof AppListUpdatedNotification>;
