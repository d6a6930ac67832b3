import * as z from 'zod/mini';
import { lazy } from '../wire/lazy.ts';
import { maybeFlag, maybeText, maybeTexts, text, texts } from '../wire/scalar.ts';

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
