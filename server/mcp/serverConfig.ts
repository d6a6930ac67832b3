import * as z from 'zod/mini';
import { withoutPassword } from './serverAddress.ts';

/** The server with the tools of apps, which the program brings. */
export const APP_GATEWAY = 'codex_apps';

/** Whether calls of a tool are asked about: by its annotations, always, or never. */
export type ApprovalMode = 'auto' | 'prompt' | 'writes' | 'approve';

export interface StdioTransportConfig {
	readonly type: 'stdio';
	readonly command: string;
	readonly args: readonly string[];
	readonly env: Readonly<Record<string, string>>;
	/** Variables of the server's own environment that the program gets too. */
	readonly envVars: readonly string[];
	/** Null: the folder of the thread. */
	readonly cwd: string | null;
}

export interface HttpTransportConfig {
	readonly type: 'http';
	readonly url: string;
	readonly bearerTokenEnvVar: string | null;
	readonly headers: Readonly<Record<string, string>>;
	/** Header names by the variables that hold their values. */
	readonly envHeaders: Readonly<Record<string, string>>;
}

/** A server of `[mcp_servers.NAME]`. Times are milliseconds. */
export interface McpServerConfig {
	readonly name: string;
	readonly transport: StdioTransportConfig | HttpTransportConfig;
	readonly enabled: boolean;
	/** Threads do not start without it. */
	readonly required: boolean;
	/** Null: all. */
	readonly enabledTools: readonly string[] | null;
	readonly disabledTools: readonly string[];
	readonly startupTimeoutMs: number;
	readonly toolTimeoutMs: number;
	/** Null: those that the provider says it has. */
	readonly scopes: readonly string[] | null;
	readonly oauthResource: string | null;
	readonly defaultApproval: ApprovalMode;
	readonly approvals: Readonly<Record<string, ApprovalMode>>;
	readonly parallelCalls: boolean;
	/** The plugin that brings it; null: the configuration has it. */
	readonly plugin: { readonly id: string; readonly folder: string } | null;
}

/** An entry that cannot be used: its server is there, with the reason why it does not start. */
export interface BrokenServer {
	readonly name: string;
	readonly problem: string;
	readonly required: boolean;
}

export interface ConfiguredServers {
	/** By name. */
	readonly servers: readonly McpServerConfig[];
	readonly broken: readonly BrokenServer[];
}

const STARTUP_TIMEOUT_MS = 30_000;
const TOOL_TIMEOUT_MS = 120_000;
/** No timer waits longer. */
const LONGEST_MS = 2 ** 31 - 1;

const text = z.string();
const texts = z.array(text);
const map = z.record(text, text);
const seconds = z.number().check(z.nonnegative());
const mode = z.enum(['auto', 'prompt', 'writes', 'approve']);
const variable = z.union([text, z.object({ name: text })]);

const Entry = z.looseObject({
	command: z.optional(text.check(z.minLength(1))),
	args: z.optional(texts),
	env: z.optional(map),
	env_vars: z.optional(z.array(variable)),
	cwd: z.optional(text),
	url: z.optional(text),
	bearer_token: z.optional(z.unknown()),
	bearer_token_env_var: z.optional(text),
	http_headers: z.optional(map),
	env_http_headers: z.optional(map),
	enabled: z.optional(z.boolean()),
	required: z.optional(z.boolean()),
	enabled_tools: z.optional(texts),
	disabled_tools: z.optional(texts),
	startup_timeout_sec: z.optional(seconds),
	startup_timeout_ms: z.optional(seconds),
	tool_timeout_sec: z.optional(seconds),
	scopes: z.optional(texts),
	oauth_resource: z.optional(text),
	default_tools_approval_mode: z.optional(mode),
	tools: z.optional(z.record(text, z.looseObject({ approval_mode: z.optional(mode) }))),
	supports_parallel_tool_calls: z.optional(z.boolean()),
});
type Entry = z.infer<typeof Entry>;

/** Reads the table `mcp_servers`. One bad entry takes nothing from the others. */
export function readServers(table: unknown): ConfiguredServers {
	const servers: McpServerConfig[] = [];
	const broken: BrokenServer[] = [];
	const entries = isTable(table) ? Object.entries(table).sort(([a], [b]) => (a < b ? -1 : 1)) : [];
	for (const [name, value] of entries) {
		const read = readServer(name, value);
		if ('problem' in read) broken.push(read);
		else servers.push(read);
	}
	return { servers, broken };
}

const isTable = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

function readServer(name: string, value: unknown): McpServerConfig | BrokenServer {
	const fail = (problem: string): BrokenServer => ({ name, problem, required: isTable(value) && value.required === true && value.enabled !== false });
	const parsed = Entry.safeParse(value);
	if (!parsed.success) {
		const issue = parsed.error.issues[0];
		const key = ['mcp_servers', name, ...(issue?.path ?? [])].map(String).join('.');
		return fail(`${key} in the configuration cannot be used: ${issue?.message ?? 'invalid value'}`);
	}
	const entry = parsed.data;
	const transport = transportOf(entry);
	if (typeof transport === 'string') return fail(`mcp_servers.${name} in the configuration cannot be used: ${transport}`);
	const startup = entry.startup_timeout_sec === undefined ? entry.startup_timeout_ms : entry.startup_timeout_sec * 1000;
	return {
		name,
		transport,
		enabled: entry.enabled ?? true,
		required: entry.required ?? false,
		enabledTools: entry.enabled_tools ?? null,
		disabledTools: entry.disabled_tools ?? [],
		startupTimeoutMs: Math.min(startup ?? STARTUP_TIMEOUT_MS, LONGEST_MS),
		toolTimeoutMs: Math.min(entry.tool_timeout_sec === undefined ? TOOL_TIMEOUT_MS : entry.tool_timeout_sec * 1000, LONGEST_MS),
		scopes: entry.scopes ?? null,
		oauthResource: entry.oauth_resource ?? null,
		defaultApproval: entry.default_tools_approval_mode ?? 'auto',
		approvals: Object.fromEntries(Object.entries(entry.tools ?? {}).flatMap(([tool, own]) => (own.approval_mode ? [[tool, own.approval_mode]] : []))),
		parallelCalls: entry.supports_parallel_tool_calls ?? false,
		plugin: null,
	};
}

/** A text says what is wrong. */
function transportOf(entry: Entry): StdioTransportConfig | HttpTransportConfig | string {
	if (entry.command !== undefined && entry.url !== undefined) return 'it has both command and url; a server has one of them';
	if (entry.command !== undefined) {
		const stray = (['bearer_token_env_var', 'http_headers', 'env_http_headers', 'bearer_token'] as const).find((key) => entry[key] !== undefined);
		if (stray !== undefined) return `${stray} is only for servers with a url`;
		return {
			type: 'stdio',
			command: entry.command,
			args: entry.args ?? [],
			env: entry.env ?? {},
			envVars: (entry.env_vars ?? []).map((each) => (typeof each === 'string' ? each : each.name)),
			cwd: entry.cwd ?? null,
		};
	}
	if (entry.url === undefined) return 'it has neither command nor url';
	const stray = (['args', 'env', 'env_vars', 'cwd'] as const).find((key) => entry[key] !== undefined);
	if (stray !== undefined) return `${stray} is only for servers with a command`;
	if (entry.bearer_token !== undefined)
		return 'a token does not belong into the configuration; name the variable that holds it with bearer_token_env_var';
	const url = URL.parse(entry.url);
	if (url?.protocol !== 'http:' && url?.protocol !== 'https:') return `${JSON.stringify(withoutPassword(entry.url))} is no http or https address`;
	return {
		type: 'http',
		url: entry.url,
		bearerTokenEnvVar: entry.bearer_token_env_var ?? null,
		headers: entry.http_headers ?? {},
		envHeaders: entry.env_http_headers ?? {},
	};
}

/** Whether the configuration lets models and clients use a tool of the server. */
export function offersTool({ enabledTools, disabledTools }: McpServerConfig, tool: string): boolean {
	return (enabledTools === null || enabledTools.includes(tool)) && !disabledTools.includes(tool);
}

export function approvalModeOf(config: McpServerConfig, tool: string): ApprovalMode {
	return Object.hasOwn(config.approvals, tool) ? (config.approvals[tool] ?? config.defaultApproval) : config.defaultApproval;
}

/** Whether a connection that was made for one is right for the other too: what only decides about calls does not count. */
export function sameConnection(a: McpServerConfig, b: McpServerConfig): boolean {
	const made = ({ transport, startupTimeoutMs, oauthResource }: McpServerConfig) => JSON.stringify([transport, startupTimeoutMs, oauthResource]);
	return made(a) === made(b);
}

/** The command line, as a person would write it, or the address: what a decision about the server is about. */
export function commandLineOf({ transport }: McpServerConfig): string {
	if (transport.type === 'http') return withoutPassword(transport.url);
	const word = (part: string) => (/^[\w@%+=:,./-]+$/.test(part) ? part : JSON.stringify(part));
	return [transport.command, ...transport.args].map(word).join(' ');
}
