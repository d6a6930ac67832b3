import * as vscode from 'vscode';
import type { Chats } from '../chat/chats.ts';
import type { Feature } from '../feature.ts';
import type { Ground } from '../ground.ts';
import type { ReadOnlyTexts } from '../readOnlyTexts.ts';
import { importFromAgent, undoImport } from './importFromAgent.ts';

/** No folder is looked through before the person trusts it. */
export function migrationFeature(_ground: Ground, { chats, documents }: { readonly chats: Chats; readonly documents: ReadOnlyTexts }) {
	const folders = () => (vscode.workspace.isTrusted ? chats.folders() : []);
	return {
		clientCommands: {
			'tiller.importFromAgent': (client) => importFromAgent(client, { folders, documents }),
			'tiller.undoImport': (client) => undoImport(client),
		},
	} satisfies Feature;
}
