import { createHash } from 'node:crypto';
import { ConfigError, readConfigFile, resolveConfig } from '../config/config.ts';
import { Config as WireConfig, type ConfigLayerMetadata } from '../protocol/config.ts';
import { JsonValue } from '../protocol/jsonValue.ts';
import { internalError } from '../protocol/rpcError.ts';
import { type Handlers, RpcFailure } from '../session/handler.ts';

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

export function configHandlers({ configPath }: { configPath: string }): Handlers {
	return {
		'config/read': (params) => {
			try {
				const file = readConfigFile(configPath);
				resolveConfig(file, {});
				const table = JsonValue.parse(JSON.parse(JSON.stringify(file.table)));
				const values = typeof table === 'object' && table !== null && !Array.isArray(table) ? table : {};
				const write = values.sandbox_workspace_write;
				const merged = {
					...UNSET,
					...values,
					...(typeof write === 'object' && write !== null && !Array.isArray(write)
						? { sandbox_workspace_write: { ...WORKSPACE_WRITE, ...write } }
						: {}),
				};
				const layer: ConfigLayerMetadata = {
					name: { type: 'user', file: configPath },
					version: `sha256:${createHash('sha256').update(file.source).digest('hex')}`,
				};
				return {
					config: WireConfig.parse(merged),
					origins: Object.fromEntries(leafKeys(values).map((key) => [key, layer])),
					layers: params.includeLayers ? [{ ...layer, config: table }] : null,
				};
			} catch (error) {
				if (error instanceof ConfigError) throw new RpcFailure(internalError(`error resolving config: ${error.message}`));
				throw error;
			}
		},
	};
}

/** Dotted keys of all values that are no tables. */
function leafKeys(table: Readonly<Record<string, unknown>>, prefix = ''): string[] {
	return Object.entries(table).flatMap(([key, value]) =>
		typeof value === 'object' && value !== null && !Array.isArray(value)
			? leafKeys(value as Record<string, unknown>, `${prefix}${key}.`)
			: [`${prefix}${key}`],
	);
}
