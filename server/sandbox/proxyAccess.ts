export interface ProxyPorts {
	/** Inside of the command's network. */
	readonly http: number;
	/** Null: no SOCKS. */
	readonly socks: number | null;
}

/** The one way out of a filtered network, made for one command. A sandbox takes one of the two ways in. */
export interface ProxyAccess {
	readonly ports: ProxyPorts;
	/** Listens on a unix socket, http and SOCKS5 alike. Called once, or `port` is. */
	socket(): Promise<string>;
	/** Listens on this machine's loopback address. */
	port(): Promise<number>;
	/** The variables by which programs find it on these ports. */
	environment(ports: ProxyPorts): Readonly<Record<string, string>>;
}
