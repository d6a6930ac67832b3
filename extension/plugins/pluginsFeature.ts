import * as vscode from 'vscode';
import type { Chats } from '../chat/chats.ts';
import type { Feature } from '../feature.ts';
import type { Ground } from '../ground.ts';
import { PluginPages } from './pluginPages.ts';
import { showPlugins } from './showPlugins.ts';

export function pluginsFeature({ own }: Ground, chats: Chats) {
	const pages = own(new PluginPages());
	const reviewHooks = async () => void (await vscode.commands.executeCommand('tiller.showHooks'));
	return {
		clientCommands: { 'tiller.showPlugins': (client) => showPlugins(client, { folders: () => chats.folders(), pages, reviewHooks }) },
	} satisfies Feature;
}
