import type * as z from 'zod/mini';

/**
 * One thing that the page asks of the host. The host parses `params`; `reply` is there for the compiler only, which holds both ends to it.
 * These files build schemas when they are loaded: the page takes nothing but types from them, so that its script stays free of them (linted).
 */
export interface PageRequestDefinition<P extends z.ZodMiniType = z.ZodMiniType, R = unknown> {
	readonly params: P;
	readonly reply: Reply<R>;
}

interface Reply<R> {
	readonly is?: R;
}

export type ParamsOf<D extends PageRequestDefinition> = z.output<D['params']>;
export type ReplyOf<D extends PageRequestDefinition> = NonNullable<D['reply']['is']>;

export function pageRequest<P extends z.ZodMiniType, R>(params: P, reply: Reply<R>): PageRequestDefinition<P, R> {
	return { params, reply };
}

export function reply<R>(): Reply<R> {
	return {};
}

/** It is done, or begun. */
export const done = reply<Record<string, never>>();
