/** What a transport gives to a session: whole messages in, whole messages out, in order. */
export interface ConnectionHandler {
	/** A line or frame that parsed as JSON; its shape is not yet known. `bytes` is its length as it came. */
	message(value: unknown, bytes: number): void;
	/** Something that cannot be taken. The connection goes on. */
	malformed(problem: Malformed): void;
	/** Called once, when nothing more will come. `reason` says why this side ended the connection; null when the client did. */
	closed(reason: string | null): void;
}

export interface Malformed {
	readonly reason: string;
	/** The id of the request that it would have been, as far as can be told: then it is answered. */
	readonly id: string | number | null;
}

export type TransportName = 'stdio' | 'websocket' | 'inProcess';

export interface Connection {
	readonly transport: TransportName;
	/** Starts delivery. Called once. */
	listen(handler: ConnectionHandler): void;
	/**
	 * Queues one message that is already JSON text, without a line end. Never throws and never blocks. A stdio client is waited
	 * for; a websocket client that does not read is cut off; see backlog.ts for how much each may leave unread.
	 */
	send(text: string): void;
	/** Whether so much waits to be read by the client that its next requests had better wait too. */
	readonly congested: boolean;
	/** Whether so much waits that also what goes on unasked had better pause. Never where a slow client is cut off instead. */
	readonly full: boolean;
	/** Resolves when what waits now has been read, or the connection is closed. */
	relieved(): Promise<void>;
	/** Resolves when all that was sent has left the process, or cannot any more. */
	drained(): Promise<void>;
	close(reason: string): void;
}

/** Something that accepts connections until it is closed. */
export interface Listener {
	/** Where clients find it, for the start-up banner. */
	readonly address: string;
	close(): Promise<void>;
}
