import { RpcError } from './connection.ts';

/** What a request of the server carries, by its schema. */
export function parseParams<T>(
	schema: { safeParse(value: unknown): { success: true; data: T } | { success: false; error: { message: string } } },
	value: unknown,
): T {
	const parsed = schema.safeParse(value);
	if (!parsed.success) throw new RpcError(-32602, `Invalid params: ${parsed.error.message}`, null);
	return parsed.data;
}
