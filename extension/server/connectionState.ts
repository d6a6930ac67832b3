import * as vscode from 'vscode';
import type { ConnectionState } from '../../webview/channel/pageState.ts';
import type { ServerState } from './appServer.ts';

/** What the page is told of the server: in an untrusted folder it may look and not send. */
export function connectionState(state: ServerState): ConnectionState {
	switch (state.type) {
		case 'stopped':
			return { type: 'starting' };
		case 'starting':
		case 'restarting':
		case 'failed':
			return state;
		case 'ready':
			return vscode.workspace.isTrusted ? { type: 'ready' } : { type: 'restricted' };
	}
}
