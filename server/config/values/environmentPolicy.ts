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

/** The variables that hold keys for models: those that are configured, and the ones of the built-in providers. */
function keyVariables(config: Config): readonly string[] {
	const configured = Object.values(config.model_providers ?? {}).flatMap((provider) => {
		const parsed = KeyFields.safeParse(provider);
		return parsed.success ? [parsed.data.env_key ?? '', ...Object.values(parsed.data.env_http_headers ?? {})] : [];
	});
	return ['OPENAI_API_KEY', 'CODEX_API_KEY', 'TILLER_THREAD_STORE', ...configured.filter((name) => name !== '')];
}

/** Of one `[model_providers.<id>]`. */
const KeyFields = z.looseObject({ env_key: z.optional(z.string()), env_http_headers: z.optional(z.record(z.string(), z.string())) });

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
