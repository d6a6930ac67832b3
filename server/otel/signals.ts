export type Attributes = Readonly<Record<string, string | number | boolean>>;

/** A W3C trace context. */
export interface RemoteParent {
	readonly traceparent: string;
	readonly tracestate: string | null;
}

/** Something that takes time, with its place in a trace. Ended once; what comes after the end is ignored. */
export interface Span extends RemoteParent {
	/** `error`: why it failed; null when it did not. */
	end(outcome?: { readonly error: string | null; readonly attributes?: Attributes }): void;
}

export interface SpanOptions {
	readonly kind: 'server' | 'client' | 'internal';
	/** Null: it begins a trace. A context that is not well-formed counts as none. */
	readonly parent: RemoteParent | null;
	readonly attributes: Attributes;
	/** Unix milliseconds; left out: now. */
	readonly startedAt?: number;
}

/** Where telemetry goes. A kind of signal that is not exported costs nothing more than the call. Never throws. */
export interface Signals {
	readonly has: { readonly logs: boolean; readonly traces: boolean; readonly metrics: boolean };
	/** Null when traces are not exported. */
	span(name: string, options: SpanOptions): Span | null;
	log(name: string, attributes: Attributes): void;
	/** Adds to a counter. */
	count(name: string, by: number, attributes: Attributes): void;
	/** One value of a histogram; its unit is part of the name. */
	measure(name: string, value: number, attributes: Attributes): void;
	/** Sends all that is left, and ends. Resolves after `limitMs` at the latest. */
	close(limitMs: number): Promise<void>;
}
