/** "Tiller: Plugins": what is installed, what marketplaces offer, and what can be done with each. */
import * as vscode from 'vscode';
import type { PluginListResponse, PluginSummary } from '../../server/protocol/integrations/plugin.ts';
import type { Client } from '../server/client.ts';
import { addMarketplace, removeMarketplace, upgradeMarketplaces } from './marketplaceActions.ts';
import { installPlugin, readPlugin, switchPlugin, uninstallPlugin } from './pluginActions.ts';
import { addedNames, groupOffers, type Leftover, leftovers, type Offer } from './pluginOffer.ts';
import { nameOf } from './pluginPage.ts';
import type { PluginPages } from './pluginPages.ts';
import { pluginWords as words } from './pluginWords.ts';
import { localize } from '../server/localized.ts';

export interface PluginListOptions {
	readonly folders: () => readonly string[];
	readonly pages: PluginPages;
	/** Shows the list of hooks. */
	readonly reviewHooks: () => Promise<void>;
}

/** What happens when it is chosen; `true`: then the list is over. */
interface Row extends vscode.QuickPickItem {
	readonly run?: () => Promise<boolean>;
}

/** Shows the list until the person is done with it. */
export async function showPlugins(client: Client, options: PluginListOptions): Promise<void> {
	for (;;) {
		const row = await chooseRow(client, options);
		if (row?.run === undefined) return;
		try {
			if (await row.run()) return;
		} catch (error) {
			await vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
		}
	}
}

/** The list appears at once and fills when the server has answered. */
async function chooseRow(client: Client, options: PluginListOptions): Promise<Row | undefined> {
	const pick = vscode.window.createQuickPick<Row>();
	pick.title = words.title();
	pick.placeholder = words.placeholder();
	pick.matchOnDescription = true;
	pick.matchOnDetail = true;
	pick.busy = true;
	const { promise, resolve } = Promise.withResolvers<Row | undefined>();
	pick.onDidAccept(() => resolve(pick.selectedItems[0]));
	pick.onDidHide(() => resolve(undefined));
	pick.items = generalRows(client, []);
	pick.show();
	const fill = (rows: readonly Row[]) => {
		pick.items = rows;
		pick.busy = false;
	};
	Promise.all([client.request('plugin/list', { cwds: [...options.folders()] }), client.request('config/read', {})]).then(
		([list, { config }]) => {
			const written = new Map<string, unknown>(Object.entries(config));
			const general = generalRows(client, addedNames(written.get('marketplaces')));
			fill([...pluginRows(client, options, { list, left: leftovers(list, written.get('plugins')) }), ...general]);
		},
		(error: unknown) => fill([{ label: `$(error) ${error instanceof Error ? error.message : String(error)}` }, ...generalRows(client, [])]),
	);
	const row = await promise;
	pick.dispose();
	return row;
}

interface Listed {
	readonly list: PluginListResponse;
	readonly left: readonly Leftover[];
}

function pluginRows(client: Client, options: PluginListOptions, { list, left }: Listed): readonly Row[] {
	const heading = (label: string): Row => ({ label, kind: vscode.QuickPickItemKind.Separator });
	const groups = groupOffers(list).flatMap(({ marketplace, offers }) => [
		heading(marketplace === null ? words.installed() : (marketplace.interface?.displayName ?? marketplace.name)),
		...offers.map((offer): Row => ({ ...textOf(offer.plugin), run: () => showActions(client, offer, options) })),
	]);
	const gone = left.map(
		({ id, enabled }): Row => ({ label: `$(${enabled ? 'check' : 'circle-slash'}) ${id}`, run: () => showLeftover(client, { id, enabled }) }),
	);
	const problems = list.marketplaceLoadErrors.map(
		({ marketplacePath, message, l10n }): Row => ({ label: `$(warning) ${marketplacePath}`, detail: l10n === undefined ? message : localize(l10n) }),
	);
	const rows = [...groups, ...(gone.length === 0 ? [] : [heading(words.leftover()), ...gone]), ...problems];
	return rows.length === 0 ? [{ label: words.none(), detail: words.noneDetail() }] : rows;
}

function textOf(plugin: PluginSummary): Row {
	const state = [
		...(plugin.installed && !plugin.enabled ? [words.off()] : []),
		...(plugin.installPolicy === 'NOT_AVAILABLE' ? [words.notOffered()] : []),
		...(plugin.availability === 'DISABLED_BY_ADMIN' ? [words.disabledByAdmin()] : []),
	];
	const icon = plugin.installed ? (plugin.enabled ? 'check' : 'circle-slash') : 'extensions';
	return {
		// No icons of its own in a name.
		label: `$(${icon}) ${nameOf(plugin).replaceAll('$(', '$ (')}`,
		description: [plugin.id, ...state].join(' · '),
		detail: [plugin.interface?.shortDescription ?? '', plugin.keywords.join(', ')].filter((part) => part !== '').join(' · '),
	};
}

function generalRows(client: Client, added: readonly string[]): readonly Row[] {
	const row = (label: string, work: () => Promise<void>): Row => ({ label, run: () => work().then(() => false) });
	return [
		{ label: '', kind: vscode.QuickPickItemKind.Separator },
		row(`$(add) ${words.add()}`, () => addMarketplace(client)),
		...(added.length === 0
			? []
			: [
					row(`$(sync) ${words.upgrade()}`, () => upgradeMarketplaces(client)),
					row(`$(trash) ${words.removeMarketplace()}`, () => removeMarketplace(client, added)),
				]),
	];
}

/** What can be done with one plugin. */
async function showActions(client: Client, offer: Offer, { pages, reviewHooks }: PluginListOptions): Promise<boolean> {
	const { plugin } = offer;
	const mayInstall = plugin.installPolicy !== 'NOT_AVAILABLE' && plugin.availability === 'AVAILABLE';
	const details: Row = {
		label: `$(preview) ${words.details()}`,
		run: async () => {
			await pages.show(await readPlugin(client, offer), client.info.codexHome);
			return true;
		},
	};
	const install: Row = {
		label: plugin.installed ? `$(sync) ${words.update()}` : `$(cloud-download) ${words.install()}`,
		run: () => installPlugin(client, offer, reviewHooks).then(() => false),
	};
	const rows = [details, ...(mayInstall ? [install] : []), ...(plugin.installed ? installedRows(client, plugin) : [])];
	return choose(rows, { title: nameOf(plugin), placeHolder: plugin.interface?.shortDescription ?? plugin.id });
}

const showLeftover = (client: Client, { id, enabled }: Leftover): Promise<boolean> =>
	choose(installedRows(client, { id, name: id, enabled }), { title: id, placeHolder: words.leftover() });

function installedRows(client: Client, plugin: { readonly id: string; readonly name: string; readonly enabled: boolean }): readonly Row[] {
	return [
		{
			label: plugin.enabled ? `$(circle-slash) ${words.disable()}` : `$(play) ${words.enable()}`,
			detail: words.newThreads(),
			run: () => switchPlugin(client, plugin).then(() => false),
		},
		{ label: `$(trash) ${words.uninstall()}`, run: () => uninstallPlugin(client, plugin).then(() => false) },
	];
}

/** Without a choice the list comes back. */
async function choose(rows: readonly Row[], options: vscode.QuickPickOptions): Promise<boolean> {
	const row = await vscode.window.showQuickPick(rows, options);
	return (await row?.run?.()) ?? false;
}
