import * as z from 'zod/mini';
import { lazy } from '../wire/lazy.ts';
import { flag, flagOrNull, maybeFlag, maybeText, maybeUint32, text, textOrNull, texts, textsOrNull } from '../wire/scalar.ts';

export const AppBranding = lazy(() =>
	z.object({
		category: textOrNull,
		developer: textOrNull,
		website: textOrNull,
		privacyPolicy: textOrNull,
		termsOfService: textOrNull,
		isDiscoverableApp: flag,
	}),
);
export type AppBranding = z.infer<typeof AppBranding>;

export const AppReview = lazy(() => z.object({ status: text }));
export type AppReview = z.infer<typeof AppReview>;

export const AppScreenshot = lazy(() => z.object({ url: textOrNull, fileId: textOrNull, userPrompt: text }));
export type AppScreenshot = z.infer<typeof AppScreenshot>;

export const AppMetadata = lazy(() =>
	z.object({
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
	}),
);
export type AppMetadata = z.infer<typeof AppMetadata>;

/** `isAccessible`: the account may use it; `isEnabled`: the configuration lets it. */
export const AppInfo = lazy(() =>
	z.object({
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
	}),
);
export type AppInfo = z.infer<typeof AppInfo>;

export const AppSummary = lazy(() => z.object({ id: text, name: text, description: textOrNull, installUrl: textOrNull, needsAuth: flag }));
export type AppSummary = z.infer<typeof AppSummary>;

/** With a thread: as that thread is configured. `forceRefetch`: not from the cache. */
export const AppsListParams = lazy(() => z.object({ cursor: maybeText, limit: maybeUint32, threadId: maybeText, forceRefetch: maybeFlag }));
export type AppsListParams = z.infer<typeof AppsListParams>;

export const AppsListResponse = lazy(() => z.object({ data: z.array(AppInfo), nextCursor: textOrNull }));
export type AppsListResponse = z.infer<typeof AppsListResponse>;

export const AppListUpdatedNotification = lazy(() => z.object({ data: z.array(AppInfo) }));
export type AppListUpdatedNotification = z.infer<typeof AppListUpdatedNotification>;
