import type { ConfigService } from '../../config/layers/configService.ts';
import type { ConfigSnapshot } from '../../config/layers/configSnapshot.ts';
import { type Provider, resolveProviders } from '../../model/provider.ts';
import type { GatewayAuth, ModelProviderSummary, ProviderSettingsPatch } from '../../protocol/account/modelProvider.ts';
import { invalidRequest, notSupported } from '../../protocol/wire/rpcError.ts';
import { type Handlers, RpcFailure } from '../../session/handler.ts';
import { type ConfigEdit, withEdit } from '../../toml/editToml.ts';
import { isTable, valueAt } from '../../toml/table.ts';
import { currentProviderId } from '../../config/values/renamedProviders.ts';
import { toWritten, writeOrRefuse } from '../config.ts';

export interface ModelProviderServices {
	readonly configs: ConfigService;
	readonly keys: { set(envKey: string, key: string | null): void };
	/** Those that can be used now, by id. */
	providers(): ReadonlyMap<string, Provider>;
	/** The one that counts for new threads. */
	defaultProvider(): string;
	/** Loaded threads, which go on with a provider that has another id. */
	threads(): readonly ProviderThread[];
}

interface ProviderThread {
	readonly settings: { readonly provider: string };
	changeSettings(change: { readonly provider: string }): void;
}

type GatewayPatch = Extract<ProviderSettingsPatch, { type: 'customGateway' }>;

const refused = (message: string, code: 'configValidationError' | 'configPathNotFound' = 'configValidationError') =>
	new RpcFailure(invalidRequest(message, { config_write_error_code: code }));

/** Who serves models: what there is, and changes of it in the user's file. */
export function modelProviderHandlers({ configs, keys, providers, defaultProvider, threads }: ModelProviderServices): Handlers {
	const summaryOf = (provider: Provider, snapshot: ConfigSnapshot): ModelProviderSummary => ({
		id: provider.id,
		name: provider.name,
		canEdit: isOwn(provider.id, snapshot),
		baseUrl: shownUrl(provider.baseUrl),
		settings: provider.id === 'openai' ? { type: 'openai' } : { type: 'customGateway', auth: authOf(provider) },
	});
	return {
		'modelProvider/list': () => {
			const snapshot = configs.snapshot();
			const all = [...providers().values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
			const chosenBy = snapshot.origin(['model_provider'])?.source;
			return {
				data: all.map((provider) => summaryOf(provider, snapshot)),
				defaultProviderId: defaultProvider(),
				canChangeDefault: chosenBy === undefined || (chosenBy.type === 'user' && chosenBy.profile === null),
			};
		},

		'modelProvider/config/write': async ({ settings }) => {
			if (settings.type !== 'customGateway') throw new RpcFailure(notSupported('modelProvider/config/write', `a provider of type ${settings.type}`));
			const { id, edits } = editsFor(settings, { providers: providers(), snapshot: configs.snapshot() });
			await writeOrRefuse(() => configs.write({ edits, filePath: null, expectedVersion: null }));
			const written = providers().get(id);
			if (written === undefined) throw refused(`Model provider \`${id}\` was written, and another layer of the configuration hides it.`);
			return { provider: summaryOf(written, configs.snapshot()) };
		},

		'modelProvider/rename': async ({ providerId, newId }) => {
			const snapshot = configs.snapshot();
			const known = { providers: providers(), snapshot };
			refuseRename(existing(providerId, known), newId, known);
			const rename = { path: ['model_providers', providerId], name: newId };
			await writeOrRefuse(() => configs.write({ rename, edits: renameEdits(providerId, newId, snapshot), filePath: null, expectedVersion: null }));
			const renamed = providers().get(newId);
			if (renamed === undefined) throw refused(`Model provider \`${newId}\` was written, and another layer of the configuration hides it.`);
			for (const thread of threads()) if (thread.settings.provider === providerId) thread.changeSettings({ provider: newId });
			return { provider: summaryOf(renamed, configs.snapshot()) };
		},

		'modelProvider/key/set': ({ envKey, key }) => {
			if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(envKey)) throw new RpcFailure(invalidRequest('`envKey` must be the name of a variable, as in `env_key`'));
			if (key?.trim() === '') throw new RpcFailure(invalidRequest('`key` must not be empty'));
			keys.set(envKey, key?.trim() ?? null);
			return {};
		},

		'modelProvider/default/set': async ({ providerId }) => {
			if (!providers().has(providerId)) throw refused(`Model provider \`${providerId}\` is not configured.`);
			const edit: ConfigEdit = { path: ['model_provider'], value: providerId, merge: 'replace' };
			return toWritten(await writeOrRefuse(() => configs.write({ edits: [edit], filePath: null, expectedVersion: null })));
		},
	};
}

function isOwn(id: string, snapshot: ConfigSnapshot): boolean {
	return snapshot.each(['model_providers', id]).some(({ layer }) => layer.source.type === 'user' && layer.source.profile === null);
}

/** Null for what may hold a secret. */
function shownUrl(baseUrl: string | null): string | null {
	const url = baseUrl === null ? null : URL.parse(baseUrl);
	return url === null || url.username || url.password || url.search || url.hash ? null : baseUrl;
}

function authOf({ envKey, bearerToken, keyCommand, httpHeaders, envHttpHeaders, requiresAuth }: Provider): GatewayAuth {
	const hasOther =
		bearerToken !== null || keyCommand !== null || requiresAuth || Object.keys(httpHeaders).length > 0 || Object.keys(envHttpHeaders).length > 0;
	if (hasOther) return { mode: 'externallyConfigured', envKey };
	return envKey === null ? { mode: 'none' } : { mode: 'environmentVariable', envKey };
}

interface Known {
	readonly providers: ReadonlyMap<string, Provider>;
	readonly snapshot: ConfigSnapshot;
}

/** Throws the refusal of what could not be used. */
function editsFor(patch: GatewayPatch, known: Known): { readonly id: string; readonly edits: readonly ConfigEdit[] } {
	const { name, baseUrl, envKey } = patch;
	const isNew = !patch.providerId;
	if (name === undefined ? isNew : name.trim() === '') throw refused('Enter a provider name.');
	const id = patch.providerId ? existing(patch.providerId, known) : newId(name ?? '', known);
	if (baseUrl && (shownUrl(baseUrl) === null || !/^https?:/i.test(baseUrl)))
		throw refused('Enter an HTTP(S) base URL without credentials, a query, or a fragment.');
	if (envKey && !/^[A-Za-z_][A-Za-z0-9_]*$/.test(envKey))
		throw refused('Enter the name of an environment variable: letters, digits and underscores.');
	const edit = (key: string, value: string | null | undefined): readonly ConfigEdit[] =>
		value === undefined ? [] : [{ path: ['model_providers', id, key], value, merge: 'replace' }];
	const edits = [
		...edit('name', name?.trim()),
		...edit('base_url', baseUrl),
		...edit('env_key', envKey),
		...(isNew ? edit('wire_api', 'responses') : []),
	];
	const { providers, problems } = resolveProviders(valueAt(edits.reduce(withEdit, known.snapshot.table), ['model_providers']));
	const problem = problems.find(({ path }) => path[1] === id);
	if (problem !== undefined || !providers.has(id)) throw refused(problem ? `${problem.path.join('.')}: ${problem.message}` : `${id} cannot be used`);
	return { id, edits };
}

function existing(id: string, { providers, snapshot }: Known): string {
	if (isTable(valueAt(snapshot.table, ['model_providers', id]))) {
		if (isOwn(id, snapshot)) return id;
		throw refused(`Model provider \`${id}\` is set by another layer than your own file.`);
	}
	throw providers.has(id)
		? refused('A custom provider or gateway cannot use a built-in provider ID.')
		: refused('Unknown provider ID.', 'configPathNotFound');
}

/** Throws the refusal of an id that could not be used. */
function refuseRename(id: string, newId: string, { providers, snapshot }: Known): void {
	if (!/^[A-Za-z0-9_-]{1,64}$/.test(newId)) throw refused('Enter an ID of letters, digits, hyphens and underscores.');
	if (providers.has(newId) || valueAt(snapshot.table, ['model_providers', newId]) !== undefined)
		throw refused(`Another model provider has the ID \`${newId}\`.`);
	const former = currentProviderId(snapshot.config, newId);
	if (former !== newId && former !== id) throw refused(`Threads know the model provider \`${former}\` by the ID \`${newId}\`.`);
	if (snapshot.each(['model_providers', id]).length > 1)
		throw refused(`Model provider \`${id}\` is also set by another layer than your own file. Change it there first.`);
}

/** What names the provider in the user's file, and the note of its old id for what names it elsewhere. */
function renameEdits(id: string, newId: string, { layers }: ConfigSnapshot): readonly ConfigEdit[] {
	const own = layers.find(({ source }) => source.type === 'user' && source.profile === null)?.table;
	const profiles = valueAt(own, ['profiles']);
	const places = [['model_provider'], ...(isTable(profiles) ? Object.keys(profiles).map((name) => ['profiles', name, 'model_provider']) : [])];
	const notes = valueAt(own, ['tiller', 'renamed_providers']);
	const earlier = Object.entries(isTable(notes) ? notes : {}).flatMap(([key, value]) => (value === id ? [key] : []));
	const note = (key: string): ConfigEdit => ({
		path: ['tiller', 'renamed_providers', key],
		value: key === newId ? null : newId,
		merge: 'replace',
	});
	return [
		...places.filter((path) => valueAt(own, path) === id).map((path): ConfigEdit => ({ path, value: newId, merge: 'replace' })),
		...[...earlier, id].map(note),
	];
}

/** From the words of the name; with a number where it is taken. */
function newId(name: string, { providers, snapshot }: Known): string {
	const words =
		name
			.toLowerCase()
			.match(/[a-z0-9]+/g)
			?.join('-') ?? 'provider';
	const taken = (id: string) =>
		providers.has(id) || currentProviderId(snapshot.config, id) !== id || valueAt(snapshot.table, ['model_providers', id]) !== undefined;
	for (let number = 1; ; number++) {
		const id = number === 1 ? words : `${words}-${number}`;
		if (!taken(id)) return id;
	}
}
