import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { within } from '../deadline.ts';
import { completed, created, message, type ModelEvent } from './modelEvents.ts';

/** A place in a stream where the model stops until the test lets it go on. */
export class Gate {
	readonly #reached = Promise.withResolvers<void>();
	readonly #opened = Promise.withResolvers<void>();

	/** Resolves when a stream waits here and everything before has been written. */
	reached(): Promise<void> {
		return within('a model stream to reach its gate', this.#reached.promise);
	}

	open(): void {
		this.#opened.resolve();
	}

	/** For the server: says that a stream is here and waits. */
	async pass(): Promise<void> {
		this.#reached.resolve();
		await this.#opened.promise;
	}
}

export type Step =
	| ModelEvent
	| Gate
	/** Put into the body as it is: broken JSON, comments, half an event, half a character. */
	| { readonly raw: string | Uint8Array }
	/** The connection breaks here. */
	| 'cut'
	/** The body ends here, in good order. */
	| 'end';

export type Reply =
	| { readonly steps: readonly (Step | readonly Step[])[]; readonly headers?: Readonly<Record<string, string>> }
	| { readonly status: number; readonly body: unknown; readonly headers?: Readonly<Record<string, string>>; readonly gate?: Gate };

export interface ReceivedRequest {
	readonly path: string;
	readonly headers: http.IncomingHttpHeaders;
	/** The parsed body. Its shape is what the test looks at, so it is open. */
	readonly body: {
		readonly model?: unknown;
		readonly instructions?: unknown;
		readonly input?: readonly unknown[];
		readonly tools?: readonly unknown[];
	} & Readonly<Record<string, unknown>>;
	/** Resolves when the other side has gone away before the reply was through, or the reply has ended. */
	readonly closed: Promise<'cut' | 'ended'>;
}

export type ScriptEntry = Reply | ((request: ReceivedRequest) => Reply);

function isRaw(step: ModelEvent | { readonly raw: string | Uint8Array }): step is { readonly raw: string | Uint8Array } {
	return 'raw' in step;
}

/** A whole response made of these parts, with its frame. */
export function respond(...parts: readonly (Step | readonly Step[])[]): Reply {
	return { steps: [created(), ...parts, completed()] };
}

export function say(text: string): Reply {
	return respond(message(text));
}

export function httpError(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
	return { status, body, headers };
}

/** A model provider on loopback that answers each request with the next entry of its script. A request past the end gets a 500 and is remembered. */
export class FakeModelServer {
	readonly requests: ReceivedRequest[] = [];
	readonly #script: ScriptEntry[];
	readonly #server: http.Server;
	readonly #gates = new Set<Gate>();
	#unscripted = 0;
	#arrived = Promise.withResolvers<void>();

	private constructor(script: readonly ScriptEntry[]) {
		this.#script = [...script];
		this.#server = http.createServer((request, response) => {
			this.#handle(request, response).catch(() => response.destroy());
		});
	}

	static async start(script: readonly ScriptEntry[] = []): Promise<FakeModelServer> {
		const server = new FakeModelServer(script);
		server.#server.listen(0, '127.0.0.1');
		await once(server.#server, 'listening');
		return server;
	}

	/** For `base_url` of a provider. */
	get url(): string {
		const { port } = this.#server.address() as AddressInfo;
		return `http://127.0.0.1:${port}/v1`;
	}

	/** How many requests the script had no entry for. */
	get unscripted(): number {
		return this.#unscripted;
	}

	add(...entries: readonly ScriptEntry[]): void {
		this.#script.push(...entries);
	}

	/** The n-th request, counted from 1, as soon as it is there. */
	async request(n: number): Promise<ReceivedRequest> {
		const waitFor = async () => {
			for (;;) {
				const request = this.requests[n - 1];
				if (request !== undefined) {
					return request;
				}
				await this.#arrived.promise;
			}
		};
		return within(`model request ${n}`, waitFor(), { detail: () => `${this.requests.length} came.` });
	}

	async stop(): Promise<void> {
		for (const gate of this.#gates) {
			gate.open();
		}
		const closed = once(this.#server, 'close');
		this.#server.close();
		this.#server.closeAllConnections();
		await closed;
	}

	async #handle(incoming: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
		const chunks: Buffer[] = [];
		for await (const chunk of incoming) {
			chunks.push(chunk as Buffer);
		}
		const path = incoming.url ?? '';
		if (incoming.method !== 'POST' || !/\/responses(\/compact)?$/.test(path.split('?')[0] ?? '')) {
			response
				.writeHead(404, { 'content-type': 'application/json' })
				.end(JSON.stringify({ error: { message: `no ${incoming.method} ${path} here` } }));
			return;
		}
		const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as ReceivedRequest['body'];
		const closed = new Promise<'cut' | 'ended'>((resolve) => {
			response.once('close', () => resolve(response.writableFinished ? 'ended' : 'cut'));
		});
		const request: ReceivedRequest = { path, headers: incoming.headers, body, closed };
		this.requests.push(request);
		this.#arrived.resolve();
		this.#arrived = Promise.withResolvers<void>();
		const entry = this.#script.shift();
		if (entry === undefined) {
			this.#unscripted++;
		}
		const reply = typeof entry === 'function' ? entry(request) : (entry ?? httpError(500, { error: { message: 'The script has no more entries.' } }));
		if ('status' in reply) {
			await this.#wait(reply.gate);
			response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
			response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body));
			return;
		}
		response.writeHead(200, { 'content-type': 'text/event-stream', ...reply.headers });
		response.flushHeaders();
		await this.#play(reply.steps.flat(), response);
	}

	async #play(steps: readonly Step[], response: http.ServerResponse): Promise<void> {
		for (const step of steps) {
			if (response.destroyed) {
				return;
			}
			if (step instanceof Gate) {
				await this.#wait(step);
			} else if (step === 'cut') {
				response.destroy();
				return;
			} else if (step === 'end') {
				break;
			} else {
				const text = isRaw(step) ? step.raw : `event: ${step.type}\ndata: ${JSON.stringify(step)}\n\n`;
				await new Promise<void>((resolve) => {
					response.write(text, () => resolve());
				});
			}
		}
		response.end();
	}

	async #wait(gate: Gate | undefined): Promise<void> {
		if (gate !== undefined) {
			this.#gates.add(gate);
			await gate.pass();
		}
	}
}
