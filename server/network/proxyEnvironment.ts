import type { ProxyPorts } from '../sandbox/proxyAccess.ts';

/** Of the command's own network, so that what it starts itself is reached without the proxy. */
const DIRECT = 'localhost,127.0.0.1,::1';

const both = (names: readonly string[], value: string) =>
	names.flatMap((name) => [[name.toUpperCase(), value] as const, [name.toLowerCase(), value] as const]);

/**
 * The variables by which programs find the proxy. `ALL_PROXY` names the http side: it tunnels everything over TCP, and Python's httpx does
 * not start where it finds SOCKS there.
 */
export function proxyEnvironment({ http, socks }: ProxyPorts, localBinding: boolean): Readonly<Record<string, string>> {
	const url = `http://127.0.0.1:${http}`;
	const web = [
		'http_proxy',
		'https_proxy',
		'all_proxy',
		'ws_proxy',
		'wss_proxy',
		'npm_config_proxy',
		'npm_config_https_proxy',
		'npm_config_http_proxy',
	];
	const others = [
		'YARN_HTTP_PROXY',
		'YARN_HTTPS_PROXY',
		'BUNDLE_HTTP_PROXY',
		'BUNDLE_HTTPS_PROXY',
		'PIP_PROXY',
		'DOCKER_HTTP_PROXY',
		'DOCKER_HTTPS_PROXY',
	];
	return Object.fromEntries([
		...both(web, url),
		...others.map((name) => [name, url] as const),
		...(socks === null ? [] : both(['ftp_proxy', 'socks_proxy'], `socks5h://127.0.0.1:${socks}`)),
		...both(['no_proxy', 'npm_config_noproxy'], DIRECT),
		['YARN_NO_PROXY', DIRECT],
		['BUNDLE_NO_PROXY', DIRECT],
		['ELECTRON_GET_USE_PROXY', 'true'],
		// Node's own fetch and http ask for it.
		['NODE_USE_ENV_PROXY', '1'],
		['CODEX_NETWORK_PROXY_ACTIVE', '1'],
		['CODEX_NETWORK_ALLOW_LOCAL_BINDING', localBinding ? '1' : '0'],
	]);
}
