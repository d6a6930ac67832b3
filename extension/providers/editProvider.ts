/** "Tiller: Edit a Model Provider…": name, address, key, model and a test of the connection. Also its id, and with it whatever names the provider. */
import * as vscode from 'vscode';
import type { ResultOf } from '../../server/protocol/methods.ts';
import type { Client } from '../server/client.ts';
import { askForAddress, askForKey, askForName, chooseModel, type ProviderSetUp } from './addProvider.ts';
import { keyVariable } from './knownProviders.ts';
import { providerWords } from './providerWords.ts';

type Summary = ResultOf<'modelProvider/list'>['data'][number];

interface Row extends vscode.QuickPickItem {
	/** Resolves to the id that the provider has from now on, if it is another one. */
	readonly run: () => Promise<string | undefined | void>;
}

/** Shows the settings of one provider again after each change, until the person closes the list. */
export async function editProvider(client: Client, setUp: ProviderSetUp): Promise<void> {
	const own = (await client.request('modelProvider/list', {})).data.filter(({ canEdit }) => canEdit);
	if (own.length === 0) {
		void vscode.window.showInformationMessage(providerWords.noneOfYours());
		return;
	}
	const items = own.map(({ id, name, baseUrl }) => ({ label: name, description: baseUrl ?? '', id }));
	const picked = await vscode.window.showQuickPick(items, { title: providerWords.editTitle() });
	if (picked === undefined) return;
	let { id } = picked;
	for (;;) {
		const provider = (await client.request('modelProvider/list', {})).data.find((each) => each.id === id);
		if (provider === undefined) return;
		const row = await vscode.window.showQuickPick(rowsOf(client, provider, setUp), { title: provider.name });
		if (row === undefined) return;
		const renamed = await row.run();
		if (renamed !== undefined) id = renamed;
	}
}

async function rowsOf(client: Client, provider: Summary, { keys, choose, renamed }: ProviderSetUp): Promise<readonly Row[]> {
	const { id, name, baseUrl, settings } = provider;
	const auth = settings.type === 'customGateway' ? settings.auth : null;
	const envKey = auth === null || auth.mode === 'none' ? null : auth.envKey;
	const checked = await client.request('modelProvider/check', { modelProvider: id });
	const write = (change: { readonly name?: string; readonly baseUrl?: string; readonly envKey?: string }) =>
		client.request('modelProvider/config/write', { settings: { type: 'customGateway', providerId: id, ...change } });
	const changeKey = async () => {
		const key = await askForKey(name);
		if (key === undefined) return;
		const variable = envKey ?? keyVariable(id);
		await keys.store(client, variable, key);
		if (envKey === null) await write({ envKey: variable });
	};
	const changeName = async () => {
		const wanted = await askForName(name, name);
		if (wanted !== undefined) await write({ name: wanted });
	};
	const changeId = async () => {
		const taken = (await client.request('modelProvider/list', {})).data.map((each) => each.id).filter((each) => each !== id);
		const newId = await vscode.window.showInputBox({
			title: name,
			prompt: providerWords.idPrompt(),
			value: id,
			ignoreFocusOut: true,
			validateInput: (text) =>
				taken.includes(text.trim()) ? providerWords.idTaken() : /^[\w-]{1,64}$/.test(text.trim()) ? null : providerWords.idWrong(),
		});
		if (newId === undefined || newId.trim() === id) return undefined;
		await client.request('modelProvider/rename', { providerId: id, newId: newId.trim() });
		await renamed(id, newId.trim());
		return newId.trim();
	};
	const changeAddress = async () => {
		const wanted = await askForAddress(name, baseUrl ?? '');
		if (wanted !== undefined) await write({ baseUrl: wanted });
	};
	const changeModel = async () => {
		const model = await chooseModel(client, { id, name });
		if (model !== undefined) choose({ provider: id, model });
	};
	const outcome = checked.status === 'listed' ? providerWords.works() : providerWords.failure(checked);
	return [
		{ label: `$(tag) ${providerWords.nameRow()}`, description: name, run: changeName },
		{ label: `$(symbol-key) ${providerWords.idRow()}`, description: id, run: changeId },
		{ label: `$(globe) ${providerWords.addressRow()}`, description: baseUrl ?? '', run: changeAddress },
		{ label: `$(key) ${providerWords.keyRow()}`, description: envKey ?? providerWords.withoutKey(), run: changeKey },
		{ label: `$(sparkle) ${providerWords.modelRow()}`, run: changeModel },
		{
			label: `$(refresh) ${providerWords.testRow()}`,
			detail: `$(${checked.status === 'listed' ? 'pass' : 'error'}) ${outcome}`,
			run: async () => {},
		},
	];
}
