import type * as z from 'zod/mini';
import { type Is, object, type Shape } from '../shape.ts';

/**
 * One thing that the page asks of the host. The host parses `params`, the page `reply`. These files build schemas when they are loaded: the
 * page takes nothing but types from them, so that its script stays free of them (linted), and finds the shapes of replies in `replies.ts`.
 */
export interface PageRequestDefinition<P extends z.ZodMiniType = z.ZodMiniType, R = unknown> {
	readonly params: P;
	readonly reply: Shape<R>;
}

export type ParamsOf<D extends PageRequestDefinition> = z.output<D['params']>;
export type ReplyOf<D extends PageRequestDefinition> = Is<D['reply']>;

export function pageRequest<P extends z.ZodMiniType, R>(params: P, reply: Shape<R>): PageRequestDefinition<P, R> {
	return { params, reply };
}

/** It is done, or begun. */
export const done = object({});
