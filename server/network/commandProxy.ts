import type http from 'node:http';
import net, { type Socket } from 'node:net';
import type { ProxyAccess, ProxyPorts } from '../sandbox/proxyAccess.ts';
import { admit, type Gate } from './admission.ts';
import type { Destination, Refusal } from './connection.ts';
import type { Egress } from './egress.ts';
import { createHttpProxy } from './httpProxy.ts';
import { proxyEnvironment } from './proxyEnvironment.ts';
import { refusalLine } from './refusalTexts.ts';
import { serveSocks } from './socksServer.ts';
import type { Opening } from './tunnel.ts';

/** The first byte of SOCKS5; no request of http begins with it. */
const SOCKS = 5;
/** So many different refusals are told to the model at most. */
const MAX_REFUSALS = 20;

export interface CommandProxyOptions {
	readonly gate: Gate;
	readonly egress: Egress;
	readonly ports: ProxyPorts;
	/** What programs are told of local addresses. */
	readonly localBinding: boolean;
	/** A path for a unix socket that only this user can reach. */
	readonly socketPath: () => string;
	readonly closed: (proxy: CommandProxy) => void;
}

/** The proxy as one command sees it: listens on a way that no other command has, and knows what was refused. */
export class CommandProxy implements ProxyAccess {
	readonly ports: ProxyPorts;
	readonly #options: CommandProxyOptions;
	readonly #listener: net.Server;
	readonly #sockets = new Set<Socket>();
	readonly #refusals = new Map<string, string>();
	readonly #gone = new AbortController();
	#http: http.Server | null = null;

	constructor(options: CommandProxyOptions) {
		this.#options = options;
		this.ports = options.ports;
		this.#listener = net.createServer({ allowHalfOpen: true }, (socket) => this.#accept(socket));
	}

	async socket(): Promise<string> {
		const path = this.#options.socketPath();
		await this.#listen({ path });
		return path;
	}

	async port(): Promise<number> {
		await this.#listen({ host: '127.0.0.1', port: 0 });
		const address = this.#listener.address();
		return typeof address === 'object' && address !== null ? address.port : 0;
	}

	environment(ports: ProxyPorts): Readonly<Record<string, string>> {
		return proxyEnvironment(ports, this.#options.localBinding);
	}

	/** What was refused since the last call, in words for the model. */
	takeRefusals(): readonly string[] {
		const lines = [...this.#refusals.values()];
		this.#refusals.clear();
		return lines;
	}

	/** The command has ended: nothing that it left behind reaches anything any more. */
	close(): void {
		this.#gone.abort();
		this.#listener.close();
		for (const socket of this.#sockets) socket.destroy();
		this.#options.closed(this);
	}

	#listen(where: net.ListenOptions): Promise<void> {
		return new Promise((resolve, reject) => {
			this.#listener.once('error', reject);
			this.#listener.listen(where, () => {
				this.#listener.off('error', reject).on('error', () => {});
				resolve();
			});
		});
	}

	#accept(socket: Socket): void {
		this.#sockets.add(socket);
		socket.on('error', () => socket.destroy());
		socket.once('close', () => this.#sockets.delete(socket));
		socket.once('data', (first) => {
			socket.pause();
			socket.unshift(first);
			if (first[0] !== SOCKS) this.#httpProxy().emit('connection', socket);
			else if (this.ports.socks !== null)
				serveSocks(socket, (destination) => this.#open(destination, { method: null, client: socket })).catch(() => socket.destroy());
			else socket.destroy();
			socket.resume();
		});
	}

	#httpProxy(): http.Server {
		this.#http ??= createHttpProxy((destination, wanted) => this.#open(destination, wanted));
		return this.#http;
	}

	async #open(destination: Destination, { method, client }: { readonly method: string | null; readonly client: Socket }): Promise<Opening> {
		const { gate, egress } = this.#options;
		const gone = new AbortController();
		const leave = () => gone.abort();
		client.once('close', leave);
		const signal = AbortSignal.any([gone.signal, this.#gone.signal]);
		try {
			// A question outlives the one connection: programs give up and try again while a person thinks.
			const admission = await admit(gate, { destination, method, own: egress.ownAddresses(), gone: this.#gone.signal });
			if (admission.type === 'refused') return this.#refuse(destination, admission.refusal);
			const opened = await egress.open(destination, { local: admission.local, upstream: admission.upstream, signal });
			if (opened.type === 'refused') return this.#refuse(destination, opened.refusal);
			this.#sockets.add(opened.socket);
			opened.socket.once('close', () => this.#sockets.delete(opened.socket));
			return opened;
		} catch (error) {
			const why = error instanceof Error ? error.message : String(error);
			return { type: 'failed', message: `the connection to ${destination.host.name} could not be made: ${why}` };
		} finally {
			client.off('close', leave);
		}
	}

	#refuse(destination: Destination, refusal: Refusal): Opening {
		const line = refusalLine(destination, refusal);
		if (this.#refusals.size < MAX_REFUSALS) this.#refusals.set(line, line);
		return { type: 'refused', refusal };
	}
}
