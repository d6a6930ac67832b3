import { WebSocket } from 'ws';
import { within } from './deadline.ts';
import { type Message, RpcFailure } from './appServerProcess.ts';

/** One more client of a running server, over its unix socket. Answers nothing by itself. */
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

	static async connect(socketPath: string, name = 'socket-test'): Promise<SocketClient> {
		const socket = new WebSocket(`ws+unix:${socketPath}:/`);
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
			const look = () => {
				const message = this.received.find(fits);
				if (!message) return;
				this.#watchers.delete(look);
				resolve(message);
			};
			this.#watchers.add(look);
			look();
		});
		return within(what, found);
	}

	async close(): Promise<void> {
		if (this.#socket.readyState === WebSocket.CLOSED) return;
		const closed = new Promise((resolve) => this.#socket.once('close', resolve));
		this.#socket.close();
		await within('the socket to close', closed);
	}
}
