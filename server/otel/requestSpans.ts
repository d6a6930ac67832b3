import type { Attributes, RemoteParent, Span } from './signals.ts';
import type { Telemetry } from './telemetry.ts';

/** What a span says of the connection that a request came over. */
export interface RequestSource {
	readonly id: number;
	readonly transport: string;
	/** Null before `initialize`. */
	readonly client: { readonly name: string; readonly version: string } | null;
}

export interface TracedRequest {
	readonly id: string | number;
	readonly method: string;
	/** As it came. */
	readonly trace: unknown;
}

export interface RequestSpan {
	/** Runs a part of the work on the request. */
	run<T>(work: () => T): T;
	/** The answer was sent, or nobody waits for it any more. `errorCode`: that of the answer; null for a result. */
	end(errorCode: number | null): void;
}

/**
 * A span for each request (S204), below the one that the client names, or the one that the process was started in (S203). It ends
 * with the answer or with the connection (S205).
 */
export class RequestSpans {
	readonly #telemetry: Telemetry;
	readonly #inherited: RemoteParent | null;
	/** Of requests that are not answered yet, by connection. */
	readonly #open = new Map<number, Set<RequestSpan>>();

	constructor(telemetry: Telemetry, env: Readonly<Record<string, string | undefined>>) {
		this.#telemetry = telemetry;
		const { TRACEPARENT: traceparent, TRACESTATE: tracestate } = env;
		this.#inherited = traceparent ? { traceparent, tracestate: tracestate ?? null } : null;
	}

	/** How many requests are open, of all connections. */
	get size(): number {
		return [...this.#open.values()].reduce((sum, spans) => sum + spans.size, 0);
	}

	/** Null when traces are not exported. `source` is read again at the end: `initialize` says who the client is. */
	begin(source: RequestSource, request: TracedRequest): RequestSpan | null {
		// The handshake does not wait until it is known whether anybody wants to hear of it: its span is made when it is over.
		if (request.method === 'initialize' && !this.#telemetry.isDecided) return this.#later(source, request);
		return this.#begin(source, request);
	}

	/** The connection is closed. */
	forget(connection: number): void {
		for (const span of this.#open.get(connection) ?? []) span.end(null);
	}

	#later(source: RequestSource, request: TracedRequest): RequestSpan {
		const startedAt = Date.now();
		return { run: (work) => work(), end: (errorCode) => this.#begin(source, request, startedAt)?.end(errorCode) };
	}

	#begin(source: RequestSource, { id, method, trace }: TracedRequest, startedAt = Date.now()): RequestSpan | null {
		const made = this.#telemetry.signals?.span(method, {
			kind: 'server',
			parent: namedParent(trace) ?? this.#inherited,
			startedAt,
			attributes: {
				'rpc.system': 'jsonrpc',
				'rpc.method': method,
				'rpc.transport': source.transport,
				'rpc.request_id': String(id),
				'app_server.connection_id': String(source.id),
				'app_server.api_version': 'v2',
			},
		});
		return made ? this.#keep(source, made) : null;
	}

	#keep(source: RequestSource, made: Span): RequestSpan {
		const spans = this.#open.get(source.id) ?? new Set();
		const span: RequestSpan = {
			run: (work) => this.#telemetry.within(made, work),
			end: (errorCode) => {
				if (!spans.delete(span)) return;
				if (spans.size === 0) this.#open.delete(source.id);
				made.end({
					error: errorCode === null ? null : String(errorCode),
					attributes: { ...clientAttributes(source), ...(errorCode === null ? {} : { 'rpc.jsonrpc.error_code': errorCode }) },
				});
			},
		};
		this.#open.set(source.id, spans.add(span));
		return span;
	}
}

function clientAttributes({ client }: RequestSource): Attributes {
	return client === null ? {} : { 'app_server.client_name': client.name, 'app_server.client_version': client.version };
}

function namedParent(trace: unknown): RemoteParent | null {
	if (typeof trace !== 'object' || trace === null || !('traceparent' in trace) || typeof trace.traceparent !== 'string') return null;
	return { traceparent: trace.traceparent, tracestate: 'tracestate' in trace && typeof trace.tracestate === 'string' ? trace.tracestate : null };
}
