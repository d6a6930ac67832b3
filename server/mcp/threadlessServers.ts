import { type ConnectionPorts, McpConnection } from './connection.ts';
import { type McpServerConfig, sameConnection } from './serverConfig.ts';

/** So long a server that was started without a thread goes on after its last use, in milliseconds. */
const LINGER_MS = 30_000;

interface Kept {
	readonly connection: McpConnection;
	uses: number;
	timer: NodeJS.Timeout | undefined;
}

/** Servers that are asked something outside of any thread: started for it, and ended a while after. */
export class ThreadlessServers {
	readonly #cwd: string;
	readonly #ports: (config: McpServerConfig) => ConnectionPorts;
	readonly #kept = new Map<string, Kept>();

	constructor(cwd: string, ports: (config: McpServerConfig) => ConnectionPorts) {
		this.#cwd = cwd;
		this.#ports = ports;
	}

	async use<T>(config: McpServerConfig, work: (connection: McpConnection) => Promise<T>): Promise<T> {
		const kept = this.#keep(config);
		kept.uses++;
		clearTimeout(kept.timer);
		try {
			return await work(kept.connection);
		} finally {
			if (--kept.uses === 0) {
				// One that failed is tried again by the next one who asks.
				const wait = kept.connection.state.type === 'ready' ? LINGER_MS : 0;
				kept.timer = setTimeout(() => void this.#end(config.name, kept), wait);
				kept.timer.unref();
			}
		}
	}

	/** A server is no longer what it was, such as after a sign-in. */
	async forget(name: string): Promise<void> {
		const kept = this.#kept.get(name);
		if (kept) await this.#end(name, kept);
	}

	async close(): Promise<void> {
		await Promise.all([...this.#kept].map(([name, kept]) => this.#end(name, kept)));
	}

	#keep(config: McpServerConfig): Kept {
		const known = this.#kept.get(config.name);
		if (known && sameConnection(known.connection.config, config)) {
			known.connection.config = config;
			return known;
		}
		if (known) void this.#end(config.name, known);
		const kept: Kept = { connection: new McpConnection(config, { cwd: this.#cwd, ports: this.#ports(config) }), uses: 0, timer: undefined };
		this.#kept.set(config.name, kept);
		return kept;
	}

	async #end(name: string, kept: Kept): Promise<void> {
		clearTimeout(kept.timer);
		if (this.#kept.get(name) === kept) this.#kept.delete(name);
		await kept.connection.close();
	}
}
