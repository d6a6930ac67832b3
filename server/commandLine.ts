import { parseArgs, type ParseArgsConfig } from 'node:util';

/** A command line that cannot be understood, or that asks for what makes no sense together. */
export class UsageError extends Error {}

type Values = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;

/** Options that have an effect only under a condition. Whoever gives one elsewhere would believe in an effect that is not there. */
export interface OptionRule {
	readonly options: readonly string[];
	/** `false`: the options have no effect. */
	readonly holds: (values: Values) => boolean;
	/** Completes "--linger has no effect ": "without --listen ws:// or unix://". */
	readonly otherwise: string;
}

const isAt = (values: Values, ...kinds: readonly string[]) => kinds.some((kind) => String(values['listen'] ?? 'stdio://').startsWith(kind));
const given = (values: Values, option: string) => values[option] !== undefined && values[option] !== false;

const WS_OPTIONS = [
	'ws-auth',
	'ws-token-file',
	'ws-token-sha256',
	'ws-shared-secret-file',
	'ws-issuer',
	'ws-audience',
	'ws-max-clock-skew-seconds',
	'ws-allow-open-secret-files',
] as const;

export const APP_SERVER_RULES: readonly OptionRule[] = [
	{ options: ['linger', 'state-file'], holds: (values) => isAt(values, 'ws://', 'unix://'), otherwise: 'without --listen ws:// or unix://' },
	{ options: WS_OPTIONS, holds: (values) => isAt(values, 'ws://'), otherwise: 'without --listen ws://' },
	{
		options: ['ws-token-file', 'ws-token-sha256'],
		holds: (values) => values['ws-auth'] === 'capability-token',
		otherwise: 'without --ws-auth capability-token',
	},
	{
		options: ['ws-shared-secret-file', 'ws-issuer', 'ws-audience', 'ws-max-clock-skew-seconds'],
		holds: (values) => values['ws-auth'] === 'signed-bearer-token',
		otherwise: 'without --ws-auth signed-bearer-token',
	},
	{
		options: ['ws-allow-open-secret-files'],
		holds: (values) => given(values, 'ws-token-file') || given(values, 'ws-shared-secret-file'),
		otherwise: 'without --ws-token-file or --ws-shared-secret-file',
	},
	{ options: ['ws-token-file'], holds: (values) => !given(values, 'ws-token-sha256'), otherwise: 'beside --ws-token-sha256: give one of them' },
];

export const EXEC_RULES: readonly OptionRule[] = [
	{
		options: ['full-auto'],
		holds: (values) => (values['sandbox'] ?? 'workspace-write') === 'workspace-write',
		otherwise: 'beside another --sandbox than workspace-write',
	},
];

/** Throws `UsageError` for the first option that would have no effect. */
export function checkTogether(values: Values, rules: readonly OptionRule[]): void {
	for (const { options, holds, otherwise } of rules) {
		const option = options.find((each) => given(values, each));
		if (option !== undefined && !holds(values)) throw new UsageError(`--${option} has no effect ${otherwise}`);
	}
	for (const feature of listOf(values, 'enable')) {
		if (listOf(values, 'disable').includes(feature)) throw new UsageError(`--enable ${feature} and --disable ${feature} contradict each other`);
	}
}

function listOf(values: Values, option: string): readonly (string | boolean)[] {
	const value = values[option];
	return typeof value === 'object' ? value : [];
}

/**
 * Node's own reading of a command line, without what it lets pass: an option that is there once can be given twice, of which all but the last
 * are forgotten, and a value can be empty. Throws `UsageError`, and Node's own errors.
 */
export function readArgs<Config extends ParseArgsConfig>(config: Config): ReturnType<typeof parseArgs<Config>> {
	const parsed = parseArgs(config);
	const { tokens = [] } = parseArgs({ ...config, tokens: true });
	const seen = new Set<string>();
	for (const token of tokens) {
		if (token.kind !== 'option') continue;
		if (token.value === '') throw new UsageError(`--${token.name} needs a value that is not empty`);
		if (config.options?.[token.name]?.multiple === true) continue;
		if (seen.has(token.name)) throw new UsageError(`--${token.name} is given twice`);
		seen.add(token.name);
	}
	return parsed;
}

/** A number of seconds; undefined when the option is not there. Throws `UsageError`. */
export function secondsOf(values: Values, option: string): number | undefined {
	const text = values[option];
	if (typeof text !== 'string') return undefined;
	if (!/^\d+(\.\d+)?$/.test(text.trim())) throw new UsageError(`invalid --${option} ${text}: expected a number of seconds`);
	return Number(text);
}
