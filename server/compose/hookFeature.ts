import { randomUUID } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import { isFolder } from '../platform/fileKinds.ts';
import { ConfigError } from '../config/configError.ts';
import type { ConfigLayer } from '../config/layers/configLayer.ts';
import type { ConfigQuery } from '../config/layers/configService.ts';
import type { ConfigTable } from '../toml/table.ts';
import type { ConfigSnapshot } from '../config/layers/configSnapshot.ts';
import { environmentWithoutKeys } from '../config/values/environmentPolicy.ts';
import { isEnabled } from '../config/values/features.ts';
import { hookHandlers, type ListedHooks } from '../handlers/integrations/hook.ts';
import type { HookLayer, ManagedHooks, PluginHooks } from '../hooks/hookSources.ts';
import { findHooks } from '../hooks/hookSources.ts';
import { mayRun, withTrust } from '../hooks/hookTrust.ts';
import { keepTextIn } from '../hooks/modelText.ts';
import { ThreadHooks } from '../hooks/threadHooks.ts';
import { configScopeOf } from '../thread/freezeSettings.ts';
import type { Feature } from './feature.ts';
import type { Ground } from './ground.ts';

export interface HookSourcesGiven {
	/** What administrators ask for. */
	managed(): readonly ManagedHooks[];
	/** Of the plugins that are enabled under a configuration. */
	ofPlugins(snapshot: ConfigSnapshot): Promise<readonly PluginHooks[]>;
}

/** Commands of the person, of projects, plugins and administrators that run at events of a thread and may say no. */
export function hookFeature({ configs, home, cwd, env, processes, shell }: Ground, given: HookSourcesGiven): Feature {
	const find = async (query: ConfigQuery): Promise<ListedHooks> => {
		const snapshot = configs.snapshot(query);
		if (!isEnabled(snapshot.config, 'hooks')) return { hooks: [], warnings: [], errors: [] };
		const { hooks, warnings } = await findHooks({
			managed: given.managed(),
			layers: snapshot.layers.toReversed().flatMap((layer) => toHookLayer(layer, home)),
			plugins: await given.ofPlugins(snapshot),
			isFolder,
		});
		return { hooks: withTrust(hooks, trustState(snapshot)), warnings, errors: [] };
	};
	return {
		name: 'hooks',
		handlers: hookHandlers({
			cwd,
			list: async (folder) => {
				try {
					return await find({ cwd: folder });
				} catch (error) {
					if (!(error instanceof ConfigError)) throw error;
					return { hooks: [], warnings: [], errors: [{ path: configs.places.user, message: error.message }] };
				}
			},
		}),
		guard: async ({ id, settings }) => {
			const { hooks } = await find(configScopeOf(settings));
			if (hooks.length === 0) return null;
			return new ThreadHooks({
				hooks: hooks.map((hook, order) => ({ ...hook, order })),
				isWanted: (hook) => withTrust([hook], trustState(configs.lenient())).every(mayRun),
				host: processes,
				shell: shell.path,
				env: environmentWithoutKeys(env, configs.lenient().config),
				keepText: keepTextIn(os.tmpdir(), id, randomUUID),
				now: Date.now,
				clock: () => performance.now(),
				newId: randomUUID,
			});
		},
	};
}

/** The hooks of an administrator's requirements. */
export function managedHooks(table: ConfigTable | undefined): readonly ManagedHooks[] {
	if (table === undefined) return [];
	const { managed_dir: folder } = table;
	return [{ source: 'system', folder: typeof folder === 'string' ? folder : null, hooks: table }];
}

/** What the person decided of each hook stands in the user's own file alone. */
function trustState(snapshot: ConfigSnapshot): unknown {
	const own = snapshot.each(['hooks', 'state']).filter(({ layer }) => layer.source.type === 'user');
	return Object.assign({}, ...own.map(({ value }) => value));
}

/** Layers that came with a request have no file whose hooks could be trusted: they bring none. */
function toHookLayer({ source, file, table, disabledReason }: ConfigLayer, home: string): readonly HookLayer[] {
	if (disabledReason !== null) return [];
	const own = (at: string) => (table.hooks === undefined ? null : { file: at, hooks: table.hooks });
	switch (source.type) {
		case 'user':
			return source.profile === null ? [{ source: 'user', folder: home, table: own(source.file) }] : [];
		case 'project':
			return [{ source: 'project', folder: source.dotCodexFolder, table: own(file ?? path.join(source.dotCodexFolder, 'config.toml')) }];
		case 'system':
			return [{ source: 'system', folder: path.dirname(source.file), table: own(source.file) }];
		case 'legacyManagedConfigTomlFromFile':
			return [{ source: 'legacyManagedConfigFile', folder: null, table: own(source.file) }];
		case 'mdm':
		case 'legacyManagedConfigTomlFromMdm':
		case 'sessionFlags':
		case 'runtime':
		case 'request':
		case 'threadConfig':
		case 'requirements':
			return [];
		default:
			return source satisfies never;
	}
}
