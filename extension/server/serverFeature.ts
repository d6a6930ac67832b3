import * as vscode from 'vscode';
import type { Feature } from '../feature.ts';
import type { Ground } from '../ground.ts';
import { onSettingChange } from '../settings.ts';
import { networkSettings, onNetworkChange } from './networkSettings.ts';
import { offerRestart } from './offerRestart.ts';

/** The server itself, as far as a person has to do with it. */
export function serverFeature({ server, log, own }: Ground) {
	const telemetryChanged = async (enabled: boolean) => {
		const { state } = server;
		if (state.type === 'ready' && (await state.client.supports('telemetry/set'))) await state.client.request('telemetry/set', { enabled });
	};
	own(vscode.env.onDidChangeTelemetryEnabled((enabled) => void telemetryChanged(enabled).catch((error: unknown) => log.error(String(error)))));
	const networkChanged = async () => {
		const { state } = server;
		if (state.type === 'ready' && (await state.client.supports('network/set'))) await state.client.request('network/set', networkSettings());
	};
	own(onNetworkChange(() => void networkChanged().catch((error: unknown) => log.error(`network/set: ${String(error)}`))));
	own(onSettingChange('tiller.server.path', () => void server.restart()));
	own(onSettingChange('tiller.server.args', () => void server.restart()));
	return {
		commands: {
			'tiller.restartServer': () => server.restart(),
			'tiller.showLog': () => log.show(true),
			'tiller.openSettings': openSettings,
			'tiller.manageTrust': () => vscode.commands.executeCommand('workbench.trust.manage'),
		},
		stateChanged: (state) => {
			if (state.type === 'failed') void offerRestart(state.message);
		},
	} satisfies Feature;
}

/** Most of the settings belong to the machine that the server runs on; in a remote window only its own page of settings shows them. */
async function openSettings(): Promise<void> {
	const command = vscode.env.remoteName === undefined ? 'workbench.action.openSettings' : 'workbench.action.openRemoteSettings';
	await vscode.commands.executeCommand(command, { query: '@ext:tiller.tiller' });
}
