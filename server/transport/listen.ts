import type http from 'node:http';
import path from 'node:path';
import type { Connection, Listener } from './connection.ts';
import type { ListenAddress } from './listenAddress.ts';
import { makePipeSecret, pipeSecretFile } from './pipeSecret.ts';
import { isPipe } from './provenPipe.ts';
import { AddressInUseError, listenOnTcp, listenOnUnix } from './webSocket.ts';
import type { WebSocketAuth } from './webSocketAuth.ts';

export interface ListenOptions {
	readonly home: string;
	readonly accept: (connection: Connection) => void;
	/** What goes wrong with the listener while it listens. */
	readonly onError: (error: Error) => void;
	/** For websocket clients from the network. A unix socket is protected by its permissions, a named pipe by a secret. */
	readonly auth: WebSocketAuth;
}

/** Opens a socket. Null when another live server has it already. Throws what the system says otherwise. */
export async function listen(
	address: Extract<ListenAddress, { type: 'webSocket' | 'unix' }>,
	{ home, accept, auth, onError }: ListenOptions,
): Promise<Listener | null> {
	if (address.type === 'webSocket')
		return listenOnTcp(address, { accept, onError, refuse: async (request) => refuseBrowsers(request) ?? ((await auth(request)) ? null : 401) });
	const socket = address.path ?? controlSocket(home);
	const secret = isPipe(socket) ? { secret: await makePipeSecret(pipeSecretFile(home)) } : {};
	try {
		return await listenOnUnix(socket, { ...secret, accept, onError, refuse: (request) => Promise.resolve(refuseBrowsers(request)) });
	} catch (error) {
		if (error instanceof AddressInUseError) return null;
		throw error;
	}
}

/** A page in a browser always sends an origin; no page may talk to this server (S011). */
function refuseBrowsers(request: http.IncomingMessage): number | null {
	return request.headers.origin === undefined ? null : 403;
}

/** Whether only programs on this machine can reach an address. */
export function isLoopback(host: string): boolean {
	return host === '::1' || host.startsWith('127.');
}

/** The socket of `unix://` without a path. */
export function controlSocket(home: string): string {
	return path.join(home, 'app-server-control', 'app-server-control.sock');
}
