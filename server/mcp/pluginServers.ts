import path from 'node:path';
import { APP_GATEWAY, type ConfiguredServers, type McpServerConfig, readServers } from './serverConfig.ts';

/** What an installed plugin says of servers, and what the person says of those. */
export interface PluginServers {
	readonly id: string;
	/** Absolute. */
	readonly folder: string;
	/** By name, as the plugin's file has them. */
	readonly servers: ReadonlyMap<string, unknown>;
	/** `plugins."ID".mcp_servers` of the person's own configuration. */
	readonly settings: unknown;
}

type Table = Readonly<Record<string, unknown>>;
const isTable = (value: unknown): value is Table => typeof value === 'object' && value !== null && !Array.isArray(value);
const tableOf = (value: unknown): Table => (isTable(value) ? value : {});

/** What a plugin may say. Whether its tools are asked about, and whether threads need it, is for the person to say. */
const OF_PLUGIN = [
	'command args env env_vars cwd url bearer_token_env_var http_headers env_http_headers scopes oauth_resource enabled',
	'enabled_tools disabled_tools startup_timeout_sec startup_timeout_ms tool_timeout_sec supports_parallel_tool_calls',
].flatMap((keys) => keys.split(' '));
const OF_PERSON = ['enabled', 'enabled_tools', 'disabled_tools', 'default_tools_approval_mode', 'tools', 'startup_timeout_sec', 'tool_timeout_sec'];

/** All servers, and those of plugins that have no place among them. */
export interface JoinedServers extends ConfiguredServers {
	/** By the name that they wanted: the ids of their plugins. */
	readonly displaced: ReadonlyMap<string, readonly string[]>;
}

/**
 * The servers of the configuration with those of plugins. A server of the configuration or of the program wins over one of its name, and
 * the first plugin over later ones. `pinned`: what administrators set for a table of servers.
 */
export function withPluginServers(own: ConfiguredServers, plugins: readonly PluginServers[], pinned: (servers: Table) => Table): JoinedServers {
	const taken = new Set([APP_GATEWAY, ...[...own.servers, ...own.broken].map(({ name }) => name)]);
	const servers: McpServerConfig[] = [];
	const broken = [...own.broken];
	const displaced = new Map<string, readonly string[]>();
	for (const plugin of plugins) {
		for (const name of plugin.servers.keys()) if (taken.has(name)) displaced.set(name, [...(displaced.get(name) ?? []), plugin.id]);
		const table = Object.fromEntries(
			[...plugin.servers].filter(([name]) => !taken.has(name)).map(([name, server]) => [name, entryOf(name, server, plugin)]),
		);
		const fixed = pinned(table);
		const read = readServers(
			Object.fromEntries(Object.entries(table).map(([name, entry]) => [name, { ...tableOf(entry), ...tableOf(fixed[name]) }])),
		);
		for (const name of Object.keys(table)) taken.add(name);
		servers.push(...read.servers.map((server) => ({ ...server, plugin: { id: plugin.id, folder: plugin.folder } })));
		broken.push(...read.broken);
	}
	const order = (a: McpServerConfig, b: McpServerConfig) => (a.name < b.name ? -1 : 1);
	return { servers: [...own.servers, ...servers].sort(order), broken, displaced };
}

/** As `mcp_servers` would hold it. Other programs write `headers`, say the `type`, and name the plugin's folder by a variable. */
function entryOf(name: string, server: unknown, { folder, settings }: PluginServers): Table {
	const said = placed(server, folder);
	const { headers, ...given } = tableOf(said);
	const own = Object.fromEntries(Object.entries(given).filter(([key]) => OF_PLUGIN.includes(key)));
	const person = Object.fromEntries(Object.entries(tableOf(tableOf(settings)[name])).filter(([key]) => OF_PERSON.includes(key)));
	return {
		...own,
		...(isTable(headers) && own.http_headers === undefined ? { http_headers: headers } : {}),
		...(typeof own.cwd === 'string' ? { cwd: path.resolve(folder, own.cwd) } : {}),
		...person,
	};
}

/** With the plugin's folder in place of its variable, in all texts. */
function placed(value: unknown, folder: string): unknown {
	if (typeof value === 'string') return value.replaceAll(/\$\{(?:CLAUDE_)?PLUGIN_ROOT\}/g, () => folder);
	if (Array.isArray(value)) return value.map((each: unknown) => placed(each, folder));
	return isTable(value) ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, placed(each, folder)])) : value;
}
