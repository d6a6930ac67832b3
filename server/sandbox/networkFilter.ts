/** Which hosts commands may reach through the proxy of an enabled network. Pure data. */
export interface NetworkFilter {
	/** Hosts as they are written in a configuration: exact, `*.example.com` (below it) or `**.example.com` (itself and below). */
	readonly allowed: readonly string[];
	/** The same; what is denied is never allowed. */
	readonly denied: readonly string[];
	/** `limited`: only requests that read, and nothing that the proxy cannot look into. */
	readonly mode: 'full' | 'limited';
	/** Whether addresses of this machine and of private networks are hosts like others. */
	readonly localBinding: boolean;
	/** Whether the proxy of the server's own environment is used on the way out. Null: nobody said anything. */
	readonly upstream: boolean | null;
	readonly socks: boolean;
	/** Ports of the proxy as commands see them; null: the usual ones. */
	readonly httpPort: number | null;
	readonly socksPort: number | null;
}

/** No host is allowed that nobody is asked about. */
export const EMPTY_FILTER: NetworkFilter = {
	allowed: [],
	denied: [],
	mode: 'full',
	localBinding: false,
	upstream: null,
	socks: true,
	httpPort: null,
	socksPort: null,
};
