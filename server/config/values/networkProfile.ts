import { domainPattern, DomainPatternError } from './domainPattern.ts';
import { EMPTY_FILTER, type NetworkFilter } from '../../sandbox/networkFilter.ts';
import type { ManagedPolicy } from '../../sandbox/policy/policy.ts';
import { ConfigError } from '../configError.ts';
import { l10n, textOf } from '../../words/l10n.ts';

type Table = Readonly<Record<string, unknown>>;

const isTable = (value: unknown): value is Table => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The network of a profile: closed, open, or filtered where its table says more than `enabled`. Throws `ConfigError`. */
export function profileNetwork(key: string, table: unknown): Pick<ManagedPolicy, 'network' | 'filter'> {
	if (!isTable(table)) throw new ConfigError(l10n`${key} must be a table`);
	if (!flagOf(key, table, 'enabled')) return { network: 'restricted' };
	const isFiltered = Object.entries(table).some(([name, value]) => name !== 'enabled' && !(isTable(value) && Object.keys(value).length === 0));
	return isFiltered ? { network: 'enabled', filter: filterOf(key, table) } : { network: 'enabled' };
}

function filterOf(key: string, table: Table): NetworkFilter {
	const { mode = 'full' } = table;
	if (mode !== 'full' && mode !== 'limited') throw new ConfigError(l10n`${key}.mode must be "full" or "limited", not ${JSON.stringify(mode)}`);
	refuseSockets(key, table);
	const domains = Object.entries(permissionsOf(`${key}.domains`, table['domains'] ?? {}, ['allow', 'deny']));
	const named = (permission: string) => domains.flatMap(([host, given]) => (given === permission ? [host] : []));
	return {
		...EMPTY_FILTER,
		allowed: checkedPatterns(`${key}.domains`, named('allow')),
		denied: checkedDenials(`${key}.domains`, named('deny')),
		mode,
		localBinding: flagOf(key, table, 'allow_local_binding') ?? false,
		upstream: flagOf(key, table, 'allow_upstream_proxy') ?? null,
		socks: flagOf(key, table, 'enable_socks5') ?? true,
		httpPort: portOf(`${key}.proxy_url`, table['proxy_url']),
		socksPort: portOf(`${key}.socks_url`, table['socks_url']),
	};
}

/** Connections to unix sockets cannot be told apart by the sandbox, so that all of them stay closed. */
function refuseSockets(key: string, table: Table): void {
	const sockets = permissionsOf(`${key}.unix_sockets`, table['unix_sockets'] ?? {}, ['allow', 'none', 'deny']);
	const opened = Object.entries(sockets).find(([, permission]) => permission === 'allow')?.[0];
	const all = flagOf(key, table, 'dangerously_allow_all_unix_sockets');
	if (opened === undefined && !all) return;
	const what = opened === undefined ? 'dangerously_allow_all_unix_sockets' : `unix_sockets."${opened}"`;
	throw new ConfigError(l10n`${key}.${what} is not supported: commands with a filtered network reach no unix sockets. Remove it`);
}

/** The same patterns. Throws `ConfigError` for one that cannot be understood. */
export function checkedPatterns(key: string, patterns: readonly string[]): readonly string[] {
	for (const pattern of patterns) {
		try {
			domainPattern(pattern);
		} catch (error) {
			if (error instanceof DomainPatternError) throw new ConfigError(l10n`${key}: ${textOf(error)}`, { cause: error });
			throw error;
		}
	}
	return patterns;
}

/** The same for what is denied, where a star for every host is more likely a mistake than a wish. */
export function checkedDenials(key: string, patterns: readonly string[]): readonly string[] {
	if (patterns.some((pattern) => /^\*+$/.test(pattern.trim()))) {
		throw new ConfigError(l10n`${key}: every host (\`*\`) cannot be denied: leave the list of allowed hosts empty, or set enabled = false`);
	}
	return checkedPatterns(key, patterns);
}

function flagOf(key: string, table: Table, name: string): boolean | undefined {
	const value = table[name];
	if (value === undefined || typeof value === 'boolean') return value;
	throw new ConfigError(l10n`${key}.${name} must be true or false, not ${JSON.stringify(value)}`);
}

function permissionsOf(key: string, value: unknown, known: readonly string[]): Readonly<Record<string, unknown>> {
	if (!isTable(value)) throw new ConfigError(l10n`${key} must be a table`);
	for (const [name, permission] of Object.entries(value)) {
		if (typeof permission === 'string' && known.includes(permission)) continue;
		throw new ConfigError(l10n`${key}."${name}" must be ${known.map((each) => `"${each}"`).join(' or ')}, not ${JSON.stringify(permission)}`);
	}
	return value;
}

/** The port of an address such as `http://127.0.0.1:3128`. The proxy listens nowhere but inside of a command's own network. */
function portOf(key: string, value: unknown): number | null {
	if (value === undefined) return null;
	const url = typeof value === 'string' ? URL.parse(value.includes('://') ? value : `http://${value}`) : null;
	if (url === null) throw new ConfigError(l10n`${key} must be an address such as "http://127.0.0.1:3128", not ${JSON.stringify(value)}`);
	const port = url.port === '' ? null : Number(url.port);
	if (port !== null && port < 1024) throw new ConfigError(l10n`${key}: commands cannot be given a proxy on port ${port}; choose one from 1024 on`);
	return port;
}
