import { createMessageConnection, Emitter, Message, ResponseError } from 'vscode-jsonrpc/node.js';
import type { Event, MessageConnection } from 'vscode-jsonrpc/node.js';
import type { Transport } from './webSocketTransport.ts';

export type RequestId = string | number;

/** A request that the server answered with an error. */
export class RpcError extends Error {
	readonly code: number;
	readonly data: unknown;

	constructor(code: number, message: string, data: unknown) {
		super(message);
		this.name = 'RpcError';
		this.code = code;
		this.data = data;
	}
}

/** The connection ended before the answer came. */
export class ServerGoneError extends Error {
	constructor() {
		super('The Tiller server ended before it answered.');
		this.name = 'ServerGoneError';
	}
}

export interface IncomingRequest {
	readonly id: RequestId;
	readonly method: string;
	readonly params: unknown;
}

/** Answers a request of the server. A rejection with an `RpcError` is told as that error. */
export type RequestHandler = (request: IncomingRequest) => Promise<unknown>;

/** Puts what the server says into the person's language, where the server says how a text was made. */
export interface ServerTexts {
	/** Null: the message stays as it is. */
	message(data: unknown): string | null;
	notification<T extends { readonly method: string; readonly params: unknown }>(notification: T): T;
}

export interface ConnectionLog {
	warn(message: string): void;
}

/** One connection with an app-server: requests in both directions and notifications, nothing typed yet. */
export class Connection {
	readonly #rpc: MessageConnection;
	readonly #transport: Transport;
	readonly #texts: ServerTexts | undefined;
	readonly #notifications = new Emitter<{ readonly method: string; readonly params: unknown }>();
	readonly #closed = new Emitter<void>();
	readonly onNotification: Event<{ readonly method: string; readonly params: unknown }> = this.#notifications.event;
	/** Fires once, also after `dispose`. */
	readonly onClose: Event<void> = this.#closed.event;
	#open = true;
	/** The library hands the id of a request to no handler; it is taken from the message, which is handled synchronously. */
	#currentRequestId: RequestId = 0;

	constructor(
		transport: Transport,
		options: { readonly onRequest: RequestHandler; readonly log: ConnectionLog; readonly texts?: ServerTexts | undefined },
	) {
		this.#transport = transport;
		this.#texts = options.texts;
		const { log } = options;
		const logger = { error: log.warn.bind(log), warn: log.warn.bind(log), info: () => {}, log: () => {} };
		this.#rpc = createMessageConnection(transport.reader, transport.writer, logger, {
			messageStrategy: {
				handleMessage: (message, next) => {
					if (Message.isRequest(message) && message.id !== null) this.#currentRequestId = message.id;
					next(message);
				},
			},
		});
		this.#rpc.onRequest(async (method, params) => {
			const id = this.#currentRequestId;
			try {
				return await options.onRequest({ id, method, params });
			} catch (error) {
				if (error instanceof RpcError) return new ResponseError(error.code, error.message, error.data);
				const message = error instanceof Error ? error.message : String(error);
				log.warn(`Request ${method} of the server failed: ${message}`);
				return new ResponseError(-32603, message);
			}
		});
		this.#rpc.onNotification((method, params: unknown) => {
			const notification = { method, params };
			this.#notifications.fire(options.texts?.notification(notification) ?? notification);
		});
		this.#rpc.onError(([error]) => log.warn(`Connection: ${error.message}`));
		this.#rpc.onClose(() => this.dispose());
		this.#rpc.listen();
	}

	/** Ends with the result, an `RpcError`, or a `ServerGoneError`. */
	async request(method: string, params: unknown): Promise<unknown> {
		if (!this.#open) throw new ServerGoneError();
		try {
			// The library sends `undefined` as a list of one null, which no method takes.
			return await (params === undefined ? this.#rpc.sendRequest(method) : this.#rpc.sendRequest(method, params));
		} catch (error) {
			if (!this.#open) throw new ServerGoneError();
			if (error instanceof ResponseError) throw new RpcError(error.code, this.#texts?.message(error.data) ?? error.message, error.data);
			throw error;
		}
	}

	notify(method: string, params?: unknown): void {
		if (!this.#open) return;
		const sent = params === undefined ? this.#rpc.sendNotification(method) : this.#rpc.sendNotification(method, params);
		// A failed write closes the connection, which is told by onClose.
		sent.catch(() => {});
	}

	/** Rejects all that is pending. */
	dispose(): void {
		if (!this.#open) return;
		this.#open = false;
		this.#rpc.dispose();
		this.#transport.close();
		this.#closed.fire();
		this.#notifications.dispose();
		this.#closed.dispose();
	}
}
