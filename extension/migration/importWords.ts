/** Words of "Tiller: Import from Another Agent…" and "Tiller: Undo Import…". */
import * as vscode from 'vscode';
import type {
	ExternalAgentConfigMigrationItemType,
	ExternalAgentConfigPreviewItem,
	ExternalAgentConfigSkipped,
} from '../../server/protocol/integrations/externalAgentConfig.ts';
import { reasonText } from './importReasonWords.ts';

const t = vscode.l10n.t;

export const importWords = {
	title: () => t('Import from Another Agent'),
	looking: () => t('Looking for other agents…'),
	nothing: () => t('There is nothing to import.'),
	placeholder: () => t('Select the items to import'),
	kind: kindText,
	kindAt: (type: ExternalAgentConfigMigrationItemType, cwd: string | null) => `${kindText(type)}: ${cwd ?? t('User')}`,
	does: doesText,
	reason: reasonText,
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
	kept: ({ name, ...why }: ExternalAgentConfigSkipped) => t('Kept: {0} ({1})', name, reasonText(why)),
	nothingLeft: () => t('Nothing from this import can be removed.'),
	remove: () => t('Remove'),
	undone: () => t('The import was undone.'),
	partlyUndone: (removed: number, kept: number) => t('Imported items removed: {0}, kept: {1}.', removed, kept),
	undoFailed: (message: string) => t('The import could not be undone: {0}', message),
	more: (count: number) => t('and {0} more', count),
};

function kindText(type: ExternalAgentConfigMigrationItemType): string {
	return {
		CONFIG: t('Environment variables'),
		MCP_SERVER_CONFIG: t('MCP servers'),
		HOOKS: t('Hooks'),
		SKILLS: t('Skills'),
		COMMANDS: t('Commands'),
		SUBAGENTS: t('Sub-agents'),
		AGENTS_MD: t('Instructions'),
		PLUGINS: t('Plugins'),
		SESSIONS: t('Conversations'),
	}[type];
}

/** What the import of an item does, in a sentence. */
function doesText({ item, names, source, target }: ExternalAgentConfigPreviewItem): string {
	const list = names.join(', ');
	const sessions = item.details?.sessions.length ?? 0;
	const [from, to] = [source ?? '', target ?? ''];
	switch (item.itemType) {
		case 'CONFIG':
			return t('Add the environment variables {0} to {1}', list, to);
		case 'MCP_SERVER_CONFIG':
			return t('Add the MCP servers {0} to {1}', list, to);
		case 'HOOKS':
			return t('Write the hooks for {0} to {1} and copy their scripts. Each hook runs only after you trust it', list, to);
		case 'SKILLS':
			return t('Copy the skills {0} to {1}', list, to);
		case 'COMMANDS':
			return t('Write the commands as skills ({0}) to {1}', list, to);
		case 'SUBAGENTS':
			return t('Write the sub-agents {0} to {1}', list, to);
		case 'AGENTS_MD':
			return t('Write {0} from {1}', to, from);
		case 'PLUGINS':
			return t('Install {0}', list);
		case 'SESSIONS':
			return sessions === 1 ? t('Import 1 recent conversation from {0}', from) : t('Import {0} recent conversations from {1}', sessions, from);
		default:
			return item.itemType satisfies never;
	}
}
