import path from 'node:path';
import * as vscode from 'vscode';
import { PendingRequests } from './approvals/pendingRequests.ts';
import { type Answers, serverRequestHandler } from './approvals/serverRequests.ts';
import { AppServer } from './server/appServer.ts';
import type { Client } from './server/client.ts';
import { networkSettings } from './server/networkSettings.ts';
import { backoffPolicy } from './server/restartPolicy.ts';
import { VscodeLauncher } from './server/vscodeLauncher.ts';
import { words } from './words.ts';
import { WorkspaceMemory } from './workspaceMemory.ts';
import { serverTexts } from './server/localized.ts';

/** What every feature of the extension may stand on. */
export interface Ground {
	readonly context: vscode.ExtensionContext;
	readonly log: vscode.LogOutputChannel;
	readonly memory: WorkspaceMemory;
	readonly server: AppServer;
	/** The client as soon as there is one; starts the server. Rejects with words for a person when there will be none. */
	readonly ready: () => Promise<Client>;
	/** Questions of the server that wait for a person. */
	readonly pending: PendingRequests;
	/** Answers requests of the server from now on. */
	readonly answer: (answers: Partial<Answers>) => void;
	/** Disposes of it with the extension. */
	readonly own: <T extends { dispose(): unknown }>(part: T) => T;
}

/** Starts nothing. */
export function createGround(context: vscode.ExtensionContext): Ground {
	const own = <T extends { dispose(): unknown }>(part: T): T => {
		context.subscriptions.push(part);
		return part;
	};
	const log = own(vscode.window.createOutputChannel('Tiller', { log: true }));
	const pending = new PendingRequests();
	const answers: Partial<Answers> = {};
	const launcher = own(new VscodeLauncher(path.join(context.extensionPath, 'dist', 'server.js'), log));
	const server = own(
		new AppServer({
			launcher: () => launcher.create(),
			policy: backoffPolicy(),
			clientVersion: versionOf(context.extension.packageJSON),
			telemetry: () => vscode.env.isTelemetryEnabled,
			network: networkSettings,
			onRequest: serverRequestHandler(pending, answers),
			log,
			texts: serverTexts,
			t: vscode.l10n.t,
			gaveUp: words.serverGaveUp,
		}),
	);
	return {
		context,
		log,
		memory: new WorkspaceMemory(context.workspaceState),
		server,
		ready: () => server.ready(),
		pending,
		answer: (more) => void Object.assign(answers, more),
		own,
	};
}

function versionOf(manifest: unknown): string {
	return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '0';
}
