import type { Chats } from '../chat/chats.ts';
import type { Feature } from '../feature.ts';
import type { Ground } from '../ground.ts';
import { Hooks } from './hooks.ts';

export function hooksFeature({ context, ready, log }: Ground, chats: Chats) {
	const hooks = new Hooks({ ready, folders: () => chats.folders(), state: context.workspaceState, log });
	return {
		commands: { 'tiller.showHooks': () => hooks.show() },
		connected: (client) => hooks.connected(client),
		notice: (notification, client) => hooks.notice(client, notification),
	} satisfies Feature;
}
