import type { HttpTransport } from '../http/httpStream.ts';
import { type Attested, type Credentials, providerUrl, requestHeaders } from './requestHeaders.ts';
import { unlessAborted } from '../http/unlessAborted.ts';
import { openSocket, type ResponsesSocket, SocketRefusedError } from './responsesSocket.ts';

export interface SocketSessionOptions extends Credentials {
	readonly transport: HttpTransport;
	debug(message: string): void;
}

interface Opening {
	readonly key: string;
	readonly socket: Promise<ResponsesSocket>;
	cancel(): void;
}

/** A server that refuses websockets is asked this often: in advance, and by the first turn. */
const REFUSALS_UNTIL_OFF = 2;
const betaHeader = 'responses_websockets=2026-02-06';

/**
 * The websocket of a thread: opened in advance, kept over its turns, opened again when it was lost, and given up for good when the
 * server does not speak it.
 */
export class SocketSession {
	readonly #options: SocketSessionOptions;
	#opening: Opening | null = null;
	#open: { readonly key: string; readonly socket: ResponsesSocket } | null = null;
	#refusals = 0;
	#off = false;

	constructor(options: SocketSessionOptions) {
		this.#options = options;
	}

	get isOff(): boolean {
		return this.#off;
	}

	/** Begins the handshake. Best effort: how it ends matters to the next `acquire` only. */
	async preconnect(headers: Readonly<Record<string, string>>, attested: Attested): Promise<void> {
		try {
			if (!this.#off && this.#open === null && this.#opening === null) await (await this.#begin(headers, attested)).socket;
		} catch (error) {
			this.#options.debug(`no websocket in advance: ${error instanceof Error ? error.message : String(error)}`);
		}
	}

	/** A connection that can take a request now; null when the request has to go by HTTP. Throws the signal's reason. */
	async acquire(headers: Readonly<Record<string, string>>, attested: Attested, signal: AbortSignal): Promise<ResponsesSocket | null> {
		while (!this.#off) {
			signal.throwIfAborted();
			const open = this.#open;
			if (open?.socket.busy) return null;
			if (open?.socket.usable && open.key === (await this.#keyOf(headers))) return open.socket;
			open?.socket.close();
			if (this.#open === open) this.#open = null;
			try {
				const opening = this.#opening ?? (await this.#begin(headers, attested));
				await unlessAborted(opening.socket, signal);
			} catch (error) {
				signal.throwIfAborted();
				// Not there at all: HTTP will say why. Later requests may find it.
				if (!(error instanceof SocketRefusedError)) return null;
			}
		}
		return null;
	}

	/** HTTP from now on. False when that is so already. */
	turnOff(): boolean {
		const was = this.#off;
		this.#off = true;
		this.drop();
		return !was;
	}

	drop(): void {
		this.#opening?.cancel();
		this.#opening = null;
		this.#open?.socket.close();
		this.#open = null;
	}

	/** Requests with another key, or on another way, do not go over a connection that was opened with this one. */
	async #keyOf(headers: Readonly<Record<string, string>>): Promise<string> {
		return JSON.stringify([this.#options.transport.version, (await requestHeaders(this.#options, headers)).secrets]);
	}

	async #begin(given: Readonly<Record<string, string>>, attested: Attested): Promise<Opening> {
		const { provider, transport, debug } = this.#options;
		const key = await this.#keyOf(given);
		const { headers, secrets } = await requestHeaders(this.#options, { ...given, 'openai-beta': betaHeader }, attested);
		const url = providerUrl(provider, '/responses');
		url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
		const agent = transport.agentFor(url);
		const { WebSocket } = await import('ws');
		// Another began while this one waited for its key.
		if (this.#opening) return this.#opening;
		const started = openSocket(
			{ url, headers, secrets, agent, providerName: provider.name, idleTimeoutMs: provider.streamIdleTimeoutMs, debug },
			WebSocket,
		);
		const opening: Opening = { key, ...started };
		this.#opening = opening;
		opening.socket.then(
			(socket) => {
				if (this.#opening !== opening) {
					socket.close();
					return;
				}
				this.#opening = null;
				this.#refusals = 0;
				this.#open = { key: opening.key, socket };
			},
			(error: unknown) => {
				if (this.#opening === opening) this.#opening = null;
				// Other credentials are a matter of HTTP, which has them renewed.
				if (!(error instanceof SocketRefusedError) || error.httpStatusCode === 401) return;
				this.#refusals += 1;
				if (this.#refusals >= REFUSALS_UNTIL_OFF) this.#off = true;
			},
		);
		return opening;
	}
}
