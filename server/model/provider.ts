import * as z from 'zod/mini';
import { SERVICE_KEYS } from '../config/values/environmentPolicy.ts';
import type { KeyCommand } from './keyCommands.ts';

/** Where a model is served and how it is spoken to. Built-in or from `[model_providers.<id>]` of config.toml. */
export interface Provider {
	readonly id: string;
	readonly name: string;
	/** Without the trailing slash; null for a provider that lives in this process. */
	readonly baseUrl: string | null;
	/** The environment variable that holds the key, and how to get one. */
	readonly envKey: string | null;
	readonly envKeyInstructions: string | null;
	readonly bearerToken: string | null;
	/** The program that prints the key. */
	readonly keyCommand: KeyCommand | null;
	readonly httpHeaders: Readonly<Record<string, string>>;
	/** Header name to the environment variable that holds its value; unset and empty ones are left out. */
	readonly envHttpHeaders: Readonly<Record<string, string>>;
	readonly queryParams: Readonly<Record<string, string>>;
	/** `chat`: a server that has nothing but `/chat/completions`. `anthropic`: the Messages API, `gemini`: `:streamGenerateContent`. `client`: a client serves it. */
	readonly wireApi: 'responses' | 'chat' | 'anthropic' | 'gemini' | 'client';
	/** Attempts after the first one until an answer begins. */
	readonly requestMaxRetries: number;
	/** Restarts of a stream that broke after it began. */
	readonly streamMaxRetries: number;
	/** A stream that is silent this long is cut. */
	readonly streamIdleTimeoutMs: number;
	/** Uses the account's key (`account/login/start`). */
	readonly requiresAuth: boolean;
	readonly supportsWebsockets: boolean;
	/** Has `/responses/compact`. */
	readonly compacts: boolean;
	/** Azure's Responses API: it has to store responses to take their items back. */
	readonly isAzure: boolean;
	/** Takes the sign-in with ChatGPT, on the host of ChatGPT itself. */
	readonly isChatgpt: boolean;
}

const stringMap = z.record(z.string(), z.string());
const count = z.int().check(z.gte(0), z.lte(100));

const milliseconds = z.int().check(z.gte(0), z.lte(2 ** 31 - 1));

/** `[model_providers.<id>.auth]`. */
const KeyCommandConfig = z.strictObject({
	command: z.string().check(z.refine((command) => command.trim() !== '', 'expected a program')),
	args: z.optional(z.array(z.string())),
	timeout_ms: z.optional(milliseconds.check(z.gte(1))),
	refresh_interval_ms: z.optional(milliseconds),
	cwd: z.optional(z.string()),
});

/** One `[model_providers.<id>]` table. Members that this server does not use (of newer programs, say) are let through. */
const ModelProviderConfig = z.looseObject({
	name: z.optional(z.string()),
	base_url: z.optional(z.string().check(z.refine(isHttpUrl, 'expected an http or https address such as "http://localhost:11434/v1"'))),
	env_key: z.optional(z.string()),
	env_key_instructions: z.optional(z.string()),
	experimental_bearer_token: z.optional(z.string()),
	auth: z.optional(KeyCommandConfig),
	http_headers: z.optional(stringMap),
	env_http_headers: z.optional(stringMap),
	query_params: z.optional(stringMap),
	wire_api: z.optional(z.enum(['responses', 'chat', 'anthropic', 'gemini'], 'expected "responses", "chat", "anthropic" or "gemini"')),
	request_max_retries: z.optional(count),
	stream_max_retries: z.optional(count),
	stream_idle_timeout_ms: z.optional(z.int().check(z.gte(1))),
	requires_openai_auth: z.optional(z.boolean()),
	supports_websockets: z.optional(z.boolean()),
});
type ModelProviderConfig = z.infer<typeof ModelProviderConfig>;
type KeyCommandConfig = z.infer<typeof KeyCommandConfig>;

function isHttpUrl(value: string): boolean {
	const url = URL.parse(value);
	return url !== null && (url.protocol === 'http:' || url.protocol === 'https:');
}

const defaults = {
	envKey: null,
	envKeyInstructions: null,
	bearerToken: null,
	keyCommand: null,
	httpHeaders: {},
	envHttpHeaders: {},
	queryParams: {},
	wireApi: 'responses',
	requestMaxRetries: 4,
	streamMaxRetries: 5,
	streamIdleTimeoutMs: 300_000,
	requiresAuth: false,
	supportsWebsockets: false,
	compacts: false,
	isAzure: false,
	isChatgpt: false,
} as const satisfies Partial<Provider>;

export const demoProviderId = 'demo';

export const builtInProviders: readonly Provider[] = [
	{
		...defaults,
		id: 'openai',
		name: 'OpenAI',
		baseUrl: 'https://api.openai.com/v1',
		envHttpHeaders: { 'OpenAI-Organization': 'OPENAI_ORGANIZATION', 'OpenAI-Project': 'OPENAI_PROJECT' },
		requiresAuth: true,
		supportsWebsockets: true,
		compacts: true,
	},
	{ ...defaults, id: 'ollama', name: 'Ollama', baseUrl: 'http://localhost:11434/v1' },
	{ ...defaults, id: 'lmstudio', name: 'LM Studio', baseUrl: 'http://localhost:1234/v1' },
	{ ...defaults, id: 'vscode', name: 'VS Code', baseUrl: null, wireApi: 'client', streamMaxRetries: 1 },
	{ ...defaults, id: demoProviderId, name: 'Demo (no AI)', baseUrl: null, requestMaxRetries: 0, streamMaxRetries: 1 },
];

/** The built-in providers that are programs on the user's computer. */
export function isLocalServer(provider: Pick<Provider, 'id'>): boolean {
	return provider.id === 'ollama' || provider.id === 'lmstudio';
}

/** A value of the configuration that cannot be used. `path` leads to the key, from the root of the file. */
export interface ProviderProblem {
	readonly path: readonly string[];
	readonly message: string;
}

/** The built-in providers and those of `[model_providers]`, by id. A table with a wrong value is left out and reported. */
export function resolveProviders(
	modelProviders: unknown,
	options: { readonly openaiBaseUrl?: string } = {},
): { readonly providers: ReadonlyMap<string, Provider>; readonly problems: readonly ProviderProblem[] } {
	const problems: ProviderProblem[] = [];
	const providers = new Map(builtInProviders.map((provider) => [provider.id, provider]));
	const openai = providers.get('openai');
	if (openai && options.openaiBaseUrl !== undefined) {
		if (isHttpUrl(options.openaiBaseUrl)) providers.set('openai', { ...openai, baseUrl: withoutSlash(options.openaiBaseUrl) });
		else problems.push({ path: ['openai_base_url'], message: `expected an http or https address, found ${show(options.openaiBaseUrl)}` });
	}
	if (modelProviders === undefined) return { providers, problems };
	if (typeof modelProviders !== 'object' || modelProviders === null || Array.isArray(modelProviders)) {
		return {
			providers,
			problems: [...problems, { path: ['model_providers'], message: `expected tables [model_providers.<id>], found ${show(modelProviders)}` }],
		};
	}
	for (const [id, table] of Object.entries(modelProviders)) {
		const path = ['model_providers', id];
		if (builtInProviders.some((provider) => provider.id === id)) {
			problems.push({
				path,
				message: `"${id}" is built in and cannot be changed; give your provider another name${id === 'openai' ? ', or set openai_base_url' : ''}`,
			});
			continue;
		}
		const parsed = ModelProviderConfig.safeParse(table);
		if (parsed.success) {
			const other =
				parsed.data.auth === undefined ? undefined : OTHER_KEYS.find((key) => parsed.data[key] !== undefined && parsed.data[key] !== false);
			if (other !== undefined) {
				problems.push({ path: [...path, 'auth'], message: `cannot be combined with ${other}: a provider has one key` });
				continue;
			}
			const provider = fromConfig(id, parsed.data);
			if (provider) providers.set(id, provider);
			else
				problems.push({
					path: [...path, 'base_url'],
					message: 'missing; a provider needs the address of its API, such as "http://localhost:8000/v1"',
				});
			continue;
		}
		for (const issue of parsed.error.issues) {
			const at = issue.path.map(String);
			problems.push({ path: [...path, ...at], message: problemText(issue, valueAt(table, at)) });
		}
	}
	return { providers, problems };
}

/** Where a key can come from instead of a program. */
const OTHER_KEYS = ['env_key', 'experimental_bearer_token', 'requires_openai_auth'] as const;

function fromConfig(id: string, config: ModelProviderConfig): Provider | null {
	const service = config.wire_api === 'anthropic' || config.wire_api === 'gemini' ? services[config.wire_api] : null;
	const baseUrl = config.base_url ?? service?.baseUrl;
	if (baseUrl === undefined) return null;
	// Whoever names no address means the service itself, and the key that everybody has for it.
	const isService = config.base_url === undefined && config.experimental_bearer_token === undefined && config.auth === undefined;
	const usual = isService ? (service?.envKey ?? null) : null;
	return {
		id,
		name: config.name ?? id,
		baseUrl: withoutSlash(baseUrl),
		envKey: config.env_key ?? usual,
		envKeyInstructions: config.env_key_instructions ?? null,
		bearerToken: config.experimental_bearer_token ?? null,
		keyCommand: config.auth === undefined ? null : keyCommandOf(config.auth),
		httpHeaders: config.http_headers ?? {},
		envHttpHeaders: config.env_http_headers ?? {},
		queryParams: config.query_params ?? {},
		wireApi: config.wire_api ?? defaults.wireApi,
		requestMaxRetries: config.request_max_retries ?? defaults.requestMaxRetries,
		streamMaxRetries: config.stream_max_retries ?? defaults.streamMaxRetries,
		streamIdleTimeoutMs: config.stream_idle_timeout_ms ?? defaults.streamIdleTimeoutMs,
		requiresAuth: config.requires_openai_auth ?? false,
		supportsWebsockets: config.supports_websockets ?? false,
		compacts: config.name === 'OpenAI' || isAzure(config),
		isAzure: isAzure(config),
		isChatgpt: false,
	};
}

function keyCommandOf({
	command,
	args = [],
	cwd,
	timeout_ms: timeoutMs = 5000,
	refresh_interval_ms: refreshIntervalMs = 300_000,
}: KeyCommandConfig): KeyCommand {
	return { command, args, cwd: cwd ?? null, timeoutMs, refreshIntervalMs: refreshIntervalMs === 0 ? null : refreshIntervalMs };
}

/** APIs with one service that everybody means. */
const services = {
	anthropic: { baseUrl: 'https://api.anthropic.com/v1', envKey: SERVICE_KEYS.anthropic },
	gemini: { baseUrl: 'https://generativelanguage.googleapis.com/v1beta', envKey: SERVICE_KEYS.gemini },
} as const;

const azureHosts = /(openai\.azure\.|cognitiveservices\.azure\.|aoai\.azure\.|azure-api\.|azurefd\.|windows\.net\/openai)/;

function isAzure({ name, base_url: baseUrl }: ModelProviderConfig): boolean {
	return name?.toLowerCase() === 'azure' || azureHosts.test(baseUrl?.toLowerCase() ?? '');
}

function withoutSlash(url: string): string {
	return url.replace(/\/+$/, '');
}

function problemText(issue: z.core.$ZodIssue, found: unknown): string {
	switch (issue.code) {
		case 'invalid_type':
			return `expected ${issue.expected === 'record' ? 'a table of texts' : issue.expected}, found ${show(found)}`;
		case 'too_small':
			return `must be at least ${issue.minimum}, found ${show(found)}`;
		case 'too_big':
			return `must be at most ${issue.maximum}, found ${show(found)}`;
		default:
			return `${issue.message}, found ${show(found)}`;
	}
}

function valueAt(table: unknown, path: readonly string[]): unknown {
	let value = table;
	for (const key of path) value = typeof value === 'object' && value !== null ? Object.entries(value).find(([name]) => name === key)?.[1] : undefined;
	return value;
}

function show(value: unknown): string {
	const text = JSON.stringify(value) ?? 'nothing';
	return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
