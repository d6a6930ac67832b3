import type { Destination } from './connection.ts';

/** A proxy that the server itself is behind. */
export interface UpstreamProxy {
	readonly host: string;
	readonly port: number;
	readonly authorization: string | null;
}

type Env = Readonly<Record<string, string | undefined>>;

const valueOf = (env: Env, name: string) => env[name.toLowerCase()] || env[name.toUpperCase()] || undefined;

/** The proxy that the environment names for a destination; null when it is reached directly. Only http proxies are known. */
export function upstreamFor(env: Env, { host, port, protocol }: Destination): UpstreamProxy | null {
	if (isExcepted(valueOf(env, 'NO_PROXY') ?? '', host.name, port)) return null;
	const text = (protocol === 'http' ? valueOf(env, 'HTTP_PROXY') : valueOf(env, 'HTTPS_PROXY')) ?? valueOf(env, 'ALL_PROXY');
	if (text === undefined) return null;
	const url = URL.parse(text.includes('://') ? text : `http://${text}`);
	if (url === null || url.protocol !== 'http:') return null;
	const user = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
	return {
		host: url.hostname.replace(/^\[|\]$/g, ''),
		port: Number(url.port || 80),
		authorization: url.username === '' ? null : `Basic ${Buffer.from(user).toString('base64')}`,
	};
}

/** `NO_PROXY`: names with what is below them, addresses, `host:port`, or `*`. */
function isExcepted(list: string, name: string, port: number): boolean {
	return list.split(/[\s,]+/).some((entry) => {
		if (entry === '*') return true;
		const [, host = entry, only] = /^(.*?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
		const bare = entry.includes('::') ? entry.toLowerCase() : host.replace(/^\*?\./, '');
		if (bare === '' || (only !== undefined && !entry.includes('::') && Number(only) !== port)) return false;
		return name === bare || name.endsWith(`.${bare}`);
	});
}
