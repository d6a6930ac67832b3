import * as z from 'zod/mini';
import { DEFAULT_ENVIRONMENT_POLICY, type EnvironmentPolicy } from '../../exec/environment.ts';
import type { Config } from '../config.ts';
import { isEnabled } from './features.ts';

/** What `[shell_environment_policy]` says of the environment of commands. */
export function environmentPolicyOf(config: Config): EnvironmentPolicy {
	const policy = config.shell_environment_policy ?? {};
	return {
		inherit: policy.inherit ?? DEFAULT_ENVIRONMENT_POLICY.inherit,
		ignoreDefaultExcludes: policy.ignore_default_excludes ?? DEFAULT_ENVIRONMENT_POLICY.ignoreDefaultExcludes,
		exclude: policy.exclude ?? [],
		set: policy.set ?? {},
		includeOnly: policy.include_only ?? [],
		withheld: showsKeys(config) ? [] : keyVariables(config),
		useProfile: policy.experimental_use_profile ?? false,
	};
}

/** Whether commands may see what we sign in with: `keys_in_commands` in `[tiller]`. */
export function showsKeys(config: Config): boolean {
	return config.tiller?.keys_in_commands ?? false;
}

/** The environment of a program that is no command of a model, such as a hook: all but our keys. */
export function environmentWithoutKeys(env: Readonly<Record<string, string | undefined>>, config: Config): Record<string, string> {
	const withheld = new Set((showsKeys(config) ? [] : keyVariables(config)).map((name) => name.toUpperCase()));
	return Object.fromEntries(
		Object.entries(env).flatMap(([name, value]) => (value === undefined || withheld.has(name.toUpperCase()) ? [] : [[name, value]])),
	);
}

/** The variables with the keys of the APIs that have one service which everybody means. */
export const SERVICE_KEYS = { anthropic: 'ANTHROPIC_API_KEY', gemini: 'GEMINI_API_KEY' } as const;

/** The variables that hold keys for models and MCP servers: those that are configured, and the ones of the built-in providers. */
function keyVariables(config: Config): readonly string[] {
	const configured = [...Object.values(config.model_providers ?? {}), ...Object.values(config.mcp_servers ?? {})].flatMap((table) => {
		const parsed = KeyFields.safeParse(table);
		if (!parsed.success) return [];
		const { env_key: key, bearer_token_env_var: token, env_http_headers: headers = {}, wire_api: api } = parsed.data;
		return [key ?? usualKey(api), token ?? '', ...Object.values(headers)];
	});
	return ['OPENAI_API_KEY', 'CODEX_API_KEY', 'TILLER_THREAD_STORE', ...configured.filter((name) => name !== '')];
}

function usualKey(api: string | undefined): string {
	return api === 'anthropic' || api === 'gemini' ? SERVICE_KEYS[api] : '';
}

/** Of one `[model_providers.<id>]` or `[mcp_servers.<name>]`. */
const KeyFields = z.looseObject({
	env_key: z.optional(z.string()),
	wire_api: z.optional(z.string()),
	bearer_token_env_var: z.optional(z.string()),
	env_http_headers: z.optional(z.record(z.string(), z.string())),
});

/**
 * How commands get what the user's profile sets up. `snapshot`: read once for all. `always`: by each command itself.
 * `never`: not at all.
 */
export function profileModeOf(config: Config): 'snapshot' | 'always' | 'never' {
	if (config.allow_login_shell === false) return 'never';
	// A command that inherits nothing has only what the profile gives to a shell that has nothing.
	if (!isEnabled(config, 'shell_snapshot') || config.shell_environment_policy?.inherit === 'none') return 'always';
	return 'snapshot';
}
