import type * as z from 'zod/mini';

/** Any schema of the protocol. */
export type Schema = z.ZodMiniType;

/**
 * The queue a request waits in: requests with the same key run one after the other, in the order in which they came.
 * Without a key a request runs at once.
 */
export type Order<Params> = (params: Params) => string;

export interface RequestDefinition<M extends string = string, P extends Schema = Schema, R extends Schema = Schema> {
	readonly kind: 'clientRequest' | 'serverRequest';
	readonly method: M;
	/** Other spellings that are answered in the same way; not part of generated schemas. */
	readonly aliases: readonly string[];
	readonly params: P;
	readonly result: R;
	/** Only for clients with the capability `experimentalApi`. */
	readonly experimental: boolean;
	/** Takes parsed params of this method. */
	readonly order: Order<z.output<P>> | null;
	/** The thread that it writes to, which has to be up to date and free first. Takes parsed params, as `order` does. */
	readonly changes: Order<z.output<P>> | null;
	/** Of a server's request: members of the params that only clients with the capability `experimentalApi` get. */
	readonly withheld: readonly string[];
}

export interface NotificationDefinition<M extends string = string, P extends Schema = Schema> {
	readonly kind: 'clientNotification' | 'serverNotification';
	readonly method: M;
	readonly params: P;
	readonly experimental: boolean;
}

export interface RequestOptions<P extends Schema, R extends Schema> {
	readonly params: P;
	readonly result: R;
	readonly experimental?: boolean;
	readonly order?: Order<z.output<P>>;
	readonly changes?: Order<z.output<P>>;
	readonly withheld?: readonly string[];
	readonly aliases?: readonly string[];
}

export interface NotificationOptions<P extends Schema> {
	readonly params: P;
	readonly experimental?: boolean;
}

/** A request from the client to the server. */
/* @__NO_SIDE_EFFECTS__ */
export function request<const M extends string, P extends Schema, R extends Schema>(
	method: M,
	{ params, result, experimental = false, order, changes, aliases = [] }: RequestOptions<P, R>,
): RequestDefinition<M, P, R> & { readonly kind: 'clientRequest' } {
	return {
		kind: 'clientRequest',
		method,
		aliases,
		params,
		result,
		experimental,
		order: order ?? null,
		changes: changes ?? null,
		withheld: [],
	};
}

/** A request from the server to the client. */
/* @__NO_SIDE_EFFECTS__ */
export function serverRequest<const M extends string, P extends Schema, R extends Schema>(
	method: M,
	{ params, result, experimental = false, withheld = [] }: RequestOptions<P, R>,
): RequestDefinition<M, P, R> & { readonly kind: 'serverRequest' } {
	return {
		kind: 'serverRequest',
		method,
		aliases: [],
		params,
		result,
		experimental,
		order: null,
		changes: null,
		withheld,
	};
}

/** A notification from the server to the client. */
/* @__NO_SIDE_EFFECTS__ */
export function notification<const M extends string, P extends Schema>(
	method: M,
	{ params, experimental = false }: NotificationOptions<P>,
): NotificationDefinition<M, P> & { readonly kind: 'serverNotification' } {
	return { kind: 'serverNotification', method, params, experimental };
}

/** A notification from the client to the server. */
/* @__NO_SIDE_EFFECTS__ */
export function clientNotification<const M extends string, P extends Schema>(
	method: M,
	{ params, experimental = false }: NotificationOptions<P>,
): NotificationDefinition<M, P> & { readonly kind: 'clientNotification' } {
	return { kind: 'clientNotification', method, params, experimental };
}

export type Table<D extends readonly { readonly method: string }[]> = {
	readonly [M in D[number]['method']]: Extract<D[number], { readonly method: M }>;
};

/** Definitions keyed by their method. */
/* @__NO_SIDE_EFFECTS__ */
export function table<const D extends readonly { readonly method: string }[]>(definitions: D): Table<D> {
	return Object.fromEntries(definitions.map((definition) => [definition.method, definition])) as Table<D>;
}

const experimentalMembers = new WeakMap<object, string>();

/**
 * Marks a member of an object, or a variant of a union, as experimental. `what` names it in the refusal that a client
 * without the capability gets: "<what> requires experimentalApi capability". Generators leave marked members out of
 * stable output.
 */
/* @__NO_SIDE_EFFECTS__ */
export function experimental<S extends Schema>(schema: S, what: string): S {
	// A copy, since schemas are shared between members.
	const copy = schema.clone();
	experimentalMembers.set(copy, what);
	return copy;
}

/** The name under which a schema was marked with `experimental`. */
export function experimentalName(schema: object): string | undefined {
	return experimentalMembers.get(schema);
}

const newerMembers = new WeakSet<object>();

/**
 * Marks a member of what the server sends as one that came with the newest releases of the protocol's first program. Clients that do not
 * know it never get it: some check what they are sent.
 */
/* @__NO_SIDE_EFFECTS__ */
export function newer<S extends Schema>(schema: S): S {
	const copy = schema.clone();
	const what = experimentalMembers.get(schema);
	if (what !== undefined) experimentalMembers.set(copy, what);
	newerMembers.add(copy);
	return copy;
}

const ownMembers = new WeakSet<object>();

/** Marks a member of what the server sends as an addition of ours that only clients get which are made for this server. */
/* @__NO_SIDE_EFFECTS__ */
export function own<S extends Schema>(schema: S): S {
	const copy = schema.clone();
	ownMembers.add(copy);
	return copy;
}

export function isOwn(schema: object): boolean {
	return ownMembers.has(schema);
}

export function isNewer(schema: object): boolean {
	return newerMembers.has(schema);
}
