import { DEFAULT_ENVIRONMENT_POLICY, type EnvironmentPolicy } from '../exec/environment.ts';
import type { Config } from './config.ts';
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
		useProfile: policy.experimental_use_profile ?? false,
	};
}

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
