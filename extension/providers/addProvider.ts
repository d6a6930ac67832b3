/** "Tiller: Add a Model Provider…": service, address, key, a look at its models. The key goes to secret storage, the rest into config.toml. */
import * as vscode from 'vscode';
import type { Client } from '../server/client.ts';
import { keyVariable, type KnownProvider, knownProviders, providerId, providerPath, providerTable } from './knownProviders.ts';
import type { ProviderKeys } from './providerKeys.ts';
import { providerWords } from './providerWords.ts';

export interface ProviderSetUp {
	readonly keys: ProviderKeys;
	/** A provider has another id by now: whatever names it here follows. */
	readonly renamed: (from: string, to: string) => Promise<void>;
	/** New threads use it. */
	readonly choose: (choice: { readonly provider: string; readonly model: string }) => void;
}

/** Ends when it is set up, or given up; what was written until then stays and can be removed. */
export async function addProvider(client: Client, { keys, choose }: ProviderSetUp): Promise<void> {
	const taken = new Set((await client.request('modelProvider/list', {})).data.map(({ id }) => id));
	const provider = await describeProvider(taken);
	if (provider === undefined) return;
	if (provider.envKey !== null) {
		const key = await askForKey(provider.name);
		if (key === undefined) return;
		await keys.store(client, provider.envKey, key);
	}
	await client.request('config/batchWrite', {
		edits: [{ keyPath: providerPath(provider.id), value: providerTable(provider), mergeStrategy: 'replace' }],
		reloadUserConfig: true,
	});
	const model = await chooseModel(client, provider);
	if (model !== undefined) choose({ provider: provider.id, model });
}

/** What the person says of it; undefined when given up. */
async function describeProvider(taken: ReadonlySet<string>): Promise<(KnownProvider & { readonly baseUrl: string }) | undefined> {
	const own: KnownProvider = { id: '', name: '', baseUrl: null, wireApi: 'chat', envKey: null };
	const items = [
		...knownProviders.map((known) => ({ label: known.name, description: known.baseUrl ?? '', known })),
		{ label: providerWords.other(), description: providerWords.otherDetail(), known: own },
	];
	const picked = await vscode.window.showQuickPick(items, { title: providerWords.title(), placeHolder: providerWords.placeholder() });
	if (picked === undefined) return undefined;
	const { known } = picked;
	const name = known === own ? await askForName(providerWords.title(), '') : known.name;
	if (name === undefined) return undefined;
	const baseUrl = known.baseUrl ?? (await askForAddress(name, ''));
	if (baseUrl === undefined) return undefined;
	const id = providerId(known === own ? name : known.id, taken);
	const needsKey = known !== own || (await asksForKey(name));
	if (needsKey === undefined) return undefined;
	const envKey = needsKey ? (known.envKey ?? (known === own ? keyVariable(id) : null)) : null;
	return { ...known, id, name, baseUrl, envKey };
}

/** Undefined when given up, and for an empty name. */
export async function askForName(title: string, value: string): Promise<string | undefined> {
	const name = await vscode.window.showInputBox({ title, prompt: providerWords.namePrompt(), value, ignoreFocusOut: true });
	return name?.trim() || undefined;
}

/** Undefined when given up. */
export async function askForAddress(title: string, value: string): Promise<string | undefined> {
	const address = await vscode.window.showInputBox({
		title,
		prompt: providerWords.addressPrompt(),
		value,
		placeHolder: 'https://example.com/v1',
		ignoreFocusOut: true,
		validateInput: (text) => (/^https?:\/\//.test(text.trim()) && URL.canParse(text.trim()) ? null : providerWords.addressWrong()),
	});
	return address?.trim();
}

/** Undefined when given up. */
export async function askForKey(title: string): Promise<string | undefined> {
	const key = await vscode.window.showInputBox({
		title,
		prompt: providerWords.keyPrompt(),
		password: true,
		ignoreFocusOut: true,
		validateInput: (value) => (value.trim() === '' ? providerWords.keyEmpty() : null),
	});
	return key?.trim();
}

async function asksForKey(name: string): Promise<boolean | undefined> {
	const items = [
		{ label: providerWords.withKey(), needs: true },
		{ label: providerWords.withoutKey(), needs: false },
	];
	return (await vscode.window.showQuickPick(items, { title: name }))?.needs;
}

/** The provider's own list is the test request: when it comes, address and key are right. */
export async function chooseModel(client: Client, provider: { readonly id: string; readonly name: string }): Promise<string | undefined> {
	const checked = await client.request('modelProvider/check', { modelProvider: provider.id });
	if (checked.status === 'listed') {
		const { data } = await client.request('model/list', { modelProvider: provider.id });
		const items = data.map(({ model, displayName }) => ({ label: displayName, description: model === displayName ? '' : model, model }));
		return (await vscode.window.showQuickPick(items, { title: provider.name, placeHolder: providerWords.modelPlaceholder() }))?.model;
	}
	const name = await vscode.window.showInputBox({
		title: provider.name,
		prompt: providerWords.noList(providerWords.failure(checked)),
		ignoreFocusOut: true,
	});
	return name === undefined || name.trim() === '' ? undefined : name.trim();
}

/** "Tiller: Remove a Model Provider…": those of the user's file, with their key. */
export async function removeProvider(client: Client, keys: ProviderKeys): Promise<void> {
	const { data, defaultProviderId, canChangeDefault } = await client.request('modelProvider/list', {});
	const items = data.filter(({ canEdit }) => canEdit).map((provider) => ({ label: provider.name, description: provider.baseUrl ?? '', provider }));
	if (items.length === 0) {
		void vscode.window.showInformationMessage(providerWords.noneOfYours());
		return;
	}
	const picked = await vscode.window.showQuickPick(items, { title: providerWords.removeTitle() });
	if (picked === undefined) return;
	const { id, name, settings } = picked.provider;
	const remove = providerWords.remove();
	if ((await vscode.window.showWarningMessage(providerWords.removeQuestion(name), { modal: true }, remove)) !== remove) return;
	const isDefault = id === defaultProviderId && canChangeDefault;
	await client.request('config/batchWrite', {
		edits: [
			{ keyPath: providerPath(id), value: null, mergeStrategy: 'replace' as const },
			// Else every new thread would fail for want of it.
			...(isDefault ? [{ keyPath: 'model_provider', value: null, mergeStrategy: 'replace' as const }] : []),
		],
		reloadUserConfig: true,
	});
	const envKey = settings.type === 'customGateway' && settings.auth.mode !== 'none' ? settings.auth.envKey : null;
	const shared = data.some(
		(other) =>
			other.id !== id && other.settings.type === 'customGateway' && other.settings.auth.mode !== 'none' && other.settings.auth.envKey === envKey,
	);
	if (envKey !== null && !shared) await keys.remove(client, envKey);
}
