import os from 'node:os';
import path from 'node:path';
import type { ConfigService } from '../config/layers/configService.ts';
import type { ConfigSnapshot } from '../config/layers/configSnapshot.ts';
import { isEnabled } from '../config/values/features.ts';
import { isRepository, projectRoot } from '../config/layers/projectRoot.ts';
import { marketplaceHandlers, whileEnabled } from '../handlers/integrations/marketplace.ts';
import { pluginHandlers, type PluginHandlerServices } from '../handlers/integrations/plugin.ts';
import { pluginShareHandlers } from '../handlers/integrations/pluginShare.ts';
import { parseHookFile } from '../hooks/hookSources.ts';
import { withPluginServers } from '../mcp/pluginServers.ts';
import { commandLineOf } from '../mcp/serverConfig.ts';
import { transportFetch } from '../model/http/transportFetch.ts';
import { Marketplaces } from '../plugins/marketplaces.ts';
import { PluginCache } from '../plugins/pluginCache.ts';
import { type ActivePlugin, type PluginDetail, Plugins } from '../plugins/plugins.ts';
import { PluginBackend } from '../plugins/remote/pluginBackend.ts';
import { PluginShares } from '../plugins/remote/pluginShares.ts';
import { RemoteCatalogue } from '../plugins/remote/remoteCatalogue.ts';
import { RemotePlugins } from '../plugins/remote/remotePlugins.ts';
import { ShareMapping } from '../plugins/remote/shareMapping.ts';
import type { PluginSettings } from '../plugins/pluginSettings.ts';
import { scanSkills } from '../skills/scanSkills.ts';
import type { Feature } from './feature.ts';
import type { Ground } from './ground.ts';

export interface PluginServices {
	readonly plugins: Plugins;
	readonly marketplaces: Marketplaces;
	readonly remote: RemotePlugins;
	readonly catalogue: RemoteCatalogue;
	readonly shares: PluginShares;
	readonly mapping: ShareMapping;
	/** The installed plugins that are switched on under a configuration; none where plugins are switched off. */
	active(snapshot: ConfigSnapshot): Promise<readonly ActivePlugin[]>;
	/** Calls back when a plugin was installed or removed; what the configuration says of them is told by the configuration. */
	onDidChange(listener: () => void): void;
	/** What the person's own configuration says of plugins, by their ids. */
	settings(): Readonly<Record<string, unknown>>;
}

export function createPluginServices({ home, cwd, env, route, configs, backend: service, log, transport }: Ground): PluginServices {
	const listeners: (() => void)[] = [];
	const changed = () => {
		for (const listener of listeners) listener();
	};
	const onProblem = (message: string, error: unknown) => log.warn(message, { error });
	const settings = userSettings(configs);
	const cache = new PluginCache({ home, onProblem });
	const marketplaces = new Marketplaces({ home, cwd, env: () => route.variables, settings, now: Date.now });
	const repositoryOf = (folder: string) => {
		const root = projectRoot(folder);
		return isRepository(root) ? root : null;
	};
	const plugins = new Plugins({ userHome: os.homedir(), env, settings, cache, marketplaces, repositoryOf, changed });
	const backend = new PluginBackend({ service, transfer: transportFetch(transport, 'ChatGPT') });
	const catalogue = new RemoteCatalogue(backend);
	const mapping = new ShareMapping(home);
	const remote = new RemotePlugins({ backend, catalogue, cache, changed, onProblem });
	return {
		plugins,
		marketplaces,
		remote,
		catalogue,
		shares: new PluginShares({ backend, catalogue, mapping }),
		mapping,
		active: async ({ config }) => (isEnabled(config, 'plugins') ? [...(await plugins.active()), ...(await remote.active())] : []),
		onDidChange: (listener) => void listeners.push(listener),
		settings: () => {
			const { plugins: table } = settings.read();
			return typeof table === 'object' && table !== null ? { ...table } : {};
		},
	};
}

/** Plugins and the marketplaces that offer them. What they bring reaches the other areas through `PluginServices`. */
export function pluginFeature(
	{ configs, home }: Ground,
	{ plugins, marketplaces, remote, catalogue, shares, mapping }: PluginServices,
	{ skillsOf, usableApps }: Pick<PluginHandlerServices, 'skillsOf' | 'usableApps'>,
): Feature {
	const config = () => configs.lenient().config;
	const enabled = () => isEnabled(config(), 'plugins');
	const hooksOf = async ({ plugin: { id }, contents: { hooks } }: PluginDetail) =>
		hooks === null ? [] : (await parseHookFile({ pluginId: id, ...hooks })).hooks;
	const guarded = whileEnabled(enabled);
	return {
		name: 'plugins',
		handlers: {
			...marketplaceHandlers({ marketplaces }),
			...pluginShareHandlers({ shares, whileEnabled: guarded }),
			...pluginHandlers({
				plugins,
				remote,
				enabled,
				whileEnabled: guarded,
				listsRemote: () => isEnabled(config(), 'remote_plugin'),
				skillText: (id, skill) => catalogue.skillText(id, skill),
				sharedAs: async () => new Map([...(await mapping.read())].map(([id, folder]) => [folder, id])),
				cacheFolder: path.join(home, 'plugins', 'cache'),
				skillsOf,
				usableApps: async (waitMs) => (isEnabled(config(), 'apps') ? usableApps(waitMs) : null),
				hooksOf: async (detail) =>
					isEnabled(config(), 'plugin_hooks') ? (await hooksOf(detail)).map(({ key, event }) => ({ key, eventName: event })) : [],
				programsOf: async (detail) => [
					...programsIn(detail),
					...(await hooksOf(detail)).map(({ key, command }) => ({ kind: 'hook' as const, name: key, what: command })),
				],
			}),
		},
	};
}

/** What its servers start or connect to, read as they will be once they run; their folder is called by its variable. */
function programsIn({ plugin: { id }, contents: { mcpServers } }: PluginDetail) {
	const found = { id, folder: '${PLUGIN_ROOT}', servers: mcpServers, settings: null };
	return withPluginServers({ servers: [], broken: [] }, [found], (servers) => servers).servers.map((server) => ({
		kind: server.transport.type === 'http' ? ('mcpAddress' as const) : ('mcpServer' as const),
		name: server.name,
		what: commandLineOf(server),
	}));
}

/** The skills of a plugin that is not installed yet, as they will be called. */
export const pluginSkills: PluginHandlerServices['skillsOf'] = async ({ name, plugin: { id }, contents }) => {
	const { skills } = await scanSkills(contents.skillFolders.map((folder) => ({ folder, scope: 'user', plugin: { id, name } })));
	return skills.map((skill) => ({
		name: skill.name,
		description: skill.description,
		shortDescription: skill.shortDescription,
		interface: skill.interface,
		path: skill.path,
		enabled: true,
	}));
};

/** Only the user's own file counts, and only it is written. */
function userSettings(configs: ConfigService): PluginSettings {
	const own = (key: string) => {
		const layers = configs
			.lenient()
			.each([key])
			.filter(({ layer: { source } }) => source.type === 'user' && source.profile === null);
		return layers[0]?.value ?? {};
	};
	return {
		read: () => ({ plugins: own('plugins'), marketplaces: own('marketplaces') }),
		write: async (path, value) => {
			await configs.write({ edits: [{ path, value: value ?? null, merge: 'replace' }], filePath: null, expectedVersion: null });
		},
	};
}
