import path from 'node:path';
import { PluginError } from '../../plugins/pluginError.ts';
import type { PluginDetail, Plugins } from '../../plugins/plugins.ts';
import { type RemoteMarketplace, type RemoteMarketplaceName, remoteMarketplaceName } from '../../plugins/remote/remoteCatalogue.ts';
import type { RemotePlugins } from '../../plugins/remote/remotePlugins.ts';
import { toApp, toMarketplace, toRemoteDetail, toRemoteMarketplace, toSummary } from '../../projection/wirePlugin.ts';
import type { AppSummary } from '../../protocol/integrations/app.ts';
import type * as wire from '../../protocol/integrations/plugin.ts';
import type { SkillSummary } from '../../protocol/integrations/skill.ts';
import { invalidRequest } from '../../protocol/wire/rpcError.ts';
import { type Handlers, RpcFailure } from '../../session/handler.ts';
import type { Session } from '../../session/session.ts';
import { knowsOwnMembers } from '../../session/ownMembers.ts';
import { refusable, type WhileEnabled } from './marketplace.ts';
import { inEnglish, type Text } from '../../words/l10n.ts';

export interface PluginHandlerServices {
	readonly plugins: Plugins;
	readonly remote: RemotePlugins;
	/** Throws `PluginError`. */
	skillText(remoteId: string, skill: string): Promise<string | null>;
	/** The ids under which folders here were shared, by folder. */
	sharedAs(): Promise<ReadonlyMap<string, string>>;
	/** Whether plugins are switched on; else nothing is offered and nothing can be installed. */
	readonly enabled: () => boolean;
	/** Whether the catalogue for everybody is listed without being asked for. */
	readonly listsRemote: () => boolean;
	readonly whileEnabled: WhileEnabled;
	/** Where the plugins of a remote marketplace lie once they are installed. */
	readonly cacheFolder: string;
	/** The apps that the account can use; null when that is not known in time. */
	usableApps(waitMs: number): Promise<ReadonlySet<string> | null>;
	/** The skills of a plugin. */
	skillsOf(detail: PluginDetail): Promise<readonly SkillSummary[]>;
	/** Its hooks that run with today's settings once they are trusted, with the keys that they will have. */
	hooksOf(detail: PluginDetail): Promise<readonly wire.PluginHookSummary[]>;
	/** What it runs or connects to; also hooks that do not run with today's settings. */
	programsOf(detail: PluginDetail): Promise<readonly wire.PluginProgram[]>;
}

export function pluginHandlers(services: PluginHandlerServices): Handlers {
	const { plugins, remote, whileEnabled, enabled } = services;
	return {
		'plugin/list': ({ cwds, marketplaceKinds }, { session }) =>
			refusable(async () => {
				if (!enabled()) return { marketplaces: [], marketplaceLoadErrors: [], featuredPluginIds: [] };
				const wantsLocal = marketplaceKinds == null || marketplaceKinds.includes('local');
				const local = wantsLocal ? await plugins.list(cwds ?? []) : { marketplaces: [], problems: [] };
				const names: readonly RemoteMarketplaceName[] = [
					...(marketplaceKinds == null && services.listsRemote() ? (['chatgpt-global'] as const) : []),
					...(marketplaceKinds ?? []).filter((kind) => kind !== 'local'),
				];
				const listed = await Promise.all(names.map((name) => listRemote(services, name)));
				const sharedAs = wantsLocal ? await services.sharedAs() : new Map<string, string>();
				return {
					marketplaces: [
						...local.marketplaces.map((each) => toMarketplace(each, sharedAs)),
						...listed.flatMap((each) => (each !== null && 'plugins' in each ? [toRemoteMarketplace(each)] : [])),
					],
					marketplaceLoadErrors: [
						...local.problems.map(({ file, message }) => loadError(file, message, session)),
						...listed.flatMap((each) => (each !== null && 'message' in each ? [each] : [])),
					],
					featuredPluginIds: [],
				};
			}),

		'plugin/read': (params, { session }) =>
			whileEnabled(async () => {
				const place = marketplaceOf(params);
				if (place.type === 'remote') return { plugin: toRemoteDetail(place.name, await remote.read(place.name, params.pluginName)) };
				const sharedAs = await services.sharedAs();
				return plugins.read(place.file, params.pluginName, async (detail) => {
					const { marketplace, plugin, description, contents } = detail;
					return {
						plugin: {
							marketplaceName: marketplace.name,
							marketplacePath: marketplace.file,
							summary: toSummary(plugin, sharedAs),
							description,
							skills: [...(await services.skillsOf(detail))],
							hooks: [...(await services.hooksOf(detail))],
							apps: contents.apps.map(toApp),
							mcpServers: [...contents.mcpServers.keys()].sort(),
							...(knowsOwnMembers(session) ? { programs: [...(await services.programsOf(detail))] } : {}),
						},
					};
				});
			}),

		'plugin/skill/read': ({ remoteMarketplaceName: name, remotePluginId, skillName }) =>
			whileEnabled(async () => {
				remoteMarketplaceName(name);
				return { contents: await services.skillText(remotePluginId, skillName) };
			}),

		'plugin/install': (params) =>
			whileEnabled(async () => {
				const place = marketplaceOf(params);
				if (place.type === 'remote') {
					const { authPolicy, appIds } = await remote.install(place.name, params.pluginName);
					return { authPolicy, appsNeedingAuth: await appsNeedingAuth(services, appIds) };
				}
				const { entry, contents } = await plugins.install(place.file, params.pluginName);
				const appIds = contents.apps.map(({ id }) => id);
				return { authPolicy: entry.authPolicy, appsNeedingAuth: await appsNeedingAuth(services, appIds) };
			}),

		'plugin/uninstall': ({ pluginId }) =>
			whileEnabled(async () => {
				await (pluginId.includes('@') ? plugins.uninstall(pluginId) : remote.uninstall(pluginId));
				return {};
			}),
	};
}

/** How long an installation waits for the list of apps, in milliseconds. */
const APPS_WAIT_MS = 10_000;

/** Those of a plugin's apps that the person has to connect (S157); none where that cannot be told: the plugin is installed all the same. */
async function appsNeedingAuth({ usableApps }: PluginHandlerServices, ids: readonly string[]): Promise<AppSummary[]> {
	const usable = ids.length === 0 ? null : await usableApps(APPS_WAIT_MS);
	return usable === null ? [] : ids.filter((id) => !usable.has(id)).map((id) => toApp({ id }));
}

/** A catalogue that cannot be loaded hides no other marketplace, and says why. */
async function listRemote(
	{ remote, cacheFolder }: PluginHandlerServices,
	name: RemoteMarketplaceName,
): Promise<RemoteMarketplace | wire.MarketplaceLoadErrorInfo | null> {
	try {
		return await remote.list(name);
	} catch (error) {
		if (!(error instanceof PluginError)) throw error;
		return { marketplacePath: path.join(cacheFolder, name), message: error.message };
	}
}

/** A client that is made for this server is also told how the message was made. */
function loadError(marketplacePath: string, message: Text, session: Session): wire.MarketplaceLoadErrorInfo {
	const made = typeof message === 'string' || !knowsOwnMembers(session) ? {} : { l10n: message };
	return { marketplacePath, message: inEnglish(message), ...made };
}

type MarketplacePlace = { readonly type: 'local'; readonly file: string } | { readonly type: 'remote'; readonly name: RemoteMarketplaceName };

/** Exactly one of the two names the marketplace (S166). */
function marketplaceOf({
	marketplacePath: file,
	remoteMarketplaceName: name,
}: Pick<wire.PluginReadParams, 'marketplacePath' | 'remoteMarketplaceName'>): MarketplacePlace {
	if (file != null && name == null) return { type: 'local', file };
	if (file == null && name != null) return { type: 'remote', name: remoteMarketplaceName(name) };
	throw new RpcFailure(invalidRequest('name the marketplace by either marketplacePath or remoteMarketplaceName'));
}
