import type { Chats } from '../chat/chats.ts';
import type { Feature } from '../feature.ts';
import type { Ground } from '../ground.ts';
import type { Client } from '../server/client.ts';
import { folderPaths } from '../threads/threadActions.ts';
import { addProvider, type ProviderSetUp, removeProvider } from './addProvider.ts';
import { editProvider } from './editProvider.ts';
import { ProviderKeys } from './providerKeys.ts';

/** Who serves models, and which ones. */
export function providersFeature({ context, memory, log }: Ground, chats: Chats) {
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
	const setUp: ProviderSetUp = { keys, choose: (choice) => chats.main.active.chooseProvider(choice) };
	return {
		clientCommands: {
			'tiller.addProvider': (client) => addProvider(client, setUp),
			'tiller.editProvider': (client) => editProvider(client, setUp),
			'tiller.removeProvider': (client) => removeProvider(client, keys),
		},
		connected: async (client) => {
			// Without its key a provider lists nothing.
			await keys.connected(client).catch((error: unknown) => log.error(`modelProvider/key/set: ${String(error)}`));
			await loadModels(client);
		},
	} satisfies Feature;
}
