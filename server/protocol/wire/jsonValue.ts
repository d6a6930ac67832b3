import * as z from 'zod/mini';

/** Any value that JSON can carry. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

/** Not walked when parsed: what reaches a schema has come out of `JSON.parse`. */
export const JsonValue = z.custom<JsonValue>((value) => value !== undefined);

/** An object with members nobody declared, such as configuration overrides. */
export const JsonObject = z.record(z.string(), JsonValue);
export type JsonObject = z.infer<typeof JsonObject>;
