import * as vscode from 'vscode';
import type { Chats } from '../chat/chats.ts';
import type { Feature } from '../feature.ts';
import type { Ground } from '../ground.ts';
import { McpServers } from './mcpServers.ts';

export function mcpFeature({ own }: Ground, chats: Chats) {
	const servers = own(new McpServers({ folder: () => chats.folder() }));
	const failed = (error: unknown) => void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
	return { clientCommands: { 'tiller.showMcpServers': (client) => servers.show(client).catch(failed) } } satisfies Feature;
}
