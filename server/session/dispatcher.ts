import {
	experimentalRequired,
	internalError,
	invalidRequest,
	notInitialized,
	notSupported,
	notSupportedYet,
	overloaded,
	parseError,
	type RpcError,
	unknownMethod,
} from '../protocol/wire/rpcError.ts';
import type { RequestDefinition } from '../protocol/wire/define.ts';
import { describeInvalid } from '../protocol/wire/describeInvalid.ts';
import { Traced } from '../protocol/wire/envelope.ts';
import { findExperimental } from '../protocol/wire/findExperimental.ts';
import { clientRequests, findClientRequest } from '../protocol/methods.ts';
import { newerMethods } from '../protocol/newerMethods.ts';
import { findRefusedParam } from '../protocol/newerParams.ts';
import type { RequestSpan, RequestSpans } from '../otel/requestSpans.ts';
import { BrokenRolloutError } from '../store/rollout/rolloutBytes.ts';
import { lookAnew } from '../platform/eventRound.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Malformed } from '../transport/connection.ts';
import { type Handlers, type RequestContext, RpcFailure } from './handler.ts';
import { beyondLimits } from './paramLimits.ts';
import { RequestQueues } from './requestQueues.ts';
import { errorFor } from './ownMembers.ts';
import type { ServerRequests } from './serverRequests.ts';
import type { RequestId, Session } from './session.ts';

/** Requests of one connection that are not answered yet, and what they hold. Beyond this the server says that it is overloaded. */
const MAX_OPEN_REQUESTS = 1024;
const MAX_OPEN_BYTES = 64 * 1024 * 1024;

interface Request {
	readonly id: RequestId;
	readonly method: string;
	readonly params: unknown;
	readonly trace: unknown;
	readonly bytes: number;
}

/** The requests of a session that are not answered yet. */
interface OpenRequests {
	count: number;
	bytes: number;
	/** Resolves when the client has read enough of what was sent to it. Null while nothing waits for that. */
	room: Promise<void> | null;
}

type AnyHandler = (params: unknown, context: RequestContext) => unknown;

export interface DispatcherOptions {
	readonly handlers: Handlers;
	readonly serverRequests: ServerRequests;
	readonly log: Logger;
	readonly spans: Pick<RequestSpans, 'begin'>;
	/** Runs before a request that changes a thread, in its turn. What it throws is the answer; what it returns is called when the request is over. */
	beforeChange(threadId: string): Promise<(() => void) | void>;
}

/** Takes the messages of all sessions: checks, orders and answers. It walks the method table and knows no single method. */
export class Dispatcher {
	readonly #handlers: ReadonlyMap<string, AnyHandler>;
	readonly #serverRequests: ServerRequests;
	readonly #log: Logger;
	readonly #spans: DispatcherOptions['spans'];
	readonly #beforeChange: DispatcherOptions['beforeChange'];
	readonly #queues = new RequestQueues();
	readonly #open = new WeakMap<Session, OpenRequests>();
	#inFlight = 0;

	constructor(options: DispatcherOptions) {
		this.#handlers = new Map(Object.entries(options.handlers) as [string, AnyHandler][]);
		this.#serverRequests = options.serverRequests;
		this.#log = options.log;
		this.#spans = options.spans;
		this.#beforeChange = options.beforeChange;
	}

	/** Requests of all clients that are not answered yet. */
	get inFlight(): number {
		return this.#inFlight;
	}

	/** One message of a client, of unknown shape, and its length. Never throws; everything with an id is answered. */
	receive(session: Session, message: unknown, bytes: number): void {
		// It may have changed files before it said something.
		lookAnew();
		try {
			this.#take(session, message, bytes);
		} catch (error) {
			this.#log.error('a message could not be taken', { connection: session.id, error });
		}
	}

	#take(session: Session, message: unknown, bytes: number): void {
		if (typeof message !== 'object' || message === null || Array.isArray(message)) {
			// An array may be nested deeper than can be turned into text.
			const shown = Array.isArray(message) ? `an array of ${message.length}` : String(message).slice(0, 80);
			this.malformed(session, { reason: `a message that is no object: ${shown}`, id: null });
			return;
		}
		const envelope: {
			readonly id?: unknown;
			readonly method?: unknown;
			readonly params?: unknown;
			readonly trace?: unknown;
			readonly result?: unknown;
			readonly error?: unknown;
		} = message;
		const id = isRequestId(envelope.id) ? envelope.id : null;
		if (typeof envelope.method === 'string') {
			const { method, params, trace } = envelope;
			if (id !== null) void this.#request(session, { id, method, params, trace, bytes });
			else if (envelope.id !== undefined) this.malformed(session, { reason: `a request whose id is neither text nor number: ${method}`, id: null });
			else if (method !== 'initialized') this.#log.debug('ignored notification', { method });
			return;
		}
		if (envelope.method !== undefined) {
			const text = 'Invalid request: `method` must be text';
			if (id !== null) session.fail(id, invalidRequest(text));
			else this.malformed(session, { reason: text, id });
			return;
		}
		if (id !== null && ('result' in envelope || 'error' in envelope)) {
			if (!this.#serverRequests.respond(session, id, envelope)) this.#log.debug('ignored a response to nothing that is open', { id });
			return;
		}
		if (id !== null) session.fail(id, invalidRequest('Invalid request: missing field `method`'));
		else this.malformed(session, { reason: 'a message with neither a method nor a result', id });
	}

	malformed(session: Session, { reason, id }: Malformed): void {
		this.#log.warn(`dropped ${reason}`, { connection: session.id });
		if (isRequestId(id)) session.fail(id, parseError(`Invalid request: ${reason}`));
	}

	async #request(session: Session, request: Request): Promise<void> {
		const { id, method } = request;
		const open = this.#open.get(session) ?? { count: 0, bytes: 0, room: null };
		if (open.count >= MAX_OPEN_REQUESTS || open.bytes + request.bytes > MAX_OPEN_BYTES) return session.fail(id, overloaded());
		this.#open.set(session, open);
		this.#inFlight++;
		open.count++;
		open.bytes += request.bytes;
		const after: (() => void)[] = [];
		const began = performance.now();
		const span = this.#spans.begin(sourceOf(session), request);
		try {
			const room = roomFor(session, open);
			if (room) await room;
			const result = await within(span, () => this.#answer(session, request, after));
			session.reply(id, result, findClientRequest(method)?.result);
			span?.end(null);
		} catch (error) {
			const answer = this.#toRpcError(method, error);
			session.fail(id, errorFor(session, answer, error));
			span?.end(answer.code);
			return;
		} finally {
			this.#inFlight--;
			open.count--;
			open.bytes -= request.bytes;
			this.#log.debug('answered', { connection: session.id, method, ...threadIn(request.params), ms: Math.round(performance.now() - began) });
		}
		for (const work of after) {
			try {
				within(span, work);
			} catch (error) {
				// The request is answered already: one answer is all that it gets.
				this.#log.error(`what follows ${method} failed`, { error });
			}
		}
	}

	async #answer(session: Session, { id, method, params, trace }: Request, after: (() => void)[]): Promise<unknown> {
		const definition = findClientRequest(method);
		if (!definition) throw new RpcFailure(newerMethods.has(method) ? notSupported(method) : unknownMethod(method, Object.keys(clientRequests)));
		if (!session.client && method !== 'initialize') throw new RpcFailure(notInitialized());
		const handler = this.#handlers.get(definition.method);
		// Said before the params are looked at: no other params would help.
		if (!handler) throw new RpcFailure(isGated(definition, session) ? experimentalRequired(definition.method) : notSupportedYet(definition.method));
		const beyond = beyondLimits(params);
		if (beyond !== null) throw new RpcFailure(invalidRequest(beyond));
		const parsed = definition.params.safeParse(params);
		if (!parsed.success) throw new RpcFailure(invalidRequest(describeInvalid(definition.params, params)));
		const gated = session.client && !session.client.experimentalApi ? findExperimental(definition, params) : null;
		if (gated !== null) throw new RpcFailure(experimentalRequired(gated));
		const refused = findRefusedParam(method, params);
		if (refused !== null) throw new RpcFailure(notSupported(method, `\`${refused}\` of ${method}`));
		refuseBadTrace(trace);
		const context: RequestContext = { session, requestId: id, afterReply: (work) => after.push(work) };
		const order = definition.order as ((params: unknown) => string) | null;
		const changes = definition.changes as ((params: unknown) => string) | null;
		return this.#queues.run(order?.(parsed.data) ?? null, async () => {
			const over = changes ? await this.#beforeChange(changes(parsed.data)) : undefined;
			try {
				return await handler(parsed.data, context);
			} finally {
				over?.();
			}
		});
	}

	#toRpcError(method: string, error: unknown): RpcError {
		if (error instanceof RpcFailure) return error.error;
		if (error instanceof BrokenRolloutError) return invalidRequest(`the records of the thread cannot be read: ${error.message}`);
		this.#log.error(`${method} failed`, { error });
		return internalError(`${method} failed: ${error instanceof Error ? error.message : String(error)}`);
	}
}

/**
 * What a request has to wait for before it is begun: a client that does not read what it asked for is given no more of it. All
 * requests that come meanwhile wait for the same, so their order stays; what the client answers to us is never kept waiting (S006).
 */
function roomFor(session: Session, open: OpenRequests): Promise<void> | null {
	if (open.room === null && session.connection.congested) {
		open.room = session.connection.relieved().then(() => {
			open.room = null;
		});
	}
	return open.room;
}

function within<T>(span: RequestSpan | null, work: () => T): T {
	return span === null ? work() : span.run(work);
}

/** The thread that a request is about, for the log. */
function threadIn(params: unknown): { readonly thread?: string } {
	return typeof params === 'object' && params !== null && 'threadId' in params && typeof params.threadId === 'string'
		? { thread: params.threadId.slice(0, 64) }
		: {};
}

function sourceOf(session: Session) {
	return {
		id: session.id,
		transport: session.connection.transport,
		get client() {
			return session.client;
		},
	};
}

function refuseBadTrace(trace: unknown): void {
	if (!Traced.safeParse({ trace }).success) throw new RpcFailure(invalidRequest(describeInvalid(Traced, { trace })));
}

function isGated(definition: RequestDefinition, session: Session): boolean {
	return definition.experimental && session.client?.experimentalApi === false;
}

function isRequestId(value: unknown): value is RequestId {
	// A larger number would come back as another one.
	return typeof value === 'string' || Number.isSafeInteger(value);
}
