import path from 'node:path';
import { clientRequests } from '../../server/protocol/methods.ts';
import type { AppServerProcess } from './appServerProcess.ts';

export const listFile = path.resolve(import.meta.dirname, '../server/notSupportedYet.json');

/** Params that no method takes, so that nothing is done: a method that is there refuses them. */
const NO_PARAMS = 17;

/** The methods that an initialized server with all capabilities answers with "not supported yet", in the order of the alphabet. */
export async function findUnsupported(server: AppServerProcess): Promise<readonly string[]> {
	const found: string[] = [];
	for (const method of Object.keys(clientRequests).toSorted()) {
		if (method === 'initialize') continue;
		const id = `probe:${method}`;
		server.send({ id, method, params: NO_PARAMS });
		const { error } = await server.waitFor(`the answer to ${method}`, (message) => message.id === id);
		if (error?.code === -32601 && error.message === `${method} is not supported yet`) found.push(method);
	}
	return found;
}
