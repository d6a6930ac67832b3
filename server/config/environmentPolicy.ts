import { DEFAULT_ENVIRONMENT_POLICY, type EnvironmentPolicy } from '../exec/environment.ts';
import type { Config } from './config.ts';

/** What `[shell_environment_policy]` says of the environment of commands. */
export function environmentPolicyOf(config: Config): EnvironmentPolicy {
	const policy = config.shell_environment_policy ?? {};
	return {
		inherit: policy.inherit ?? DEFAULT_ENVIRONMENT_POLICY.inherit,
		ignoreDefaultExcludes: policy.ignore_default_excludes ?? DEFAULT_ENVIRONMENT_POLICY.ignoreDefaultExcludes,
		exclude: policy.exclude ?? [],
		set: policy.set ?? {},
		includeOnly: policy.include_only ?? [],
	};
}
