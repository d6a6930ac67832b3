import {
	experimentalRequired,
	internalError,
	invalidRequest,
	notInitialized,
	notSupportedYet,
	type RpcError,
	unknownMethod,
} from '../protocol/rpcError.ts';
import type { RequestDefinition } from '../protocol/define.ts';
import { describeInvalid } from '../protocol/describeInvalid.ts';
import { findExperimental } from '../protocol/findExperimental.ts';
import { clientRequests, findClientRequest } from '../protocol/methods.ts';
import type { Logger } from '../telemetry/logger.ts';
import { type Handlers, type RequestContext, RpcFailure } from './handler.ts';
import { RequestQueues } from './requestQueues.ts';
import type { ServerRequests } from './serverRequests.ts';
import type { RequestId, Session } from './session.ts';

/** Requests of one connection that are not answered yet. Beyond this many the server says that it is overloaded. */
const MAX_IN_FLIGHT = 1024;

type AnyHandler = (params: unknown, context: RequestContext) => unknown;

/** Takes the messages of all sessions: checks, orders and answers. It walks the method table and knows no single method. */
export class Dispatcher {
	readonly #handlers: ReadonlyMap<string, AnyHandler>;
	readonly #serverRequests: ServerRequests;
	readonly #log: Logger;
	readonly #queues = new RequestQueues();
	readonly #inFlight = new Map<Session, number>();

	constructor(options: { handlers: Handlers; serverRequests: ServerRequests; log: Logger }) {
		this.#handlers = new Map(Object.entries(options.handlers) as [string, AnyHandler][]);
		this.#serverRequests = options.serverRequests;
		this.#log = options.log;
	}

	/** One message of a client, of unknown shape. Never throws; everything with an id is answered. */
	receive(session: Session, message: unknown): void {
		try {
			this.#take(session, message);
		} catch (error) {
			this.#log.error('a message could not be taken', { connection: session.id, error });
		}
	}

	#take(session: Session, message: unknown): void {
		if (typeof message !== 'object' || message === null || Array.isArray(message)) {
			// An array may be nested deeper than can be turned into text.
			const shown = Array.isArray(message) ? `an array of ${message.length}` : String(message).slice(0, 80);
			this.malformed(session, `a message that is no object: ${shown}`);
			return;
		}
		const envelope: {
			readonly id?: unknown;
			readonly method?: unknown;
			readonly params?: unknown;
			readonly result?: unknown;
			readonly error?: unknown;
		} = message;
		const id = isRequestId(envelope.id) ? envelope.id : null;
		if (typeof envelope.method === 'string') {
			if (id !== null) void this.#request(session, id, envelope.method, envelope.params);
			else if (envelope.id !== undefined) this.malformed(session, `a request whose id is neither text nor number: ${envelope.method}`);
			else if (envelope.method !== 'initialized') this.#log.debug('ignored notification', { method: envelope.method });
			return;
		}
		if (envelope.method !== undefined) {
			const text = 'Invalid request: `method` must be text';
			if (id !== null) session.fail(id, invalidRequest(text));
			else this.malformed(session, text);
			return;
		}
		if (id !== null && ('result' in envelope || 'error' in envelope)) {
			if (!this.#serverRequests.respond(session, id, envelope)) this.#log.debug('ignored a response to nothing that is open', { id });
			return;
		}
		if (id !== null) session.fail(id, invalidRequest('Invalid request: missing field `method`'));
		else this.malformed(session, 'a message with neither a method nor a result');
	}

	malformed(session: Session, reason: string): void {
		this.#log.warn(`dropped ${reason}`, { connection: session.id });
	}

	/** Forgets a session that closed. */
	forget(session: Session): void {
		this.#inFlight.delete(session);
	}

	async #request(session: Session, id: RequestId, method: string, params: unknown): Promise<void> {
		const waiting = this.#inFlight.get(session) ?? 0;
		if (waiting >= MAX_IN_FLIGHT) return session.fail(id, { code: -32001, message: 'Server overloaded; retry later.' });
		this.#inFlight.set(session, waiting + 1);
		const after: (() => void)[] = [];
		try {
			const result = await this.#answer(session, method, params, after);
			session.reply(id, result);
		} catch (error) {
			session.fail(id, this.#toRpcError(method, error));
			return;
		} finally {
			const left = (this.#inFlight.get(session) ?? 1) - 1;
			if (left > 0) this.#inFlight.set(session, left);
			else this.#inFlight.delete(session);
		}
		for (const work of after) {
			try {
				work();
			} catch (error) {
				// The request is answered already: one answer is all that it gets.
				this.#log.error(`what follows ${method} failed`, { error });
			}
		}
	}

	async #answer(session: Session, method: string, params: unknown, after: (() => void)[]): Promise<unknown> {
		const definition = findClientRequest(method);
		if (!definition) throw new RpcFailure(unknownMethod(method, Object.keys(clientRequests)));
		if (!session.client && method !== 'initialize') throw new RpcFailure(notInitialized());
		const handler = this.#handlers.get(definition.method);
		// Said before the params are looked at: no other params would help.
		if (!handler) throw new RpcFailure(isGated(definition, session) ? experimentalRequired(definition.method) : notSupportedYet(definition.method));
		const parsed = definition.params.safeParse(params);
		if (!parsed.success) throw new RpcFailure(invalidRequest(describeInvalid(definition.params, params)));
		const gated = session.client && !session.client.experimentalApi ? findExperimental(definition, params) : null;
		if (gated !== null) throw new RpcFailure(experimentalRequired(gated));
		const context: RequestContext = { session, afterReply: (work) => after.push(work) };
		const order = definition.order as ((params: unknown) => string) | null;
		return this.#queues.run(order?.(parsed.data) ?? null, () => handler(parsed.data, context));
	}

	#toRpcError(method: string, error: unknown): RpcError {
		if (error instanceof RpcFailure) return error.error;
		this.#log.error(`${method} failed`, { error });
		return internalError(`${method} failed: ${error instanceof Error ? error.message : String(error)}`);
	}
}

function isGated(definition: RequestDefinition, session: Session): boolean {
	return definition.experimental && session.client?.experimentalApi === false;
}

function isRequestId(value: unknown): value is RequestId {
	// A larger number would come back as another one.
	return typeof value === 'string' || Number.isSafeInteger(value);
}
