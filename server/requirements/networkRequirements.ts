import * as z from 'zod/mini';
import type { ConfigTable } from '../toml/table.ts';
import { ConfigError } from '../config/configError.ts';
import { checkedDenials, checkedPatterns } from '../config/values/networkProfile.ts';
import { l10n } from '../words/l10n.ts';

/** `[experimental_network]` of an administrator's file. Null members: nothing is required. */
export interface NetworkRequirements {
	readonly allowed: readonly string[];
	readonly denied: readonly string[];
	/** Lists of users do not count. */
	readonly managedOnly: boolean;
	readonly localBinding: boolean | null;
	readonly upstream: boolean | null;
	readonly httpPort: number | null;
	readonly socksPort: number | null;
}

const flag = z.optional(z.boolean());
const hosts = z.optional(z.array(z.string()));
const port = z.optional(z.int().check(z.gte(1024), z.lte(65_535)));

const NetworkTable = z.object({
	enabled: flag,
	http_port: port,
	socks_port: port,
	allow_upstream_proxy: flag,
	dangerously_allow_non_loopback_proxy: flag,
	dangerously_allow_all_unix_sockets: flag,
	unix_sockets: z.optional(z.record(z.string(), z.enum(['allow', 'none', 'deny']))),
	allow_unix_sockets: hosts,
	domains: z.optional(z.record(z.string(), z.enum(['allow', 'deny']))),
	allowed_domains: hosts,
	denied_domains: hosts,
	managed_allowed_domains_only: flag,
	allow_local_binding: flag,
});

/** Throws `ConfigError`. */
export function networkRequirements(table: ConfigTable): NetworkRequirements | null {
	if (table['experimental_network'] === undefined) return null;
	const parsed = NetworkTable.safeParse(table['experimental_network']);
	if (!parsed.success) {
		const issue = parsed.error.issues[0];
		throw new ConfigError(l10n`experimental_network.${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid value'}`);
	}
	const own = parsed.data;
	if (own.enabled === false) return null;
	const named = Object.entries(own.domains ?? {});
	const of = (action: 'allow' | 'deny') => named.flatMap(([host, permission]) => (permission === action ? [host] : []));
	return {
		allowed: checkedPatterns('experimental_network', [...(own.allowed_domains ?? []), ...of('allow')]),
		denied: checkedDenials('experimental_network', [...(own.denied_domains ?? []), ...of('deny')]),
		managedOnly: own.managed_allowed_domains_only ?? false,
		localBinding: own.allow_local_binding ?? null,
		upstream: own.allow_upstream_proxy ?? null,
		httpPort: own.http_port ?? null,
		socksPort: own.socks_port ?? null,
	};
}
