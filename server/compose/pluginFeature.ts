import os from 'node:os';
import type { ConfigService } from '../config/layers/configService.ts';
import type { ConfigSnapshot } from '../config/layers/configSnapshot.ts';
import { isEnabled } from '../config/values/features.ts';
import { isRepository, projectRoot } from '../config/layers/projectRoot.ts';
import { marketplaceHandlers } from '../handlers/integrations/marketplace.ts';
import { pluginHandlers, type PluginHandlerServices } from '../handlers/integrations/plugin.ts';
import { parseHookFile } from '../hooks/hookSources.ts';
import { commandLineOf, readServers } from '../mcp/serverConfig.ts';
import { Marketplaces } from '../plugins/marketplaces.ts';
import { PluginCache } from '../plugins/pluginCache.ts';
import { type ActivePlugin, type PluginDetail, Plugins } from '../plugins/plugins.ts';
import type { PluginSettings } from '../plugins/pluginSettings.ts';
import { scanSkills } from '../skills/scanSkills.ts';
import type { Feature } from './feature.ts';
import type { Ground } from './ground.ts';

export interface PluginServices {
	readonly plugins: Plugins;
	readonly marketplaces: Marketplaces;
	/** The installed plugins that are switched on under a configuration; none where plugins are switched off. */
	active(snapshot: ConfigSnapshot): Promise<readonly ActivePlugin[]>;
}

export function createPluginServices({ home, cwd, env, configs, log }: Ground): PluginServices {
	const settings = userSettings(configs);
	const cache = new PluginCache({ home, onProblem: (message, error) => log.warn(message, { error }) });
	const marketplaces = new Marketplaces({ home, cwd, env, settings, now: Date.now });
	const repositoryOf = (folder: string) => {
		const root = projectRoot(folder);
		return isRepository(root) ? root : null;
	};
	const plugins = new Plugins({ userHome: os.homedir(), env, settings, cache, marketplaces, repositoryOf });
	return { plugins, marketplaces, active: async ({ config }) => (isEnabled(config, 'plugins') ? plugins.active() : []) };
}

/** Plugins and the marketplaces that offer them. What they bring reaches the other areas through `PluginServices`. */
export function pluginFeature(
	{ configs }: Ground,
	{ plugins, marketplaces }: PluginServices,
	{ skillsOf }: Pick<PluginHandlerServices, 'skillsOf'>,
): Feature {
	const config = () => configs.lenient().config;
	const hooksOf = async ({ plugin: { id }, contents: { hooks } }: PluginDetail) => {
		if (hooks === null || !isEnabled(config(), 'plugin_hooks')) return [];
		return (await parseHookFile({ pluginId: id, ...hooks })).hooks;
	};
	return {
		name: 'plugins',
		handlers: {
			...marketplaceHandlers({ marketplaces }),
			...pluginHandlers({
				plugins,
				enabled: () => isEnabled(config(), 'plugins'),
				skillsOf,
				hooksOf: async (detail) => (await hooksOf(detail)).map(({ key, event }) => ({ key, eventName: event })),
				programsOf: async (detail) => [
					...readServers(Object.fromEntries(detail.contents.mcpServers)).servers.map((server) => ({
						kind: server.transport.type === 'http' ? ('mcpAddress' as const) : ('mcpServer' as const),
						name: server.name,
						what: commandLineOf(server),
					})),
					...(await hooksOf(detail)).map(({ key, command }) => ({ kind: 'hook' as const, name: key, what: command })),
				],
			}),
		},
	};
}

/** The skills of a plugin that is not installed yet, as they will be called. */
export const pluginSkills: PluginHandlerServices['skillsOf'] = async ({ name, contents }) => {
	const { skills } = await scanSkills(contents.skillFolders.map((folder) => ({ folder, scope: 'user', plugin: name })));
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
