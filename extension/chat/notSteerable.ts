import type { RpcError } from '../server/connection.ts';

/** The turn that runs takes no messages, and goes on. */
export function saysNotSteerable(error: RpcError): boolean {
	return JSON.stringify(error.data ?? null).includes('activeTurnNotSteerable');
}
