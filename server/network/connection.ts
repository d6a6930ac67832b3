import type { Host } from '../config/values/hostName.ts';

export type NetworkProtocol = 'http' | 'https' | 'socks5Tcp';

/** Where a command wants to connect to. */
export interface Destination {
	readonly host: Host;
	readonly port: number;
	readonly protocol: NetworkProtocol;
}

/** Why a connection is refused, as the answer of the proxy names it. */
export type RefusalCause = 'allowlist' | 'denylist' | 'local' | 'method' | 'opaque' | 'declined' | 'unresolved' | 'invalid';

export interface Refusal {
	readonly cause: RefusalCause;
	/** One sentence without a full stop, for the program, the model and a person. */
	readonly why: string;
}

/** `host:port`, an address of IPv6 in brackets. */
export function authority({ host, port }: Pick<Destination, 'host' | 'port'>): string {
	return `${host.name.includes(':') ? `[${host.name}]` : host.name}:${port}`;
}
