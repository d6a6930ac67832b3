import type { PluginInterface } from '../../plugins/manifest.ts';
import type { PluginApp } from '../../plugins/pluginContents.ts';
import type { OfferedMarketplace, OfferedPlugin, PluginDetail, Plugins } from '../../plugins/plugins.ts';
import type { AppSummary } from '../../protocol/integrations/app.ts';
import type * as wire from '../../protocol/integrations/plugin.ts';
import { invalidRequest } from '../../protocol/wire/rpcError.ts';
import type { SkillSummary } from '../../protocol/integrations/skill.ts';
import { type Handlers, RpcFailure } from '../../session/handler.ts';
import { knowsOwnMembers } from '../../session/ownMembers.ts';
import { refusable } from './marketplace.ts';

export interface PluginHandlerServices {
	readonly plugins: Plugins;
	/** Whether plugins are switched on; else nothing is offered and nothing can be installed. */
	readonly enabled: () => boolean;
	/** The skills of a plugin. */
	skillsOf(detail: PluginDetail): Promise<readonly SkillSummary[]>;
	/** Its hooks, with the keys that they will have. */
	hooksOf(detail: PluginDetail): Promise<readonly wire.PluginHookSummary[]>;
	/** What it runs or connects to. */
	programsOf(detail: PluginDetail): Promise<readonly wire.PluginProgram[]>;
}

export function pluginHandlers({ plugins, enabled, skillsOf, hooksOf, programsOf }: PluginHandlerServices): Handlers {
	const whileEnabled = <T>(work: () => Promise<T>): Promise<T> => {
		if (!enabled()) throw new RpcFailure(invalidRequest('plugins are switched off (features.plugins)'));
		return refusable(work);
	};
	return {
		'plugin/list': ({ cwds, marketplaceKinds }) =>
			refusable(async () => {
				const wantsLocal = marketplaceKinds == null || marketplaceKinds.includes('local');
				const { marketplaces, problems } = enabled() && wantsLocal ? await plugins.list(cwds ?? []) : { marketplaces: [], problems: [] };
				return {
					marketplaces: marketplaces.map(toMarketplace),
					marketplaceLoadErrors: problems.map(({ file, message }) => ({ marketplacePath: file, message })),
					featuredPluginIds: [],
				};
			}),

		'plugin/read': (params, { session }) =>
			whileEnabled(() =>
				plugins.read(localMarketplace(params), params.pluginName, async (detail) => {
					const { marketplace, plugin, description, contents } = detail;
					return {
						plugin: {
							marketplaceName: marketplace.name,
							marketplacePath: marketplace.file,
							summary: toSummary(plugin),
							description,
							skills: [...(await skillsOf(detail))],
							hooks: [...(await hooksOf(detail))],
							apps: contents.apps.map(toApp),
							mcpServers: [...contents.mcpServers.keys()].sort(),
							...(knowsOwnMembers(session) ? { programs: [...(await programsOf(detail))] } : {}),
						},
					};
				}),
			),

		'plugin/install': (params) =>
			whileEnabled(async () => {
				const { entry } = await plugins.install(localMarketplace(params), params.pluginName);
				return { authPolicy: entry.authPolicy, appsNeedingAuth: [] };
			}),

		'plugin/uninstall': ({ pluginId }) =>
			whileEnabled(async () => {
				await plugins.uninstall(pluginId);
				return {};
			}),
	};
}

/** Exactly one of the two names the marketplace (S166). */
function localMarketplace({
	marketplacePath,
	remoteMarketplaceName,
}: Pick<wire.PluginReadParams, 'marketplacePath' | 'remoteMarketplaceName'>): string {
	if ((marketplacePath == null) === (remoteMarketplaceName == null)) {
		throw new RpcFailure(invalidRequest('name the marketplace by either marketplacePath or remoteMarketplaceName'));
	}
	if (marketplacePath == null) throw new RpcFailure(invalidRequest('sign in with ChatGPT to use remote marketplaces'));
	return marketplacePath;
}

function toMarketplace({ marketplace, plugins }: OfferedMarketplace): wire.PluginMarketplaceEntry {
	const { name, file, displayName } = marketplace;
	return { name, path: file, interface: displayName === null ? null : { displayName }, plugins: plugins.map(toSummary) };
}

function toSummary({ id, entry, isInstalled, isEnabled, interface: shown, keywords }: OfferedPlugin): wire.PluginSummary {
	const { name, source, installPolicy, authPolicy } = entry;
	return {
		id,
		name,
		shareContext: null,
		source:
			source.type === 'local'
				? { type: 'local', path: source.folder }
				: { type: 'git', url: source.url, path: source.path, refName: source.refName, sha: source.sha },
		installed: isInstalled,
		enabled: isEnabled,
		installPolicy,
		authPolicy,
		availability: 'AVAILABLE',
		interface: shown && toInterface(shown),
		keywords: [...keywords],
	};
}

function toInterface(shown: PluginInterface): wire.PluginInterface {
	return {
		...shown,
		capabilities: [...shown.capabilities],
		defaultPrompt: shown.defaultPrompt && [...shown.defaultPrompt],
		composerIconUrl: null,
		logoUrl: null,
		screenshots: [...shown.screenshots],
		screenshotUrls: [],
	};
}

/** Until the directory of apps says more, an app is called by its id. */
function toApp({ id }: PluginApp): AppSummary {
	const slug = id.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-+|-+$/g, '');
	return { id, name: id, description: null, installUrl: `https://chatgpt.com/apps/${slug}/${encodeURIComponent(id)}`, needsAuth: true };
}
