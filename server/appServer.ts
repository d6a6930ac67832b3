import fs from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { acceptConnection } from './compose/acceptConnection.ts';
import { createProcess, type ProcessOptions } from './compose/createProcess.ts';
import type { Clients } from './session/clients.ts';
import type { Logger } from './telemetry/logger.ts';
import type { Connection } from './transport/connection.ts';

export type AppServerOptions = ProcessOptions;

/** The server as an object, without anything that it listens on: connections are handed to it. */
export interface AppServer {
	readonly home: string;
	readonly log: Logger;
	readonly clients: Clients;
	/** From now on the connection is a client of this server. */
	accept(connection: Connection): void;
	/** Running turns are recorded as interrupted, children killed, what was sent is delivered. */
	close(): Promise<void>;
}

/** How long clients may take at the end to read what was sent to them, in milliseconds. */
const DRAIN_MS = 500;

export function createAppServer(options: AppServerOptions): AppServer {
	const made = createProcess(options);
	const { home, log, clients } = made.ground;
	fs.mkdirSync(home, { recursive: true, mode: 0o700 });
	let nextSession = 1;
	return {
		home,
		log,
		clients,
		accept: (connection) => acceptConnection(made, connection, nextSession++),
		close: async () => {
			await made.dispose();
			// A client that does not read is not waited for.
			await Promise.race([Promise.all(clients.all().map((session) => session.connection.drained())), delay(DRAIN_MS, undefined, { ref: false })]);
		},
	};
}
