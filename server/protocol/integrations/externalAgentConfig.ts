import * as z from 'zod/mini';
import { lazy } from '../wire/lazy.ts';
import { int64, maybeFlag, maybeText, maybeTexts, text, textOrNull, texts } from '../wire/scalar.ts';

export const ExternalAgentConfigMigrationItemType = lazy(() =>
	z.enum(['AGENTS_MD', 'CONFIG', 'SKILLS', 'PLUGINS', 'MCP_SERVER_CONFIG', 'SUBAGENTS', 'HOOKS', 'COMMANDS', 'SESSIONS']),
);
export type ExternalAgentConfigMigrationItemType = z.infer<typeof ExternalAgentConfigMigrationItemType>;

export const PluginsMigration = lazy(() => z.object({ marketplaceName: text, pluginNames: texts }));
export type PluginsMigration = z.infer<typeof PluginsMigration>;

export const SessionMigration = lazy(() => z.object({ path: text, cwd: text, title: maybeText }));
export type SessionMigration = z.infer<typeof SessionMigration>;

export const McpServerMigration = lazy(() => z.object({ name: text }));
export type McpServerMigration = z.infer<typeof McpServerMigration>;

export const HookMigration = lazy(() => z.object({ name: text }));
export type HookMigration = z.infer<typeof HookMigration>;

export const SubagentMigration = lazy(() => z.object({ name: text }));
export type SubagentMigration = z.infer<typeof SubagentMigration>;

export const CommandMigration = lazy(() => z.object({ name: text }));
export type CommandMigration = z.infer<typeof CommandMigration>;

export const MigrationDetails = lazy(() =>
	z.object({
		plugins: z._default(z.array(PluginsMigration), []),
		sessions: z._default(z.array(SessionMigration), []),
		mcpServers: z._default(z.array(McpServerMigration), []),
		hooks: z._default(z.array(HookMigration), []),
		subagents: z._default(z.array(SubagentMigration), []),
		commands: z._default(z.array(CommandMigration), []),
	}),
);
export type MigrationDetails = z.infer<typeof MigrationDetails>;

/** Something of another agent that can be taken over. Without `cwd` it is the user's, not a project's. */
export const ExternalAgentConfigMigrationItem = lazy(() =>
	z.object({
		itemType: ExternalAgentConfigMigrationItemType,
		description: text,
		cwd: maybeText,
		details: z.nullish(MigrationDetails),
	}),
);
export type ExternalAgentConfigMigrationItem = z.infer<typeof ExternalAgentConfigMigrationItem>;

export const ExternalAgentConfigDetectParams = lazy(() => z.object({ includeHome: maybeFlag, cwds: maybeTexts }));
export type ExternalAgentConfigDetectParams = z.infer<typeof ExternalAgentConfigDetectParams>;

export const ExternalAgentConfigDetectResponse = lazy(() => z.object({ items: z.array(ExternalAgentConfigMigrationItem) }));
export type ExternalAgentConfigDetectResponse = z.infer<typeof ExternalAgentConfigDetectResponse>;

export const ExternalAgentConfigImportParams = lazy(() => z.object({ migrationItems: z.array(ExternalAgentConfigMigrationItem) }));
export type ExternalAgentConfigImportParams = z.infer<typeof ExternalAgentConfigImportParams>;

export const ExternalAgentConfigImportResponse = lazy(() => z.object({}));
export type ExternalAgentConfigImportResponse = z.infer<typeof ExternalAgentConfigImportResponse>;

export const ExternalAgentConfigImportCompletedNotification = lazy(() => z.object({}));
export type ExternalAgentConfigImportCompletedNotification = z.infer<typeof ExternalAgentConfigImportCompletedNotification>;

// Our own additions to the protocol: what is left out and why, and taking an import back.

/** Why something is not imported, or stays when an import is undone. */
export const ExternalAgentConfigReasonCode = lazy(() =>
	z.enum([
		'gone',
		'unreadable',
		'notObject',
		'invalidJson',
		'invalidHead',
		'headNotTable',
		'noName',
		'noUsableName',
		'noDescription',
		'noInstructions',
		'exists',
		'imported',
		'sameName',
		'takesArguments',
		'runsCommand',
		'includesFile',
		'notScalar',
		'notTable',
		'notList',
		'switchedOff',
		'hooksExist',
		'unknownEvent',
		'groupWithoutHooks',
		'unknownGroupMember',
		'matcherNotText',
		'hookNotTable',
		'hookType',
		'asyncHook',
		'unknownHookMember',
		'hookWithoutCommand',
		'serverType',
		'noCommand',
		'argsNotTexts',
		'envNotTable',
		'commandVariables',
		'envNotText',
		'envRenamed',
		'envComposed',
		'noAddress',
		'addressVariables',
		'headersNotTable',
		'headerNotText',
		'headerComposed',
		'notMarketplacePlugin',
		'installed',
		'unknownMarketplace',
		'noMessage',
		'folderGone',
		'changed',
		'otherPlugins',
		'turnRuns',
		'continued',
		'failed',
	]),
);
export type ExternalAgentConfigReasonCode = z.infer<typeof ExternalAgentConfigReasonCode>;

/** `reason` says in English what `code` and its values mean. */
export const ExternalAgentConfigSkipped = lazy(() => z.object({ name: text, reason: text, code: ExternalAgentConfigReasonCode, values: texts }));
export type ExternalAgentConfigSkipped = z.infer<typeof ExternalAgentConfigSkipped>;

export const ExternalAgentConfigPreviewItem = lazy(() =>
	z.object({
		item: ExternalAgentConfigMigrationItem,
		/** What is taken over: names of skills, variables, servers, plugins; empty for instructions and conversations. */
		names: texts,
		/** The file or folder that it comes from; null where there are several, or none. */
		source: textOrNull,
		/** The file or folder that it goes to; null where this program keeps it. */
		target: textOrNull,
		skipped: z.array(ExternalAgentConfigSkipped),
	}),
);
export type ExternalAgentConfigPreviewItem = z.infer<typeof ExternalAgentConfigPreviewItem>;

/** Something is there, but nothing of it can be taken over. */
export const ExternalAgentConfigLeftOut = lazy(() =>
	z.object({ itemType: ExternalAgentConfigMigrationItemType, cwd: textOrNull, skipped: z.array(ExternalAgentConfigSkipped) }),
);
export type ExternalAgentConfigLeftOut = z.infer<typeof ExternalAgentConfigLeftOut>;

export const ExternalAgentConfigPreviewResponse = lazy(() =>
	z.object({
		items: z.array(ExternalAgentConfigPreviewItem),
		leftOut: z.array(ExternalAgentConfigLeftOut),
		/** Files that could not be read. */
		unreadable: z.array(ExternalAgentConfigSkipped),
	}),
);
export type ExternalAgentConfigPreviewResponse = z.infer<typeof ExternalAgentConfigPreviewResponse>;

export const ExternalAgentConfigImportListParams = lazy(() => z.object({}));
export type ExternalAgentConfigImportListParams = z.infer<typeof ExternalAgentConfigImportListParams>;

/** An import of which something is left that can be taken back. */
export const ExternalAgentConfigPastImport = lazy(() =>
	z.object({
		importId: text,
		importedAtMs: int64,
		/** In English. */
		items: texts,
		/** Of each item its kind and place; empty for an import of an older version. */
		kinds: z.array(z.object({ itemType: ExternalAgentConfigMigrationItemType, cwd: textOrNull })),
	}),
);
export type ExternalAgentConfigPastImport = z.infer<typeof ExternalAgentConfigPastImport>;

/** The newest first. Answered when an import that runs has ended. */
export const ExternalAgentConfigImportListResponse = lazy(() => z.object({ imports: z.array(ExternalAgentConfigPastImport) }));
export type ExternalAgentConfigImportListResponse = z.infer<typeof ExternalAgentConfigImportListResponse>;

/** Removes what the import wrote and nobody has changed since. `dryRun`: only says what would go. */
export const ExternalAgentConfigImportUndoParams = lazy(() => z.object({ importId: text, dryRun: maybeFlag }));
export type ExternalAgentConfigImportUndoParams = z.infer<typeof ExternalAgentConfigImportUndoParams>;

export const ExternalAgentConfigImportUndoResponse = lazy(() => z.object({ removed: texts, kept: z.array(ExternalAgentConfigSkipped) }));
export type ExternalAgentConfigImportUndoResponse = z.infer<typeof ExternalAgentConfigImportUndoResponse>;
