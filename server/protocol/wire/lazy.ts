import type * as z from 'zod/mini';

/**
 * A schema that is built when it is first used. There are some six hundred, of which a start needs two, and building all
 * of them takes longer than the rest of the server's start. (`z.lazy` does not help: it is a schema as costly as others.)
 */
/* @__NO_SIDE_EFFECTS__ */
export function lazy<S extends z.ZodMiniType>(build: () => S): S {
	return new Proxy<{ readonly build: () => S; schema: S | null }>({ build, schema: null }, handler) as unknown as S;
}

function built(target: { readonly build: () => z.ZodMiniType; schema: z.ZodMiniType | null }): z.ZodMiniType {
	target.schema ??= target.build();
	return target.schema;
}

const handler: ProxyHandler<{ readonly build: () => z.ZodMiniType; schema: z.ZodMiniType | null }> = {
	get: (target, key): unknown => Reflect.get(built(target), key),
	has: (target, key) => Reflect.has(built(target), key),
};
