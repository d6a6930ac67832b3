import path from 'node:path';
import type { Credentials } from '../auth/credentials.ts';
import type { SignIn } from '../auth/signIn.ts';
import { chatgptAddress } from '../config/chatgptAddress.ts';
import type { Config } from '../config/config.ts';
import { ConfigError } from '../config/configError.ts';
import { configuredFlag, isEnabled } from '../config/values/features.ts';
import { currentProviderId } from '../config/values/renamedProviders.ts';
import type { RequirementsService } from '../requirements/requirementsService.ts';
import { instructionsFile } from '../config/values/instructionsFile.ts';
import type { HttpTransport } from '../model/http/httpStream.ts';
import { type RequestHeaders, requestHeaders } from '../model/responses/requestHeaders.ts';
import type { KeyCommands } from '../model/keyCommands.ts';
import type { ProviderKeys } from '../model/providerKeys.ts';
import { modelHandlers } from '../handlers/account/model.ts';
import { modelInstructions } from '../instructions/modelInstructions.ts';
import { type ModelClient, ModelError } from '../model/model.ts';
import type { ModelInfo, ReasoningEffort } from '../items/modelInfo.ts';
import type { CatalogueModel } from '../model/catalogue/catalogue.ts';
import type { ClientModelInfo, LanguageModels } from '../model/client/languageModels.ts';
import { readRemoteModels } from '../model/catalogue/remoteModels.ts';
import { clientModels } from '../model/catalogue/serviceModels.ts';
import { ModelCatalogue } from '../model/catalogue/modelCatalogue.ts';
import { ModelClients, type ModelClientsOptions } from '../model/modelClients.ts';
import { demoProviderId, type Provider, resolveProviders } from '../model/provider.ts';
import type { Handlers } from '../session/handler.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { ConfigScope, TurnSettings } from '../items/settings.ts';
import type { ThreadSettings } from '../items/threadSettings.ts';
import { configScopeOf } from '../thread/freezeSettings.ts';
import { l10n } from '../words/l10n.ts';

/** Where answers may be worked out, in words that the provider knows. */
const RESIDENCY_HEADER = 'x-openai-internal-codex-residency';

/** What decides which model is meant. */
type ModelOwner = Pick<ThreadSettings, 'model' | 'provider' | 'cwd' | 'configured'>;

export interface ModelServicesOptions {
	readonly home: string;
	readonly providerKeys: ProviderKeys;
	readonly keyCommands: Pick<KeyCommands, 'key' | 'refused'>;
	readonly version: string;
	readonly log: Logger;
	/** Of a thread; without a scope that of the home. */
	readonly config: (scope?: ConfigScope) => Config;
	readonly requirements: RequirementsService;
	readonly transport: HttpTransport;
	readonly credentials: Credentials;
	/** What a client gives for one request to ChatGPT; null when none does. */
	attest(threadId: string): Promise<string | null>;
	/** Models that clients serve. */
	readonly languageModels: LanguageModels;
	/** Gets each client of a model before it is used. */
	readonly watch: ModelClientsOptions['watch'];
}

/** Providers, their models, and the clients that speak to them. */
export interface ModelServices {
	readonly handlers: Handlers;
	/** Without a configured provider: OpenAI for who has a key, else the demo, so that it runs at once. */
	defaultProvider(from: Config): string;
	/** Those that the configuration of the home has, by id. */
	providers(): ReadonlyMap<string, Provider>;
	requiresAuth(): boolean;
	/** What was kept of another account's models counts no more. */
	accountChanged(): void;
	/** Throws `ConfigError` for a provider that does not exist or is not configured right. */
	checkProvider(id: string, config: Config): void;
	modelInfo(settings: ModelOwner): ModelInfo;
	modelClient(settings: Pick<TurnSettings, 'provider' | 'configScope'>, current: ModelClient | null): ModelClient;
	/** Whether the provider runs tools itself, such as the search for others. */
	hasHostedTools(of: Pick<TurnSettings, 'provider' | 'configScope'>): boolean;
	/** Whether the provider makes pictures for this account: only the service of a ChatGPT sign-in does. */
	makesImages(of: Pick<TurnSettings, 'provider' | 'configScope'>): boolean;
	/** What a thread begins with: its own, else those for its model. */
	baseInstructions(settings: ModelOwner & Pick<ThreadSettings, 'baseInstructions'>): string;
	/** What a model is told and how hard it thinks when nobody says anything of that. */
	ownManner(of: { readonly slug: string; readonly provider: string; readonly scope: ConfigScope }): {
		readonly instructions: string;
		readonly effort: ReasoningEffort | null;
	};
	/** For what speaks with a thread's provider besides its models: the way there, and headers with its key. Throws `ConfigError`. */
	access(settings: ModelOwner): {
		readonly transport: HttpTransport;
		headers(given: Readonly<Record<string, string>>, to: { readonly url: URL; readonly threadId: string }): Promise<RequestHeaders>;
	};
	/** As people know a provider. */
	providerName(id: string, scope: ConfigScope): string;
	dispose(): void;
}

export function createModelServices({
	home,
	providerKeys: { env },
	keyCommands,
	version,
	log,
	config,
	requirements,
	transport,
	credentials,
	attest,
	languageModels,
	watch,
}: ModelServicesOptions): ModelServices {
	const provider = (id: string, scope?: ConfigScope): Provider | undefined => {
		const found = ofAccount(resolve(config(scope)).providers.get(currentProviderId(config(scope), id)), config(scope), credentials.active());
		const residency = requirements.current().residency?.value;
		return found && residency !== undefined ? { ...found, httpHeaders: { ...found.httpHeaders, [RESIDENCY_HEADER]: residency } } : found;
	};
	const websockets = (scope: ConfigScope) => {
		const current = config(scope);
		return configuredFlag(current, 'responses_websockets') ?? configuredFlag(current, 'responses_websockets_v2') ?? true;
	};
	const clients = new ModelClients({
		env,
		version,
		log,
		transport,
		account: credentials,
		keyCommands,
		attest,
		languageModels,
		watch,
		compactsInStream: () => isEnabled(config(), 'remote_compaction_v2'),
		modelsEtag: (from, etag) => catalogue.seen(from, etag),
	});
	const catalogue = new ModelCatalogue({
		folder: path.join(home, 'tiller', 'models'),
		transport,
		env,
		version,
		log,
		now: Date.now,
		account: credentials,
		keyCommands,
	});
	const defaultProvider = (from: Config) =>
		from.model_provider === undefined ? (credentials.active() === null ? demoProviderId : 'openai') : currentProviderId(from, from.model_provider);
	const makesImages = (of: Provider) => of.wireApi === 'responses' && of.requiresAuth && credentials.current()?.type === 'chatgpt';
	const configured = () => provider(defaultProvider(config()));
	const infoOf = (slug: string, id: string, scope: ConfigScope): ModelInfo => {
		const served = id === 'vscode' ? languageModels.known(slug) : null;
		const info = (served && describedByClients([served])[0]) ?? catalogue.info(provider(id, scope), slug);
		const { model_context_window: window, tool_output_token_limit: limit } = config(scope);
		return {
			...info,
			...(window === undefined || window <= 0 ? {} : { contextWindow: Math.min(window, info.maxContextWindow ?? window), isWindowAssumed: false }),
			...(limit === undefined ? {} : { toolOutputTokens: limit }),
		};
	};
	const ownInstructions = (info: ModelInfo, scope: ConfigScope) => instructionsFile(config(scope)) ?? modelInstructions(info);
	return {
		handlers: modelHandlers({
			models: async (id) => {
				await requirements.ready();
				const from = id === null ? configured() : provider(id);
				if (from === undefined) return null;
				return from.wireApi === 'client' ? describedByClients(await languageModels.list()) : await catalogue.list(from);
			},
			provider: (id) => (id === undefined ? configured() : provider(id)),
			makesImages,
			lists: (provider) => catalogue.lists(provider),
			check: (provider) => catalogue.check(provider),
		}),
		defaultProvider,
		accountChanged: () => catalogue.forgetAccount(),
		// Asked also while the requirements of a workspace are not known.
		providers: () => resolve(config()).providers,
		requiresAuth: () => resolve(config()).providers.get(defaultProvider(config()))?.requiresAuth ?? false,
		hasHostedTools: ({ provider: id, configScope }) => id !== demoProviderId && provider(id, configScope)?.wireApi === 'responses',
		makesImages: ({ provider: id, configScope }) => {
			const of = provider(id, configScope);
			return of !== undefined && makesImages(of);
		},
		checkProvider,
		modelInfo: (settings) => infoOf(settings.model, settings.provider, configScopeOf(settings)),
		modelClient: ({ provider: id, configScope }, current) =>
			clients.lease(provider(id, configScope) ?? failGone(id), current, { websockets: websockets(configScope) }),
		baseInstructions: (settings) =>
			settings.baseInstructions ?? ownInstructions(infoOf(settings.model, settings.provider, configScopeOf(settings)), configScopeOf(settings)),
		ownManner: ({ slug, provider: id, scope }) => {
			const info = infoOf(slug, id, scope);
			return { instructions: ownInstructions(info, scope), effort: info.defaultEffort };
		},
		access: (settings) => {
			const from = provider(settings.provider, configScopeOf(settings)) ?? failMissing(settings.provider);
			const chatgpt = URL.parse(chatgptAddress(config(configScopeOf(settings))));
			return {
				transport,
				headers: (given, { url, threadId }) =>
					requestHeaders({ provider: { ...from, isChatgpt: url.host === chatgpt?.host }, env, account: credentials, keyCommands, attest }, given, {
						threadId,
					}),
			};
		},
		providerName: (id, scope) => provider(id, scope)?.name ?? id,
		dispose: () => catalogue.dispose(),
	};
}

function describedByClients(models: readonly ClientModelInfo[]): readonly CatalogueModel[] {
	const read = readRemoteModels(clientModels(models));
	return read?.type === 'described' ? read.models.map((model, index) => ({ ...model, isDefault: index === 0 })) : [];
}

function resolve(config: Config) {
	return resolveProviders(config.model_providers, config.openai_base_url === undefined ? {} : { openaiBaseUrl: config.openai_base_url });
}

/** A ChatGPT account is served by another address of OpenAI than a key. One that the person configured stays. */
function ofAccount(provider: Provider | undefined, config: Config, signIn: SignIn | null): Provider | undefined {
	if (!provider?.requiresAuth || signIn?.type !== 'chatgpt') return provider;
	const chatgpt = chatgptAddress(config);
	const baseUrl = provider.id === 'openai' && config.openai_base_url === undefined ? `${chatgpt}/codex` : provider.baseUrl;
	return { ...provider, baseUrl, isChatgpt: URL.parse(baseUrl ?? '')?.host === URL.parse(chatgpt)?.host };
}

/** In the middle of a thread that worked with it. */
function failGone(id: string): never {
	throw new ModelError(
		l10n`The model provider \`${id}\` is not configured anymore. Choose a model of another provider to continue, or add the provider again under this id.`,
		{ kind: 'badRequest' },
	);
}

function failMissing(id: string): never {
	throw new ConfigError(l10n`Model provider \`${id}\` not found`);
}

function checkProvider(named: string, config: Config): void {
	const id = currentProviderId(config, named);
	const { providers, problems } = resolve(config);
	const problem = problems.find(({ path: [table, name] }) => table === 'model_providers' && (name === id || name === undefined));
	if (problem) throw new ConfigError(l10n`${problem.path.join('.')}: ${problem.message}`);
	if (!providers.has(id)) failMissing(id);
}
