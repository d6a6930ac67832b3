/** Words of "Tiller: Import from Another Agent…" and "Tiller: Undo Import…". */
import * as vscode from 'vscode';
import type { ExternalAgentConfigMigrationItemType } from '../../server/protocol/integrations/externalAgentConfig.ts';

const t = vscode.l10n.t;

export const importWords = {
	title: () => t('Import from Another Agent'),
	looking: () => t('Looking for other agents…'),
	nothing: () => t('There is nothing to import.'),
	placeholder: () => t('Select the items to import'),
	kind: (type: ExternalAgentConfigMigrationItemType) =>
		({
			CONFIG: t('Environment variables'),
			MCP_SERVER_CONFIG: t('MCP servers'),
			HOOKS: t('Hooks'),
			SKILLS: t('Skills'),
			COMMANDS: t('Commands'),
			SUBAGENTS: t('Sub-agents'),
			AGENTS_MD: t('Instructions'),
			PLUGINS: t('Plugins'),
			SESSIONS: t('Conversations'),
		})[type],
	home: () => t('User'),
	skipped: () => t('Skipped'),
	unreadable: () => t('Files that could not be read'),
	importing: () => t('Importing…'),
	imported: (count: number) => (count === 1 ? t('Imported 1 item.') : t('Imported {0} items.', count)),
	partlyImported: (problems: string) => t('The import is incomplete. {0}', problems),
	undo: () => t('Undo'),
	unsupported: () => t('This server cannot import from other agents.'),
	failed: (message: string) => t('The import failed: {0}', message),
	undoTitle: () => t('Undo Import'),
	undoPlaceholder: () => t('Select the import to undo'),
	noImports: () => t('There is no import to undo.'),
	undoQuestion: (count: number) => (count === 1 ? t('Remove 1 imported item?') : t('Remove {0} imported items?', count)),
	kept: (name: string, reason: string) => t('Kept: {0} ({1})', name, reason),
	nothingLeft: () => t('Nothing from this import can be removed.'),
	remove: () => t('Remove'),
	undone: () => t('The import was undone.'),
	partlyUndone: (removed: number, kept: number) => t('Imported items removed: {0}, kept: {1}.', removed, kept),
	undoFailed: (message: string) => t('The import could not be undone: {0}', message),
	more: (count: number) => t('and {0} more', count),
};
