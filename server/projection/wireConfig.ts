import type { ConfigLayer, LayerSource } from '../config/configLayer.ts';
import type { ConfigSnapshot } from '../config/configSnapshot.ts';
import { type ConfigTable, isTable, leafPaths } from '../toml/table.ts';
import { Config as WireConfig, type ConfigLayer as WireLayer, type ConfigLayerMetadata, type ConfigLayerSource } from '../protocol/config.ts';
import { JsonValue } from '../protocol/jsonValue.ts';

/** What the answer says of keys that nobody has set. */
const UNSET = {
	model: null,
	model_provider: null,
	approval_policy: null,
	service_tier: null,
	model_reasoning_effort: null,
	model_reasoning_summary: null,
	model_verbosity: null,
	web_search: null,
	tools: null,
	review_model: null,
	model_context_window: null,
	model_auto_compact_token_limit: null,
	approvals_reviewer: null,
	sandbox_mode: null,
	sandbox_workspace_write: null,
	forced_chatgpt_workspace_id: null,
	forced_login_method: null,
	profile: null,
	profiles: {},
	instructions: null,
	developer_instructions: null,
	compact_prompt: null,
	analytics: null,
	apps: null,
};

const WORKSPACE_WRITE = { writable_roots: [], network_access: false, exclude_tmpdir_env_var: false, exclude_slash_tmp: false };

/** The merged configuration as clients read it. */
export function toWireConfig(table: ConfigTable): WireConfig {
	const { sandbox_workspace_write: write, forced_chatgpt_workspace_id: workspace, ...others } = table;
	const values = {
		...UNSET,
		...others,
		...(isTable(write) ? { sandbox_workspace_write: { ...WORKSPACE_WRITE, ...write } } : {}),
		...(workspace === undefined ? {} : { forced_chatgpt_workspace_id: Array.isArray(workspace) ? workspace.join(',') : workspace }),
		...withTools(table['tools']),
		...(isTable(table['profiles']) ? { profiles: mapped(table['profiles'], (profile) => ({ ...profile, ...withTools(profile['tools']) })) } : {}),
	};
	return WireConfig.parse(plain(values));
}

/** The older form, a switch, says nothing that its table could. */
function withTools(tools: unknown): { readonly tools?: ConfigTable } {
	return isTable(tools) && typeof tools['web_search'] === 'boolean' ? { tools: { ...tools, web_search: null } } : {};
}

function mapped(tables: ConfigTable, map: (table: ConfigTable) => ConfigTable): ConfigTable {
	return Object.fromEntries(Object.entries(tables).map(([key, value]) => [key, isTable(value) ? map(value) : value]));
}

/** As JSON has it: dates become texts. */
function plain(value: unknown): JsonValue {
	return JsonValue.parse(JSON.parse(JSON.stringify(value)));
}

/** The layer of each value, by dotted key. */
export function toWireOrigins(snapshot: ConfigSnapshot): Record<string, ConfigLayerMetadata> {
	return Object.fromEntries(
		leafPaths(snapshot.table).flatMap((path) => {
			const layer = snapshot.origin(path);
			const name = layer === null ? null : toWireSource(layer.source);
			return layer === null || name === null ? [] : [[path.join('.'), { name, version: layer.version }]];
		}),
	);
}

/** Null for a layer that only this server knows. */
export function toWireLayer({ source, version, table, disabledReason }: ConfigLayer): WireLayer | null {
	const name = toWireSource(source);
	if (name === null) return null;
	return { name, version, config: plain(table), ...(disabledReason === null ? {} : { disabledReason }) };
}

export function toWireSource(source: LayerSource): ConfigLayerSource | null {
	switch (source.type) {
		case 'runtime':
		case 'request':
		case 'threadConfig':
		case 'requirements':
			return null;
		case 'user':
			return { type: 'user', file: source.file, ...(source.profile === null ? {} : { profile: source.profile }) };
		default:
			return source;
	}
}
