import type { ParsedServerRequestResult, ServerRequestMethod, ServerRequestParams } from '../protocol/serverMessages.ts';
import { serverRequests } from '../protocol/serverMessages.ts';
import type { RpcError } from '../protocol/wire/rpcError.ts';
import { paramsFor } from './ownMembers.ts';
import type { Session } from './session.ts';

export type Answer<M extends ServerRequestMethod> =
	/** `client`: the name of the client that answered. */
	| { readonly type: 'result'; readonly result: ParsedServerRequestResult<M>; readonly client: string | null }
	/** The client answered with an error, or with something that is not a result of this method. */
	| { readonly type: 'error'; readonly error: RpcError }
	/** Withdrawn by us, or nobody is left who could answer. */
	| { readonly type: 'withdrawn' };

const METHOD_NOT_FOUND = -32601;

interface Open {
	readonly method: ServerRequestMethod;
	readonly params: unknown;
	readonly asked: Set<Session>;
	/** Hears how many sessions can answer, whenever that changes. */
	watcher: ((sessions: number) => void) | null;
	settle(answer: Answer<ServerRequestMethod>): void;
}

/** An open request to one or more clients. */
export interface ServerRequestHandle<M extends ServerRequestMethod> {
	readonly id: number;
	readonly answered: Promise<Answer<M>>;
	/** Asks one more session, such as one that subscribed later. */
	ask(session: Session): void;
	withdraw(): void;
}

/** Requests from the server to clients. Ids count up for the whole process; the first answer wins, later ones are ignored (S009). */
export class ServerRequests {
	readonly #open = new Map<number, Open>();
	#next = 0;

	send<M extends ServerRequestMethod>(method: M, params: ServerRequestParams<M>, sessions: readonly Session[]): ServerRequestHandle<M> {
		const id = this.#next++;
		const { promise, resolve } = Promise.withResolvers<Answer<M>>();
		const settle = (answer: Answer<ServerRequestMethod>) => {
			if (this.#open.delete(id)) resolve(answer as Answer<M>);
		};
		const open: Open = { method, params, asked: new Set(), watcher: null, settle };
		this.#open.set(id, open);
		const ask = (session: Session) => {
			if (!this.#open.has(id) || open.asked.has(session)) return;
			open.asked.add(session);
			open.watcher?.(open.asked.size);
			const known = paramsFor(session, method, params);
			session.request(id, method, session.client?.experimentalApi ? known : withhold(serverRequests[method].withheld, known));
		};
		for (const session of sessions) ask(session);
		return { id, answered: promise, ask, withdraw: () => settle({ type: 'withdrawn' }) };
	}

	/** Takes a response of a client. False when it belongs to nothing that is open for that client. */
	respond(session: Session, id: unknown, response: { readonly result?: unknown; readonly error?: unknown }): boolean {
		const open = typeof id === 'number' ? this.#open.get(id) : undefined;
		if (!open?.asked.has(session)) return false;
		if (response.error !== undefined) {
			const error = toRpcError(response.error);
			// A client that does not know the method decides nothing as long as another one can.
			if (error.code === METHOD_NOT_FOUND && open.asked.size > 1) {
				open.asked.delete(session);
				return true;
			}
			open.settle({ type: 'error', error });
			return true;
		}
		const parsed = serverRequests[open.method].result.safeParse(response.result);
		open.settle(
			parsed.success
				? { type: 'result', result: parsed.data, client: session.client?.name ?? null }
				: { type: 'error', error: { code: -32600, message: `the answer to ${open.method} has a wrong shape: ${parsed.error.message}` } },
		);
		return true;
	}

	/** Tells now and whenever it changes how many sessions could still answer. Returns how to stop that. */
	watch(id: number, watcher: (sessions: number) => void): () => void {
		const open = this.#open.get(id);
		if (!open) return () => {};
		open.watcher = watcher;
		watcher(open.asked.size);
		return () => {
			open.watcher = null;
		};
	}

	/** A session that closed is not waited for. `keep` requests stay open for one that comes later. */
	forget(session: Session, keep: (method: ServerRequestMethod) => boolean): void {
		for (const open of [...this.#open.values()]) {
			if (!open.asked.delete(session)) continue;
			open.watcher?.(open.asked.size);
			if (open.asked.size > 0 || keep(open.method)) continue;
			open.settle({ type: 'withdrawn' });
		}
	}
}

function withhold(members: readonly string[], params: object): object {
	return members.length === 0 ? params : Object.fromEntries(Object.entries(params).filter(([name]) => !members.includes(name)));
}

function toRpcError(value: unknown): RpcError {
	const isObject = typeof value === 'object' && value !== null;
	const code = isObject && 'code' in value && typeof value.code === 'number' ? value.code : -32603;
	const message = isObject && 'message' in value && typeof value.message === 'string' ? value.message : 'the client answered with an error';
	return { code, message };
}
