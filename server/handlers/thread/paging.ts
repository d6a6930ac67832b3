import { invalidRequest } from '../../protocol/wire/rpcError.ts';
import { RpcFailure } from '../../session/handler.ts';
import { InvalidCursorError } from '../../store/threadStore.ts';

const DEFAULT_PAGE = 25;
const MAX_PAGE = 100;

/** How many entries of a list a page has, given what the client asks for. */
export const pageSize = (limit: number | null | undefined): number => Math.min(Math.max(limit ?? DEFAULT_PAGE, 1), MAX_PAGE);

/** For the `catch` of a store's list: its error for a cursor that it did not make, as the wire has it. */
export function refuseCursor(error: unknown): never {
	throw error instanceof InvalidCursorError ? new RpcFailure(invalidRequest(error.message)) : error;
}
