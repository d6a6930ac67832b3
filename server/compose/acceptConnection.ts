import { Session } from '../session/session.ts';
import type { Connection } from '../transport/connection.ts';
import type { ServerProcess } from './createProcess.ts';

/** Makes a client of a connection. What it leaves behind when it is closed is ended. */
export function acceptConnection({ ground, features, dispatcher }: ServerProcess, connection: Connection, id: number): void {
	const { clients, requests, log } = ground;
	const session = new Session(id, connection);
	clients.add(session);
	connection.listen({
		message: (value, bytes) => dispatcher.receive(session, value, bytes),
		malformed: (problem) => dispatcher.malformed(session, problem),
		closed: (reason) => {
			if (reason !== null) log.warn('a connection was closed', { connection: session.id, client: session.client?.name, reason });
			clients.remove(session);
			requests.forget(session, (method) => method !== 'item/fileChange/apply' && method !== 'item/fileChange/readUnsaved');
			features.forget(session);
		},
	});
}
