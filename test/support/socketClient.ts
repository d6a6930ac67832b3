import net from 'node:net';
import { WebSocket } from 'ws';
import { within } from './deadline.ts';
import { type Message, RpcFailure } from './appServerProcess.ts';

/** One more client of a running server, over its unix socket or a websocket. Answers nothing by itself. */
export class SocketClient {
	readonly received: Message[] = [];
	readonly #socket: WebSocket;
	readonly #watchers = new Set<() => void>();
	#nextId = 1;

	private constructor(socket: WebSocket) {
		this.#socket = socket;
		socket.on('message', (data) => {
			this.received.push(JSON.parse(String(data)) as Message);
			for (const watcher of [...this.#watchers]) watcher();
		});
	}

	/** `address`: the path of a unix socket, or `ws://HOST:PORT`. */
	static async connect(address: string, name = 'socket-test'): Promise<SocketClient> {
		const socket = address.startsWith('ws://')
			? new WebSocket(address)
			: new WebSocket('ws://localhost/', { createConnection: () => net.connect(address) });
		const client = new SocketClient(socket);
		await within('the socket to open', new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject)));
		await client.request('initialize', { clientInfo: { name, title: null, version: '0' }, capabilities: { experimentalApi: true } });
		return client;
	}

	reply(id: string | number | undefined, result: unknown): void {
		this.#socket.send(JSON.stringify({ id, result }));
	}

	async request(method: string, params: unknown = {}): Promise<Message['result']> {
		const id = `${this.#nextId++}`;
		this.#socket.send(JSON.stringify({ id, method, params }));
		const answer = await this.waitFor(`the answer to ${method}`, (message) => message.method === undefined && message.id === id);
		if (answer.error) throw new RpcFailure(method, answer.error);
		return answer.result;
	}

	waitFor(what: string, fits: (message: Message) => boolean): Promise<Message> {
		const found = new Promise<Message>((resolve) => {
			let seen = 0;
			const look = () => {
				while (seen < this.received.length) {
					const message = this.received[seen++];
					if (message === undefined || !fits(message)) continue;
					this.#watchers.delete(look);
					resolve(message);
					return;
				}
			};
			this.#watchers.add(look);
			look();
		});
		return within(what, found);
	}

	/** From now on nothing is read of what the server sends. */
	stopReading(): void {
		this.#socket.pause();
	}

	/** Drops the connection, in whatever state it is. */
	terminate(): void {
		this.#socket.terminate();
	}

	async close(): Promise<void> {
		if (this.#socket.readyState === WebSocket.CLOSED) return;
		const closed = new Promise((resolve) => this.#socket.once('close', resolve));
		this.#socket.close();
		await within('the socket to close', closed);
	}
}
