import type { Config } from '../config.ts';
import { type ConfigTable, withValue } from '../../toml/table.ts';

/** How far a feature is. Only what a person should know about and may not have yet (`beta`) has texts. */
export type FeatureStage =
	| { readonly stage: 'stable' | 'underDevelopment' }
	| { readonly stage: 'beta'; readonly displayName: string; readonly description: string; readonly announcement: string };

export type Feature = FeatureStage & {
	/** Its key below `[features]` of config.toml. */
	readonly name: string;
	readonly defaultEnabled: boolean;
	/** Null: it can be switched on. Else what to say to somebody who tries. */
	readonly missing: string | null;
};

const stable = <Name extends string>(name: Name) => ({ name, stage: 'stable', defaultEnabled: true, missing: null }) as const;

/** What can be switched, and is. A name of the reference program means the same here. */
export const features = [
	stable('shell_tool'),
	stable('unified_exec'),
	stable('multi_agent'),
	stable('hooks'),
	stable('shell_snapshot'),
	stable('request_permissions_tool'),
	{ name: 'exec_permission_approvals', stage: 'underDevelopment', defaultEnabled: false, missing: null },
	stable('goals'),
	{ name: 'remote_compaction_v2', stage: 'underDevelopment', defaultEnabled: false, missing: null },
	stable('plugins'),
	{ name: 'realtime_conversation', stage: 'underDevelopment', defaultEnabled: false, missing: null },
	{ name: 'remote_plugin', stage: 'underDevelopment', defaultEnabled: false, missing: null },
	{ name: 'plugin_hooks', stage: 'underDevelopment', defaultEnabled: false, missing: null },
	stable('apps'),
	stable('image_generation'),
	stable('personality'),
	{ name: 'codex_git_commit', stage: 'underDevelopment', defaultEnabled: false, missing: null },
] as const satisfies readonly Feature[];

export type FeatureName = (typeof features)[number]['name'];

const known: readonly Feature[] = features;

export function isFeatureName(name: string): name is FeatureName {
	return known.some((feature) => feature.name === name);
}

export function findFeature(name: string): Feature | undefined {
	return known.find((feature) => feature.name === name);
}

/** Whether a configuration has a feature on; as it is by default where the configuration says nothing. */
export function isEnabled(config: Config, name: FeatureName): boolean {
	const feature = findFeature(name);
	return feature !== undefined && feature.missing === null && (configuredFlag(config, name) ?? feature.defaultEnabled);
}

/** What the configuration says of a feature by name, whether we have it or not: a switch, or a table with the switch and more settings. Null: nothing. */
export function configuredFlag(config: Config, name: string): boolean | null {
	const value = config.features?.[name];
	if (typeof value === 'boolean') return value;
	const said = typeof value === 'object' && value !== null && 'enabled' in value && typeof value.enabled === 'boolean' ? value.enabled : null;
	return said ?? (name === 'unified_exec' ? (config.experimental_use_unified_exec_tool ?? null) : null);
}

/** What clients have switched on and off for the running server. A configuration that names the feature has the last word. */
export class FeatureSwitches {
	#table: ConfigTable = {};

	set(name: FeatureName, enabled: boolean): void {
		this.#table = withValue(this.#table, ['features', name], enabled);
	}

	/** As a table of configuration, the same object until something is switched. */
	table(): ConfigTable {
		return this.#table;
	}
}
