import * as vscode from 'vscode';
import type { Chats } from '../chat/chats.ts';
import type { Feature } from '../feature.ts';
import type { Ground } from '../ground.ts';
import type { Client } from '../server/client.ts';
import { folderPaths } from '../threads/threadActions.ts';
import { FavouriteModels } from '../chat/settings/favouriteModels.ts';
import { addProvider, type ProviderSetUp, removeProvider } from './addProvider.ts';
import { editProvider } from './editProvider.ts';
import { ProviderKeys } from './providerKeys.ts';

/** Who serves models, and which ones. */
export function providersFeature({ context, memory, log }: Ground, chats: Chats) {
	const favourites = new FavouriteModels(context.globalState);
	const keys = new ProviderKeys(context.secrets, context.globalState);
	const loadModels = async (client: Client) => {
		const [models, { config }] = await Promise.all([
			client.request('model/list', {}),
			client.request('config/read', { cwd: folderPaths()[0] ?? null }),
		]);
		// Only now it is known whether the provider has named them.
		const provider = await client.request('modelProvider/read', {}).catch(() => null);
		memory.models = provider?.listsModels === false ? [] : models.data;
		memory.configuredModel = config.model;
		memory.configuredProvider = provider?.modelProvider ?? config.model_provider ?? null;
		for (const chat of chats.all) {
			chat.showModels();
			chat.active.defaultsChanged();
		}
	};
	/** An older server does not say it. */
	const loadNames = async (client: Client) => {
		const providers = (await client.request('modelProvider/list', {}).catch(() => null))?.data.map(({ id, name }) => ({ id, name }));
		memory.providers = providers;
		if (providers !== undefined) chats.push({ type: 'providers', providers });
	};
	const setUp = (client: Client): ProviderSetUp => ({
		keys,
		choose: (choice) => chats.main.active.chooseProvider(choice),
		renamed: async (from, to) => {
			memory.renameProvider(from, to);
			await favourites.rename(from, to);
			await renameInPrices(from, to);
			for (const chat of chats.all) chat.active.renameProvider(from, to);
			await loadNames(client);
			await Promise.all(chats.all.map((chat) => chat.connected()));
		},
	});
	const andNames = (run: (client: Client) => Promise<void>) => async (client: Client) => {
		try {
			await run(client);
		} finally {
			await loadNames(client);
		}
	};
	return {
		clientCommands: {
			'tiller.addProvider': andNames((client) => addProvider(client, setUp(client))),
			'tiller.editProvider': andNames((client) => editProvider(client, setUp(client))),
			'tiller.removeProvider': andNames((client) => removeProvider(client, keys)),
		},
		connected: async (client) => {
			// Without its key a provider lists nothing.
			await keys.connected(client).catch((error: unknown) => log.error(`modelProvider/key/set: ${String(error)}`));
			await Promise.all([loadModels(client), loadNames(client)]);
		},
	} satisfies Feature;
}

/** In the person's own settings; those of a folder may be another one's. */
async function renameInPrices(from: string, to: string): Promise<void> {
	const configuration = vscode.workspace.getConfiguration();
	const prices = configuration.inspect<Readonly<Record<string, unknown>>>('tiller.prices')?.globalValue;
	if (prices === undefined || !Object.keys(prices).some((key) => key.startsWith(`${from}/`))) return;
	const renamed = Object.entries(prices).map(([key, price]) => [key.startsWith(`${from}/`) ? `${to}${key.slice(from.length)}` : key, price]);
	await configuration.update('tiller.prices', Object.fromEntries(renamed), vscode.ConfigurationTarget.Global);
}
