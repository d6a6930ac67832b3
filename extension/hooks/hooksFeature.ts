import type { Chats } from '../chat/chats.ts';
import type { Feature } from '../feature.ts';
import type { Ground } from '../ground.ts';
import { Hooks } from './hooks.ts';

export function hooksFeature({ context, log }: Ground, chats: Chats) {
	const hooks = new Hooks({ folders: () => chats.folders(), state: context.workspaceState, log });
	return {
		clientCommands: { 'tiller.showHooks': (client) => hooks.show(client) },
		connected: (client) => hooks.connected(client),
		notice: (notification, client) => hooks.notice(client, notification),
	} satisfies Feature;
}
