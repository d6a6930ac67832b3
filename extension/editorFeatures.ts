import * as vscode from 'vscode';
import type { ServerNotification } from '../server/protocol/serverMessages.ts';
import type { PageSettings } from '../webview/channel/messages.ts';
import { BlameView, blameSelector } from './blame/blameView.ts';
import { FileBlame } from './blame/fileBlame.ts';
import type { ChatView } from './chat/chatView.ts';
import { codeActionKinds, codeActions, codeActionSelector } from './context/codeActions.ts';
import { ContextActions } from './context/contextActions.ts';
import type { TerminalCommands } from './context/terminalCommands.ts';
import { CommitMessage } from './scm/commitMessage.ts';
import { EditorSaves } from './edits/editorSaves.ts';
import type { AppServer } from './server/appServer.ts';
import { setting } from './settings.ts';

export interface EditorFeatureParts {
	readonly own: <T extends vscode.Disposable>(part: T) => T;
	readonly server: AppServer;
	readonly chat: ChatView;
	readonly terminals: TerminalCommands;
	readonly log: { warn(message: string): void };
	/** What new threads begin with. */
	readonly settings: () => PageSettings;
	/** Shows a thread with the beginning of a turn in view. */
	readonly showTurn: (place: { readonly threadId: string; readonly turnId: string; readonly itemId: null }) => Promise<void>;
}

export interface EditorFeatures {
	readonly context: ContextActions;
	readonly blame: BlameView;
	readonly commitMessage: CommitMessage;
	/** Every notification of the server. */
	notice(notification: ServerNotification): void;
	/** Another server is there. */
	connected(): void;
}

/** Puts together what a person finds in the editors themselves. */
export function editorFeatures({ own, server, chat, terminals, log, settings, showTurn }: EditorFeatureParts): EditorFeatures {
	const context = new ContextActions({
		terminals,
		putText: (text) => chat.pushWhenReady({ type: 'composerText', text }),
		attach: (attachment) => chat.pushWhenReady({ type: 'attach', attachment }),
		show: (focus) => (focus === 'composer' ? chat.focus() : chat.reveal()),
	});
	own(vscode.languages.registerCodeActionsProvider(codeActionSelector, codeActions, codeActionKinds));

	const connectedClient = () => (server.state.type === 'ready' ? server.state.client : null);
	own(new EditorSaves({ client: connectedClient, failed: (error) => log.warn(`A save could not be told to the server: ${String(error)}`) }));
	const fileBlame = new FileBlame(connectedClient);
	const blame = new BlameView({
		blame: fileBlame,
		hovers: () => setting('tiller.blame.hover'),
		ready: () => server.ready(),
		openTurn: ({ threadId, turnId }) => showTurn({ threadId, turnId, itemId: null }),
	});
	own(vscode.languages.registerHoverProvider(blameSelector, blame));
	return {
		context,
		blame,
		commitMessage: new CommitMessage({ ready: () => server.ready(), settings }),
		notice: (notification) => fileBlame.notice(notification),
		connected: () => fileBlame.clear(),
	};
}
