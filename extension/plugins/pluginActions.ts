import * as vscode from 'vscode';
import type { PluginDetail } from '../../server/protocol/integrations/plugin.ts';
import type { Client } from '../server/client.ts';
import { working } from './marketplaceActions.ts';
import type { Offer } from './pluginOffer.ts';
import { installText, nameOf } from './pluginPage.ts';
import { pluginWords as words } from './pluginWords.ts';

/** How both are named to the server: by their file, or, where there is none, by name and id. */
function placeOf({ marketplace, plugin }: Offer) {
	return marketplace.path === null
		? { remoteMarketplaceName: marketplace.name, pluginName: plugin.id }
		: { marketplacePath: marketplace.path, pluginName: plugin.name };
}

export async function readPlugin(client: Client, offer: Offer): Promise<PluginDetail> {
	return (await working(words.details(), () => client.request('plugin/read', placeOf(offer)))).plugin;
}

/** Says what the plugin would run and installs it, or another version of it, when the person agrees. */
export async function installPlugin(client: Client, offer: Offer, reviewHooks: () => Promise<void>): Promise<void> {
	const detail = await readPlugin(client, offer);
	const name = nameOf(detail.summary);
	const verb = offer.plugin.installed ? words.update() : words.install();
	const answer = await vscode.window.showWarningMessage(words.installQuestion(name), { modal: true, detail: installText(detail, words) }, verb);
	if (answer !== verb) return;
	const { appsNeedingAuth } = await working(verb, () => client.request('plugin/install', placeOf(offer)));
	const actions = detail.hooks.length === 0 ? [] : [words.reviewHooks()];
	void vscode.window.showInformationMessage(words.didInstall(name), ...actions).then((chosen) => (chosen === undefined ? undefined : reviewHooks()));
	const address = appsNeedingAuth.find(({ installUrl }) => installUrl !== null)?.installUrl;
	if (appsNeedingAuth.length === 0) return;
	const apps = words.signInApps(appsNeedingAuth.map((app) => app.name).join(', '));
	void vscode.window.showInformationMessage(apps, ...(address == null ? [] : [words.connect()])).then(async (chosen) => {
		if (chosen !== undefined && address != null && address.startsWith('https://')) await vscode.env.openExternal(vscode.Uri.parse(address));
	});
}

export async function uninstallPlugin(client: Client, { id, name }: { readonly id: string; readonly name: string }): Promise<void> {
	const answer = await vscode.window.showWarningMessage(words.uninstallQuestion(name), { modal: true }, words.uninstall());
	if (answer !== words.uninstall()) return;
	await client.request('plugin/uninstall', { pluginId: id });
	void vscode.window.showInformationMessage(words.didUninstall(name));
}

export async function switchPlugin(client: Client, { id, enabled }: { readonly id: string; readonly enabled: boolean }): Promise<void> {
	await client.request('config/value/write', { keyPath: `plugins.${JSON.stringify(id)}.enabled`, value: !enabled, mergeStrategy: 'replace' });
}
