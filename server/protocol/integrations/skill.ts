import * as z from 'zod/mini';
import { lazy } from '../wire/lazy.ts';
import { AbsolutePathBuf, flag, maybeFlag, maybePath, maybeText, maybeTexts, pathOrNull, text, textOrNull } from '../wire/scalar.ts';

const optionalText = lazy(() => z.optional(text));
const optionalPath = lazy(() => z.optional(AbsolutePathBuf));

export const SkillInterface = lazy(() =>
	z.object({
		displayName: optionalText,
		shortDescription: optionalText,
		iconSmall: optionalPath,
		iconLarge: optionalPath,
		brandColor: optionalText,
		defaultPrompt: optionalText,
	}),
);
export type SkillInterface = z.infer<typeof SkillInterface>;

export const SkillToolDependency = lazy(() =>
	z.object({
		type: text,
		value: text,
		description: optionalText,
		transport: optionalText,
		command: optionalText,
		url: optionalText,
	}),
);
export type SkillToolDependency = z.infer<typeof SkillToolDependency>;

export const SkillDependencies = lazy(() => z.object({ tools: z.array(SkillToolDependency) }));
export type SkillDependencies = z.infer<typeof SkillDependencies>;

export const SkillScope = lazy(() => z.enum(['user', 'repo', 'system', 'admin']));
export type SkillScope = z.infer<typeof SkillScope>;

export const SkillMetadata = lazy(() =>
	z.object({
		name: text,
		description: text,
		/** Superseded by the one in `interface`. */
		shortDescription: optionalText,
		interface: z.optional(SkillInterface),
		dependencies: z.optional(SkillDependencies),
		path: AbsolutePathBuf,
		scope: SkillScope,
		enabled: flag,
		/** Our own addition: the plugin that brings it. */
		pluginId: optionalText,
	}),
);
export type SkillMetadata = z.infer<typeof SkillMetadata>;

export const SkillSummary = lazy(() =>
	z.object({
		name: text,
		description: text,
		shortDescription: textOrNull,
		interface: z.nullable(SkillInterface),
		path: pathOrNull,
		enabled: flag,
	}),
);
export type SkillSummary = z.infer<typeof SkillSummary>;

export const SkillErrorInfo = lazy(() => z.object({ path: text, message: text }));
export type SkillErrorInfo = z.infer<typeof SkillErrorInfo>;

export const SkillsListEntry = lazy(() => z.object({ cwd: text, skills: z.array(SkillMetadata), errors: z.array(SkillErrorInfo) }));
export type SkillsListEntry = z.infer<typeof SkillsListEntry>;

/** `cwds` absent or empty: the server's folder. */
export const SkillsListParams = lazy(() => z.object({ cwds: maybeTexts, forceReload: maybeFlag }));
export type SkillsListParams = z.infer<typeof SkillsListParams>;

export const SkillsListResponse = lazy(() => z.object({ data: z.array(SkillsListEntry) }));
export type SkillsListResponse = z.infer<typeof SkillsListResponse>;

/** By path or by name. */
export const SkillsConfigWriteParams = lazy(() => z.object({ path: maybePath, name: maybeText, enabled: flag }));
export type SkillsConfigWriteParams = z.infer<typeof SkillsConfigWriteParams>;

export const SkillsConfigWriteResponse = lazy(() => z.object({ effectiveEnabled: flag }));
export type SkillsConfigWriteResponse = z.infer<typeof SkillsConfigWriteResponse>;

/** Some skill file changed; ask for the list again. */
export const SkillsChangedNotification = lazy(() => z.object({}));
export type SkillsChangedNotification = z.infer<typeof SkillsChangedNotification>;
