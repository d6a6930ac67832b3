import { forOlderClient, isOlderClient } from '../projection/olderClient.ts';
import type { ServerNotification } from '../protocol/serverMessages.ts';
import type { RpcError } from '../protocol/wire/rpcError.ts';
import type { Connection } from '../transport/connection.ts';

export type RequestId = string | number;

/** What a client said of itself in `initialize`. */
export interface ClientIdentity {
	readonly name: string;
	readonly title: string | null;
	readonly version: string;
	readonly experimentalApi: boolean;
	readonly applyFileChanges: boolean;
	readonly readUnsavedFiles: boolean;
	/** False: it does not want that anything is exported. */
	readonly telemetry: boolean;
	readonly languageModels: boolean;
	readonly requestAttestation: boolean;
	/** It knows what came with the newest releases of the protocol's first program. */
	readonly newer: boolean;
	readonly optOut: ReadonlySet<string>;
}

/** A notification as text, made once for all who get it. */
export interface OutboundNotification {
	readonly method: string;
	readonly text: string;
}

export function encodeNotification(notification: ServerNotification): OutboundNotification {
	return { method: notification.method, text: JSON.stringify(notification) };
}

/** One connection and what it has said so far. Its identity is set once, by `initialize`. */
export class Session {
	readonly id: number;
	readonly connection: Connection;
	#client: ClientIdentity | null = null;
	#ready = false;

	constructor(id: number, connection: Connection) {
		this.id = id;
		this.connection = connection;
	}

	/** Null before `initialize`. */
	get client(): ClientIdentity | null {
		return this.#client;
	}

	initialize(client: ClientIdentity): void {
		this.#client = client;
	}

	/** The answer to `initialize` is on its way: from now on the session hears of what happens (S019). */
	ready(): void {
		this.#ready = true;
	}

	notify(notification: OutboundNotification): void {
		if (this.#ready && this.#client && !this.#client.optOut.has(notification.method)) this.connection.send(notification.text);
	}

	/** What to wait for before more is told unasked; null when there is room. */
	get room(): Promise<void> | null {
		return this.connection.full ? this.connection.relieved() : null;
	}

	request(id: RequestId, method: string, params: unknown): void {
		this.connection.send(JSON.stringify({ method, id, params }));
	}

	reply(id: RequestId, result: unknown): void {
		const answer = result ?? {};
		this.connection.send(JSON.stringify({ id, result: this.#client && isOlderClient(this.#client) ? forOlderClient(answer) : answer }));
	}

	fail(id: RequestId | null, error: RpcError): void {
		this.connection.send(JSON.stringify({ id, error }));
	}
}
