import type { ClientMethod } from '../../server/protocol/methods.ts';
import { RpcError } from './connection.ts';

const METHOD_NOT_FOUND = -32601;
/** Params that no method takes: one that is there refuses them and does nothing. */
const NO_PARAMS = 17;

/** Whether a server has a method, asked without running it. Rejects when the server is gone. */
export async function supports(request: (method: ClientMethod, params: unknown) => Promise<unknown>, method: ClientMethod): Promise<boolean> {
	try {
		await request(method, NO_PARAMS);
		return true;
	} catch (error) {
		if (!(error instanceof RpcError)) throw error;
		// Programs that know no such name at all say so in words only.
		return error.code !== METHOD_NOT_FOUND && !/unknown variant/i.test(error.message);
	}
}
