import * as z from 'zod/mini';

// One instance of each: hundreds of schemas share them, and building schemas is part of the server's start-up time.

export const text = z.string();
export const flag = z.boolean();
export const textOrNull = z.nullable(text);
export const flagOrNull = z.nullable(flag);
export const texts = z.array(text);
export const textsOrNull = z.nullable(texts);

/** Optional members of params may be left out or null. */
export const maybeText = z.nullish(text);
export const maybeFlag = z.nullish(flag);
export const maybeTexts = z.nullish(texts);

export interface IntegerFormat {
	/** The width that generated JSON schemas tell. */
	readonly name: 'int32' | 'int64' | 'uint16' | 'uint32' | 'uint64';
	readonly minimum: number;
	readonly maximum: number;
}

const formats = new WeakMap<object, IntegerFormat>();

function integer(name: IntegerFormat['name'], minimum: number, maximum: number) {
	const schema = z.int().check(z.minimum(minimum), z.maximum(maximum));
	formats.set(schema, { name, minimum, maximum });
	return schema;
}

export function integerFormat(schema: object): IntegerFormat | undefined {
	return formats.get(schema);
}

export const int32 = integer('int32', -0x8000_0000, 0x7fff_ffff);
/** A 64-bit integer on the wire; a JS number here, so exact up to 2^53. */
export const int64 = integer('int64', Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
export const uint16 = integer('uint16', 0, 0xffff);
export const uint32 = integer('uint32', 0, 0xffff_ffff);
export const uint64 = integer('uint64', 0, Number.MAX_SAFE_INTEGER);
export const double = z.number();
export const int32OrNull = z.nullable(int32);
export const int64OrNull = z.nullable(int64);
export const maybeInt64 = z.nullish(int64);
export const maybeUint32 = z.nullish(uint32);
export const maybeUint64 = z.nullish(uint64);

/** POSIX, drive letter or UNC: one schema for clients and servers on any platform. */
const absolute = /^(?:\/|[A-Za-z]:[\\/]|\\\\)/;

export const isAbsolutePath = (path: string): boolean => absolute.test(path);

/** An absolute path on the server's machine. */
export const AbsolutePathBuf = z.string().check(z.regex(absolute));
export type AbsolutePathBuf = z.infer<typeof AbsolutePathBuf>;
export const pathOrNull = z.nullable(AbsolutePathBuf);
export const maybePath = z.nullish(AbsolutePathBuf);
export const paths = z.array(AbsolutePathBuf);

export const RequestId = z.union([text, int64]);
export type RequestId = z.infer<typeof RequestId>;

/** For methods that take nothing: `params` absent, null or an object that is ignored. */
export const NoParams = z.nullish(z.object({}));
export type NoParams = z.infer<typeof NoParams>;
