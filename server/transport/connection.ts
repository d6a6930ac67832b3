/** What a transport gives to a session: whole messages in, whole messages out, in order. */
export interface ConnectionHandler {
	/** A line or frame that parsed as JSON; its shape is not yet known. */
	message(value: unknown): void;
	/** Something that was no JSON, or too large. The connection goes on. */
	malformed(reason: string): void;
	/** Called once, when nothing more will come. */
	closed(): void;
}

export type TransportName = 'stdio' | 'websocket' | 'inProcess';

export interface Connection {
	readonly transport: TransportName;
	/** Starts delivery. Called once. */
	listen(handler: ConnectionHandler): void;
	/**
	 * Queues one message that is already JSON text, without a line end. Never throws and never blocks: a stdio client
	 * is waited for, a websocket client that does not read is cut off.
	 */
	send(text: string): void;
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
