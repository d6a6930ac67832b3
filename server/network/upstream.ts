import net from 'node:net';
import type { Destination } from './connection.ts';

/** A proxy that the server itself is behind. */
export interface UpstreamProxy {
	readonly host: string;
	readonly port: number;
	readonly authorization: string | null;
}

type Env = Readonly<Record<string, string | undefined>>;

const valueOf = (env: Env, name: string) => env[name.toLowerCase()] || env[name.toUpperCase()] || undefined;

/** The address of the proxy that the environment names for a destination, whatever kind it is; null when it is reached directly. */
export function proxyFor(
	env: Env,
	{ host, port, protocol }: { readonly host: string; readonly port: number; readonly protocol: Destination['protocol'] },
): URL | null {
	if (isExcepted(valueOf(env, 'NO_PROXY') ?? '', host, port)) return null;
	const text = (protocol === 'http' ? valueOf(env, 'HTTP_PROXY') : valueOf(env, 'HTTPS_PROXY')) ?? valueOf(env, 'ALL_PROXY');
	return text === undefined ? null : URL.parse(text.includes('://') ? text : `http://${text}`);
}

/** The proxy that the environment names for a destination; null when it is reached directly. Only http proxies are known. */
export function upstreamFor(env: Env, { host, port, protocol }: Destination): UpstreamProxy | null {
	const url = proxyFor(env, { host: host.name, port, protocol });
	if (url === null || url.protocol !== 'http:') return null;
	const user = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
	return {
		host: url.hostname.replace(/^\[|\]$/g, ''),
		port: Number(url.port || 80),
		authorization: url.username === '' ? null : `Basic ${Buffer.from(user).toString('base64')}`,
	};
}

/** `NO_PROXY`: names with what is below them, addresses, networks such as `10.0.0.0/8`, `host:port`, or `*`. */
function isExcepted(list: string, name: string, port: number): boolean {
	return list.split(/[\s,]+/).some((entry) => {
		if (entry === '*') return true;
		if (entry.includes('/')) return isWithin(name, entry);
		const [, host = entry, only] = /^(.*?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
		const bare = entry.includes('::') ? entry.toLowerCase() : host.replace(/^\*?\./, '');
		if (bare === '' || (only !== undefined && !entry.includes('::') && Number(only) !== port)) return false;
		return name === bare || name.endsWith(`.${bare}`);
	});
}

function isWithin(name: string, network: string): boolean {
	const family = (address: string) => (net.isIPv6(address) ? 'ipv6' : 'ipv4');
	const [address = '', length] = network.split('/');
	const host = name.replace(/^\[|\]$/g, '');
	if (!net.isIP(address) || !net.isIP(host) || family(address) !== family(host)) return false;
	const prefix = Number(length);
	if (!Number.isInteger(prefix) || prefix < 0 || prefix > (net.isIPv6(address) ? 128 : 32)) return false;
	const block = new net.BlockList();
	block.addSubnet(address, prefix, family(address));
	return block.check(host, family(host));
}
