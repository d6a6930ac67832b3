import { forOlderClient, isOlderClient } from '../projection/olderClient.ts';
import type { ServerNotification } from '../protocol/serverMessages.ts';
import type { RpcError } from '../protocol/wire/rpcError.ts';
import { withoutNewer, withoutOwn } from '../protocol/wire/withoutNewer.ts';
import { WithTurns, textWithTurns } from './withTurns.ts';
import type * as z from 'zod/mini';
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

/** Which words of the protocol a client knows: those of all releases, of the newest ones too, our own as well, or not even some of the base. */
export type Dialect = 'base' | 'newer' | 'own' | 'older';

/** One connection and what it has said so far. Its identity is set once, by `initialize`. */
export class Session {
	readonly id: number;
	readonly connection: Connection;
	#client: ClientIdentity | null = null;
	#dialect: Dialect = 'base';
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
		this.#dialect = client.applyFileChanges ? 'own' : isOlderClient(client) ? 'older' : client.newer ? 'newer' : 'base';
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

	/** In the words of this client: what it cannot know is left out. */
	#known(schema: z.core.$ZodType | null, value: unknown): unknown {
		if (this.#dialect === 'own') return value;
		const known = schema === null ? value : (this.#dialect === 'newer' ? withoutOwn : withoutNewer)(schema, value);
		return this.#dialect === 'older' ? forOlderClient(known) : known;
	}

	/** `schema` is that of the answers to the method; null where there is none. */
	reply(id: RequestId, result: unknown, schema: z.core.$ZodType | null = null): void {
		if (result instanceof WithTurns) {
			this.connection.send(`{"id":${JSON.stringify(id)},"result":${textWithTurns(this.#known(schema, result.result), result.turns)}}`);
		} else this.connection.send(JSON.stringify({ id, result: this.#known(schema, result ?? {}) }));
	}

	/** A part of an answer, as this client gets it. Its schema is that of the part. */
	textOf(schema: z.core.$ZodType, part: unknown): string {
		return JSON.stringify(this.#known(schema, part));
	}

	/** Parts of answers are the same for clients of one dialect. */
	get dialect(): Dialect {
		return this.#dialect;
	}

	fail(id: RequestId | null, error: RpcError): void {
		this.connection.send(JSON.stringify({ id, error }));
	}
}
