import type { ClientMethod, ParamsOf, ResultOf } from '../protocol/methods.ts';
import { serverNotifications, type ServerNotification } from '../protocol/serverMessages.ts';
import { rpcErrorCode, type RpcError } from '../protocol/wire/rpcError.ts';
import type { ClientEnd } from '../transport/linkedPair.ts';

/** The server answered with an error. */
export class RequestError extends Error {
	readonly error: RpcError;
	constructor(method: string, error: RpcError) {
		super(`${method}: ${error.message}`);
		this.error = error;
	}
}

/** What the server asks of a client. The result, also one that comes later, is sent back; undefined refuses the request. Must not reject. */
export type AnswerRequest = (method: string, params: unknown) => unknown;

export interface ClientHandlers {
	notification(notification: ServerNotification): void;
	request: AnswerRequest;
}

interface Envelope {
	readonly id?: unknown;
	readonly method?: string;
	readonly params?: unknown;
	readonly result?: unknown;
	readonly error?: RpcError;
}

/** A client of a server in the same process: what that sends is taken as typed, since it is of one build. */
export class InProcessClient {
	readonly #end: ClientEnd;
	readonly #pending = new Map<number, { readonly method: string; resolve(result: unknown): void; reject(error: Error): void }>();
	#next = 1;

	constructor(end: ClientEnd, handlers: ClientHandlers) {
		this.#end = end;
		end.listen({
			message: (value) => this.#take(value as Envelope, handlers),
			closed: () => {
				for (const { method, reject } of this.#pending.values()) reject(new Error(`${method}: the connection was closed`));
				this.#pending.clear();
			},
		});
	}

	request<M extends ClientMethod>(method: M, params: ParamsOf<M>): Promise<ResultOf<M>> {
		const id = this.#next++;
		return new Promise((resolve, reject) => {
			this.#pending.set(id, { method, resolve: (result) => resolve(result as ResultOf<M>), reject });
			this.#end.send({ id, method, params });
		});
	}

	close(): void {
		this.#end.close();
	}

	#take(message: Envelope, handlers: ClientHandlers): void {
		const { id, method } = message;
		if (method === undefined) {
			const pending = this.#pending.get(Number(id));
			this.#pending.delete(Number(id));
			if (message.error) pending?.reject(new RequestError(pending.method, message.error));
			else pending?.resolve(message.result);
		} else if (id === undefined) {
			if (Object.hasOwn(serverNotifications, method)) handlers.notification(message as ServerNotification);
		} else {
			const refused = { code: rpcErrorCode.methodNotFound, message: `nobody can answer ${method} in a run without a person` };
			const reply = (result: unknown) => this.#end.send(result === undefined ? { id, error: refused } : { id, result });
			const result = handlers.request(method, message.params);
			if (result instanceof Promise) void result.then(reply);
			else reply(result);
		}
	}
}
