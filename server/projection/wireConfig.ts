import { type ConfigLayer, describeSource, type LayerSource } from '../config/layers/configLayer.ts';
import type { ConfigSnapshot } from '../config/layers/configSnapshot.ts';
import { type EffectiveSetting, lineOf } from '../requirements/effectiveSettings.ts';
import { redactSecrets } from '../config/redact.ts';
import { type ConfigTable, dotted, isTable, leafPaths } from '../toml/table.ts';
import {
	Config as WireConfig,
	type ConfigLayer as WireLayer,
	type ConfigLayerMetadata,
	type ConfigLayerSource,
	type EffectiveSetting as WireSetting,
} from '../protocol/host/config.ts';
import { JsonValue } from '../protocol/wire/jsonValue.ts';

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

/** The same of keys that the protocol does not name. */
const NULL_KEYS =
	'agents audio auto_review background_terminal_max_timeout commit_attribution debug default_permissions ' +
	'disable_paste_burst experimental_compact_prompt_file experimental_instructions_file ' +
	'experimental_realtime_start_instructions experimental_realtime_ws_backend_prompt experimental_realtime_ws_base_url ' +
	'experimental_realtime_ws_model experimental_realtime_ws_startup_context experimental_thread_config_endpoint ' +
	'experimental_thread_store experimental_thread_store_endpoint experimental_use_freeform_apply_patch ' +
	'experimental_use_unified_exec_tool feedback file_opener ghost_snapshot hooks include_apps_instructions ' +
	'include_environment_context include_permissions_instructions js_repl_node_module_dirs js_repl_node_path log_dir ' +
	'mcp_oauth_callback_port mcp_oauth_callback_url memories model_catalog_json model_instructions_file ' +
	'model_supports_reasoning_summaries notice notify openai_base_url oss_provider otel permissions personality ' +
	'plan_mode_reasoning_effort project_root_markers projects realtime show_raw_agent_reasoning skills sqlite_home ' +
	'suppress_unstable_features_warning tool_output_token_limit tool_suggest tui windows windows_wsl_setup_acknowledged ' +
	'zsh_path';

/** What counts where nobody says otherwise. */
const DEFAULTS = {
	mcp_servers: {},
	history: { persistence: 'save-all', max_bytes: null },
	check_for_update_on_startup: true,
	shell_environment_policy: {
		inherit: null,
		ignore_default_excludes: null,
		exclude: null,
		set: null,
		include_only: null,
		experimental_use_profile: null,
	},
	cli_auth_credentials_store: 'file',
	mcp_oauth_credentials_store: 'auto',
	plugins: {},
	marketplaces: {},
	allow_login_shell: true,
	project_doc_fallback_filenames: [],
	project_doc_max_bytes: 32_768,
	hide_agent_reasoning: false,
};

const WORKSPACE_WRITE = { writable_roots: [], network_access: false, exclude_tmpdir_env_var: false, exclude_slash_tmp: false };

/** The merged configuration as clients read it. */
export function toWireConfig(table: ConfigTable): WireConfig {
	const {
		sandbox_workspace_write: write,
		forced_chatgpt_workspace_id: workspace,
		shell_environment_policy: environment,
		...others
	} = withoutPassword(table);
	const values = {
		...Object.fromEntries(NULL_KEYS.split(' ').map((key) => [key, null])),
		...UNSET,
		...DEFAULTS,
		...others,
		...(isTable(environment) ? { shell_environment_policy: { ...DEFAULTS.shell_environment_policy, ...environment } } : {}),
		...(isTable(table['windows']) ? { windows: { sandbox_private_desktop: null, ...table['windows'] } } : {}),
		...(isTable(write) ? { sandbox_workspace_write: { ...WORKSPACE_WRITE, ...write } } : {}),
		...(workspace === undefined ? {} : { forced_chatgpt_workspace_id: Array.isArray(workspace) ? workspace.join(',') : workspace }),
		...(isTable(table['model_providers'])
			? { model_providers: mapped(table['model_providers'], (provider) => ({ requires_openai_auth: false, ...provider })) }
			: {}),
		...withTools(table['tools']),
		...(isTable(table['profiles']) ? { profiles: mapped(table['profiles'], (profile) => ({ ...profile, ...withTools(profile['tools']) })) } : {}),
	};
	return WireConfig.parse(plain(values));
}

/** The address of the thread store is shown without what it signs in with. */
function withoutPassword(table: ConfigTable): ConfigTable {
	const { tiller } = table;
	if (!isTable(tiller) || typeof tiller['thread_store'] !== 'string') return table;
	return { ...table, tiller: { ...tiller, thread_store: redactSecrets(tiller['thread_store'].replace(/(:\/\/).*@/s, '$1[redacted]@')) } };
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
	return { name, version, config: plain(withoutPassword(table)), ...(disabledReason === null ? {} : { disabledReason }) };
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

/** A key that somebody set, with the place to change it. */
export function toWireSetting(setting: EffectiveSetting): WireSetting {
	const { keyPath, value, layer, withoutEffect } = setting;
	const source = layer === null ? '' : describeSource(layer.source);
	return { key: dotted(keyPath), value, source, file: layer?.file ?? null, line: lineOf(setting), withoutEffect };
}
