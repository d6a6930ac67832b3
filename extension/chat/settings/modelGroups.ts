/** The models of all providers, asked one by one: a provider that does not answer keeps nobody waiting for the others. */
import type { Model } from '../../../server/protocol/account/model.ts';
import type { ModelProviderCheckResponse } from '../../../server/protocol/account/modelProvider.ts';
import type { Client } from '../../server/client.ts';
import { namedModel } from './threadModels.ts';

export interface ModelGroup {
	readonly provider: string;
	readonly name: string;
	readonly models: readonly Model[];
	/** Why it did not list its models; null when it did, or has no list. */
	readonly problem: Extract<ModelProviderCheckResponse, { status: 'failed' }> | null;
}

export interface ModelGroupsOptions {
	readonly client: Pick<Client, 'request'>;
	/** Those that threads worked with, by provider. */
	readonly used: (provider: string) => readonly string[];
	/** Left out: a provider that nobody has set up yet. */
	readonly leaveOut: (provider: string) => boolean;
	/** Called each time that another provider has answered, with all that have. */
	readonly onGroups: (groups: readonly ModelGroup[]) => void;
}

const localServers: readonly string[] = ['ollama', 'lmstudio'];

/** Resolves when each has answered, or has failed. Their order is that of their names. */
export async function loadModelGroups({ client, used, leaveOut, onGroups }: ModelGroupsOptions): Promise<void> {
	const { data } = await client.request('modelProvider/list', {});
	const providers = data.filter(({ id }) => !leaveOut(id)).toSorted((a, b) => a.name.localeCompare(b.name));
	const groups = new Map<string, ModelGroup>();
	const load = async ({ id, name }: (typeof providers)[number]) => {
		const group = await loadGroup(client, id, name).catch(() => null);
		if (group === null) return;
		const missing = used(id).filter((model) => !group.models.some((other) => other.model === model));
		groups.set(id, { ...group, models: [...group.models.filter(({ hidden }) => !hidden), ...missing.map(namedModel)] });
		onGroups(providers.flatMap((provider) => groups.get(provider.id) ?? []));
	};
	await Promise.all(providers.map(load));
}

/** Null for one that is not there, such as a program that does not run. */
async function loadGroup(client: Pick<Client, 'request'>, provider: string, name: string): Promise<ModelGroup | null> {
	const check = () => client.request('modelProvider/check', { modelProvider: provider });
	const list = async () => (await client.request('model/list', { modelProvider: provider })).data;
	if (localServers.includes(provider)) return (await check()).status === 'listed' ? { provider, name, models: await list(), problem: null } : null;
	const models = await list();
	if (provider === 'vscode' && models.length === 0) return null;
	// Only now it is known whether the provider has named them.
	const { listsModels } = provider === 'vscode' ? { listsModels: true } : await client.request('modelProvider/read', { modelProvider: provider });
	if (listsModels !== false) return { provider, name, models, problem: null };
	const checked = await check();
	return checked.status === 'failed' ? { provider, name, models: [], problem: checked } : { provider, name, models: await list(), problem: null };
}
