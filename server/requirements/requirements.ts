import fs from 'node:fs';
import * as z from 'zod/mini';
import type { ConfigTable } from '../toml/table.ts';
import { ConfigError } from '../config/configError.ts';
import { readConfigFile } from '../config/configFile.ts';
import { checkedDenials, checkedPatterns } from '../config/networkProfile.ts';

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
	domains: z.optional(z.record(z.string(), z.enum(['allow', 'deny']))),
	allowed_domains: hosts,
	denied_domains: hosts,
	managed_allowed_domains_only: flag,
	allow_local_binding: flag,
});

/** Where an administrator's requirements lie on this system. */
export function requirementsPath(platform: NodeJS.Platform, env: Readonly<Record<string, string | undefined>>): string {
	if (platform !== 'win32') return '/etc/codex/requirements.toml';
	return `${env['ProgramData'] ?? 'C:\\ProgramData'}\\OpenAI\\Codex\\requirements.toml`;
}

/** The requirements of a file, read again when it has changed. */
export class Requirements {
	readonly #path: string;
	#stamp = '';
	#read: NetworkRequirements | null | ConfigError = null;

	constructor(path: string) {
		this.#path = path;
	}

	/** Null when no network is required. Throws `ConfigError` for a file that cannot be used: then nothing may run as if it were not there. */
	network(): NetworkRequirements | null {
		const stamp = this.#stampOf();
		if (stamp !== this.#stamp) {
			this.#stamp = stamp;
			this.#read = stamp === '' ? null : this.#load();
		}
		if (this.#read instanceof ConfigError) throw this.#read;
		return this.#read;
	}

	/** Empty when there is no such file. */
	#stampOf(): string {
		try {
			const { mtimeMs, size, ino } = fs.statSync(this.#path);
			return [mtimeMs, size, ino].join();
		} catch (error) {
			const code = error instanceof Error && 'code' in error ? error.code : null;
			return code === 'ENOENT' || code === 'ENOTDIR' ? '' : 'unreadable';
		}
	}

	#load(): NetworkRequirements | null | ConfigError {
		try {
			return networkRequirements(readConfigFile(this.#path).table);
		} catch (error) {
			if (!(error instanceof ConfigError)) throw error;
			return new ConfigError(`the requirements of the administrator cannot be used: ${error.message}`, { cause: error });
		}
	}
}

/** Throws `ConfigError`. */
export function networkRequirements(table: ConfigTable): NetworkRequirements | null {
	if (table['experimental_network'] === undefined) return null;
	const parsed = NetworkTable.safeParse(table['experimental_network']);
	if (!parsed.success) {
		const issue = parsed.error.issues[0];
		throw new ConfigError(`experimental_network.${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid value'}`);
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
