import * as vscode from 'vscode';
import type { Chats } from '../chat/chats.ts';
import type { Feature } from '../feature.ts';
import type { Ground } from '../ground.ts';
import { setting } from '../settings.ts';
import { BlameView, blameSelector } from './blameView.ts';
import { FileBlame } from './fileBlame.ts';

/** Which turn wrote a line. */
export function blameFeature({ server, own }: Ground, chats: Chats) {
	const fileBlame = new FileBlame(() => (server.state.type === 'ready' ? server.state.client : null));
	const view = new BlameView({
		blame: fileBlame,
		hovers: () => setting('tiller.blame.hover'),
		openTurn: ({ threadId, turnId }) => chats.reveal({ threadId, turnId, itemId: null }),
	});
	own(vscode.languages.registerHoverProvider(blameSelector, view));
	return {
		// Blame has the client of the moment itself.
		clientCommands: {
			'tiller.whoWroteLine': () => view.whoWroteLine(),
			'tiller.fileTurns': (_client, target) => view.fileTurns(target),
		},
		commands: {
			'tiller.openTurn': (threadId, turnId) => view.openTurn(threadId, turnId),
		},
		connected: () => fileBlame.clear(),
		notice: (notification) => fileBlame.notice(notification),
	} satisfies Feature;
}
