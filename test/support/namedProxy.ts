import http from 'node:http';
import net, { type AddressInfo } from 'node:net';

/** A proxy that notes which hosts it is asked for. Every name leads to this machine, whatever it is. */
export class NamedProxy {
	readonly hosts = new Set<string>();
	readonly #server: http.Server;

	private constructor() {
		this.#server = http.createServer((request, response) => {
			const url = URL.parse(request.url ?? '');
			if (url === null) return void response.writeHead(400).end();
			this.hosts.add(url.hostname);
			const { method, headers } = request;
			const onward = http.request({ host: '127.0.0.1', port: url.port, path: `${url.pathname}${url.search}`, method, headers }, (answer) => {
				response.writeHead(answer.statusCode ?? 502, answer.headers);
				answer.pipe(response);
			});
			onward.on('error', () => response.destroy());
			request.pipe(onward);
		});
		this.#server.on('connect', (request, client: net.Socket) => {
			const [host = '', port = ''] = (request.url ?? '').split(':');
			this.hosts.add(host);
			const upstream = net.connect(Number(port), '127.0.0.1', () => {
				client.write('HTTP/1.1 200 OK\r\n\r\n');
				upstream.pipe(client).pipe(upstream);
			});
			for (const socket of [client, upstream]) socket.on('error', () => (client.destroy(), upstream.destroy()));
		});
	}

	static async start(): Promise<NamedProxy> {
		const proxy = new NamedProxy();
		await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
		return proxy;
	}

	get url(): string {
		return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
	}

	async stop(): Promise<void> {
		this.#server.closeAllConnections();
		await new Promise((resolve) => this.#server.close(resolve));
	}
}
