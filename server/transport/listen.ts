import type http from 'node:http';
import path from 'node:path';
import type { Connection, Listener } from './connection.ts';
import type { ListenAddress } from './listenAddress.ts';

export interface ListenOptions {
	readonly home: string;
	readonly accept: (connection: Connection) => void;
}

/** Opens a socket. Null when another live server has it already. Throws what the system says otherwise. */
export async function listen(
	address: Extract<ListenAddress, { type: 'webSocket' | 'unix' }>,
	{ home, accept }: ListenOptions,
): Promise<Listener | null> {
	const { AddressInUseError, listenOnTcp, listenOnUnix } = await import('./webSocket.ts');
	const options = { accept, refuse: refuseBrowsers };
	if (address.type === 'webSocket') return listenOnTcp(address, options);
	const socket = address.path ?? path.join(home, 'app-server-control', 'app-server-control.sock');
	try {
		return await listenOnUnix(socket, options);
	} catch (error) {
		if (error instanceof AddressInUseError) return null;
		throw error;
	}
}

/** A page in a browser always sends an origin; no page may talk to this server (S011). */
function refuseBrowsers(request: http.IncomingMessage): number | null {
	return request.headers.origin === undefined ? null : 403;
}
