import { CORE_VARIABLES, modelLocale } from '../platform/environment.ts';
import { hostSystem } from '../platform/host.ts';

/** `[shell_environment_policy]` of the configuration: which of our variables a command gets. */
export interface EnvironmentPolicy {
	readonly inherit: 'all' | 'core' | 'none';
	/** False also drops names that look like secrets (`*KEY*`, `*SECRET*`, `*TOKEN*`). */
	readonly ignoreDefaultExcludes: boolean;
	/** Patterns with `*` and `?`, case-insensitive. */
	readonly exclude: readonly string[];
	readonly set: Readonly<Record<string, string>>;
	/** When not empty, only names that match one of these stay. */
	readonly includeOnly: readonly string[];
	/** Names of variables with keys of ours, which a command gets only when `includeOnly` names them. */
	readonly withheld: readonly string[];
	/** Whether every command of a model has what the user's profile sets up, also one that asks for a shell without it. */
	readonly useProfile: boolean;
}

export const DEFAULT_ENVIRONMENT_POLICY: EnvironmentPolicy = {
	inherit: 'all',
	ignoreDefaultExcludes: true,
	exclude: [],
	set: {},
	includeOnly: [],
	withheld: [],
	useProfile: false,
};

const CORE = CORE_VARIABLES[hostSystem];
const SECRETS = ['*KEY*', '*SECRET*', '*TOKEN*'];
/** What VS Code sets for its own child processes; a command must not see that it runs below an editor. */
const EDITORS_OWN = ['ELECTRON_*', 'VSCODE_*', 'TILLER_*', 'APPLICATION_INSIGHTS_NO_*', 'NODE_CHANNEL_FD', 'NODE_UNIQUE_ID'];

/** Output is for a model: no colours, no pager, no dialogue, text in UTF-8. */
const FOR_MODELS: Readonly<Record<string, string>> = {
	NO_COLOR: '1',
	TERM: 'dumb',
	COLORTERM: '',
	...modelLocale(hostSystem),
	PAGER: 'cat',
	GIT_PAGER: 'cat',
	GH_PAGER: 'cat',
	CODEX_CI: '1',
};

function matcher(patterns: readonly string[]): (name: string) => boolean {
	const expressions = patterns.map((pattern) => {
		const source = pattern
			.replace(/[.+^${}()|[\]\\]/g, '\\$&')
			.replaceAll('*', '.*')
			.replaceAll('?', '.');
		return new RegExp(`^${source}$`, 'i');
	});
	return (name) => expressions.some((expression) => expression.test(name));
}

const isEditorsOwn = matcher(EDITORS_OWN);
const isSecret = matcher(SECRETS);

/** Variables that a command inherits under a policy, before those that we set ourselves. */
export function inheritedEnvironment(base: Readonly<Record<string, string | undefined>>, policy: EnvironmentPolicy): Record<string, string> {
	const isExcluded = matcher(policy.exclude);
	const isIncluded = matcher(policy.includeOnly);
	const withheld = new Set(policy.withheld.map((name) => name.toUpperCase()));
	const env: Record<string, string> = {};
	if (policy.inherit !== 'none') {
		for (const [name, value] of Object.entries(base)) {
			if (value === undefined || isEditorsOwn(name)) continue;
			if (policy.inherit === 'core' && !CORE.has(name.toUpperCase())) continue;
			if (!policy.ignoreDefaultExcludes && isSecret(name)) continue;
			if (isExcluded(name)) continue;
			if (withheld.has(name.toUpperCase()) && !isIncluded(name)) continue;
			env[name] = value;
		}
	}
	Object.assign(env, policy.set);
	if (policy.includeOnly.length > 0) for (const name of Object.keys(env)) if (!isIncluded(name)) delete env[name];
	return env;
}

export interface CommandEnvironmentRequest {
	readonly base: Readonly<Record<string, string | undefined>>;
	readonly policy: EnvironmentPolicy;
	readonly threadId: string;
	readonly network: 'restricted' | 'enabled';
}

/** The environment of a command that a model runs. */
export function commandEnvironment(request: CommandEnvironmentRequest): Record<string, string> {
	const env = { ...inheritedEnvironment(request.base, request.policy), ...FOR_MODELS, CODEX_THREAD_ID: request.threadId };
	return withNetworkFlag(env, request.network);
}

/** Says in the environment whether the network is closed: `CODEX_SANDBOX_NETWORK_DISABLED` is there exactly when it is. */
export function withNetworkFlag(env: Readonly<Record<string, string>>, network: 'restricted' | 'enabled'): Record<string, string> {
	const { CODEX_SANDBOX_NETWORK_DISABLED: _, ...rest } = env;
	return network === 'restricted' ? { ...rest, CODEX_SANDBOX_NETWORK_DISABLED: '1' } : rest;
}
