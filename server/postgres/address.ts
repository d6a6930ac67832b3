import fs from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import type pg from 'pg';

/** The address says something that has no meaning, or that we refuse. Its words hold no secret. */
export class AddressError extends Error {}

const MODES = ['disable', 'require', 'verify-ca', 'verify-full', 'no-verify'];
const TLS_PARAMETERS = ['sslmode', 'ssl', 'sslrootcert', 'sslcert', 'sslkey', 'uselibpqcompat'];

/**
 * How an address is connected to. Without `sslmode`, a server on this computer is spoken to in plain text, and any other one over TLS with its
 * certificate and name checked. `require` means the same as `verify-full`. Throws `AddressError`.
 */
export function connectionTo(address: string, env: NodeJS.ProcessEnv = process.env): pg.ClientConfig {
	const url = parsed(address);
	const { searchParams } = url;
	const mode = searchParams.get('sslmode') ?? env['PGSSLMODE'] ?? modeOf(searchParams.get('ssl')) ?? (isHere(url, env) ? 'disable' : 'verify-full');
	if (!MODES.includes(mode)) throw new AddressError(`sslmode=${mode} is not supported: use one of ${MODES.join(', ')}`);
	const file = (name: string) => fileOf(name, searchParams.get(name));
	const ssl: ConnectionOptions | false =
		mode === 'disable'
			? false
			: {
					...(searchParams.get('sslrootcert') === 'system' ? {} : { ca: file('sslrootcert') }),
					cert: file('sslcert'),
					key: file('sslkey'),
					rejectUnauthorized: mode !== 'no-verify',
					...(mode === 'verify-ca' || mode === 'no-verify' ? { checkServerIdentity: () => undefined } : {}),
				};
	for (const name of TLS_PARAMETERS) searchParams.delete(name);
	return { connectionString: url.href, ssl };
}

/** Where it leads, without what it signs in with. */
export function placeOf(address: string): string {
	try {
		const { host, pathname, searchParams } = new URL(address);
		return `${host || (searchParams.get('host') ?? 'localhost')}${pathname}`;
	} catch {
		return 'the address that is configured';
	}
}

/** What a person can do about an error of a connection; empty when its own words say it. */
export function adviceFor(error: unknown): string {
	const code = error instanceof Error && 'code' in error ? String(error.code) : '';
	const message = error instanceof Error ? error.message : '';
	if (/SELF_SIGNED_CERT|UNABLE_TO_(VERIFY|GET_ISSUER)/.test(code)) return ' (name the file of its certificate authority: sslrootcert=FILE)';
	if (/does not support SSL/.test(message)) return ' (turn TLS on there, or add sslmode=disable where the network is your own)';
	if (/no encryption/.test(message)) return ' (add sslmode=verify-full)';
	return '';
}

function parsed(address: string): URL {
	try {
		// As libpq has it, a host may be left out.
		return new URL(address.replace(/@(?=\/|$)/, '@localhost'));
	} catch {
		throw new AddressError('it is no address of the form postgres://USER:PASSWORD@HOST/DATABASE');
	}
}

function modeOf(ssl: string | null): string | null {
	if (ssl === null) return null;
	return ssl === 'true' || ssl === '1' ? 'verify-full' : 'disable';
}

function isHere(url: URL, env: NodeJS.ProcessEnv): boolean {
	const host = url.searchParams.get('host') ?? (decodeURIComponent(url.hostname) || (env['PGHOST'] ?? ''));
	return host === '' || host.startsWith('/') || /^(localhost|127\.[\d.]+|\[?::1\]?)$/i.test(host);
}

function fileOf(name: string, file: string | null): string | undefined {
	if (file === null) return undefined;
	try {
		return fs.readFileSync(file, 'utf8');
	} catch (error) {
		throw new AddressError(`the file of ${name} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
	}
}
