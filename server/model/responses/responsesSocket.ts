import { jsonBody } from '../http/jsonBody.ts';
import type { Agent, IncomingMessage } from 'node:http';
import type { RawData, WebSocket, default as Implementation } from 'ws';
import { redactSecrets } from '../../config/redact.ts';
import { isRecord, numberOf, recordOf, textOf } from '../http/jsonRecord.ts';
import { ModelError, type ModelEvent } from '../model.ts';
import type { RateLimitSnapshot } from '../../items/modelInfo.ts';
import { connectFailure, httpFailure, streamFailure } from '../providerFailure.ts';
import { rateLimitsFromHeaders } from '../rateLimits.ts';
import { requestItem } from './requestBody.ts';
import { ResponseEventReader } from './responseEvents.ts';
import { l10n } from '../../words/l10n.ts';

export interface SocketOptions {
	/** `ws:` or `wss:`. */
	readonly url: URL;
	readonly headers: Readonly<Record<string, string>>;
	readonly secrets: readonly string[];
	readonly agent: Agent;
	readonly providerName: string;
	readonly idleTimeoutMs: number;
	debug(message: string): void;
}

/** The server answered the handshake, and not with a websocket. */
export class SocketRefusedError extends ModelError {}

const CONNECT_TIMEOUT_MS = 15_000;
/** Who closes it for idleness does so without a word that reaches us in each case: older silence is not trusted. In milliseconds. */
const TRUSTED_SILENCE_MS = 4 * 60_000;

/** What the last request on a connection was, so that the next one need only send what is new. */
interface Sent {
	readonly envelope: string;
	readonly items: readonly string[];
	readonly responseId: string;
}

/** Resolves when the handshake is done. Throws `SocketRefusedError` or another `ModelError`. */
export function openSocket(options: SocketOptions, Socket: typeof Implementation): { readonly socket: Promise<ResponsesSocket>; cancel(): void } {
	const ws = new Socket(options.url, {
		headers: options.headers,
		agent: options.agent,
		perMessageDeflate: false,
		handshakeTimeout: CONNECT_TIMEOUT_MS,
		followRedirects: false,
	});
	const place = `${options.url.origin}${options.url.pathname}`;
	let head: IncomingMessage | null = null;
	const socket = new Promise<ResponsesSocket>((resolve, reject) => {
		ws.once('upgrade', (response) => {
			head = response;
		});
		ws.once('open', () => resolve(new ResponsesSocket(ws, options, head)));
		ws.once('unexpected-response', (request, response) => {
			response.resume();
			request.destroy();
			reject(
				new SocketRefusedError(`${options.providerName} answered the websocket handshake with ${response.statusCode} (${place})`, {
					kind: 'responseStreamConnectionFailed',
					httpStatusCode: response.statusCode ?? null,
					retryable: true,
				}),
			);
		});
		// Stays for the life of the socket: later errors are followed by `close`.
		ws.on('error', (error) => reject(connectFailure(options.providerName, place, error, options.secrets)));
	});
	return { socket, cancel: () => ws.terminate() };
}

/** One websocket to the Responses API. One response at a time; what the server remembers of the conversation lives as long as it. */
export class ResponsesSocket {
	readonly #ws: WebSocket;
	readonly #options: SocketOptions;
	readonly modelsEtag: string | null;
	#limits: readonly RateLimitSnapshot[];
	#sticky: string | null;
	#sent: Sent | null = null;
	#usedAt = Date.now();
	#busyNow = false;
	#incoming: Incoming | null = null;

	constructor(ws: WebSocket, options: SocketOptions, head: IncomingMessage | null) {
		this.#ws = ws;
		this.#options = options;
		this.modelsEtag = textOf(head?.headers['x-models-etag']);
		this.#limits = rateLimitsFromHeaders(head?.headers ?? {});
		this.#sticky = textOf(head?.headers['x-codex-turn-state']);
		ws.on('message', (data, isBinary) => {
			if (isBinary) this.#options.debug('passed over a binary message');
			else this.#incoming?.push(messageText(data));
		});
		ws.once('close', (code, reason) =>
			this.#incoming?.end(`the connection was closed (${code}${reason.length > 0 ? ` ${redactSecrets(reason.toString(), options.secrets)}` : ''}).`),
		);
	}

	get busy(): boolean {
		return this.#busyNow;
	}

	get usable(): boolean {
		return this.#ws.readyState === this.#ws.OPEN && Date.now() - this.#usedAt < TRUSTED_SILENCE_MS;
	}

	/** The sticky routing value of the handshake; once. */
	takeTurnState(): string | null {
		const value = this.#sticky;
		this.#sticky = null;
		return value;
	}

	/** Asks for one response. `body` is that of `POST /responses`. After anything but a complete response the connection is closed. */
	async *respond(body: Readonly<Record<string, unknown>>, signal: AbortSignal): AsyncGenerator<ModelEvent, void, void> {
		const { secrets, debug } = this.#options;
		const { input, ...envelope } = body;
		const items = Array.isArray(input) ? input.map((item) => JSON.stringify(item)) : [];
		const { client_metadata: _, ...lasting } = envelope;
		const shape = JSON.stringify(lasting);
		const follows = this.#follows(shape, items);
		const frame = follows
			? {
					type: 'response.create',
					...envelope,
					previous_response_id: follows.responseId,
					input: Array.isArray(input) ? input.slice(follows.count) : [],
				}
			: { type: 'response.create', ...body };
		const incoming = new Incoming();
		const events = new ResponseEventReader({ secrets, debug });
		const answered: string[] = [];
		this.#incoming = incoming;
		this.#busyNow = true;
		this.#sent = null;
		const stop = () => incoming.end('the request was stopped.');
		signal.addEventListener('abort', stop, { once: true });
		let complete = false;
		try {
			if (this.#ws.readyState !== this.#ws.OPEN) throw streamFailure(l10n`the connection was closed.`);
			this.#ws.send(jsonBody(frame));
			for (;;) {
				const message = await incoming.next(this.#options.idleTimeoutMs);
				signal.throwIfAborted();
				this.#checkError(message);
				for (const event of events.read({ event: null, data: message })) {
					if (event.type === 'itemDone') answered.push(JSON.stringify(requestItem(event.item)));
					if (event.type === 'completed') {
						complete = true;
						this.#sent = event.responseId === '' ? null : { envelope: shape, items: [...items, ...answered], responseId: event.responseId };
					}
					yield event;
					if (complete) return;
				}
			}
		} catch (error) {
			signal.throwIfAborted();
			throw error;
		} finally {
			signal.removeEventListener('abort', stop);
			this.#incoming = null;
			this.#busyNow = false;
			this.#usedAt = Date.now();
			// What still comes of a response that nobody reads would be taken for the next one's.
			if (!complete) this.close();
		}
	}

	/** Rate limits that came with the handshake; once. */
	takeLimits(): readonly RateLimitSnapshot[] {
		const limits = this.#limits;
		this.#limits = [];
		return limits;
	}

	close(): void {
		this.#sent = null;
		this.#ws.terminate();
	}

	/** How much of the conversation the server already has; null when it has to be sent whole. */
	#follows(envelope: string, items: readonly string[]): { readonly responseId: string; readonly count: number } | null {
		const sent = this.#sent;
		if (sent?.envelope !== envelope || items.length < sent.items.length) return null;
		return sent.items.every((item, index) => item === items[index]) ? { responseId: sent.responseId, count: sent.items.length } : null;
	}

	/** A message that wraps an HTTP refusal. */
	#checkError(message: string): void {
		if (!message.includes('"error"')) return;
		let value: unknown;
		try {
			value = JSON.parse(message);
		} catch {
			return;
		}
		if (!isRecord(value) || value.type !== 'error') return;
		const error = recordOf(value.error);
		const code = textOf(error.code);
		if (code === 'websocket_connection_limit_reached' || code === 'previous_response_not_found') throw new SocketRestartError(code);
		const status = numberOf(value.status) ?? numberOf(value.status_code);
		if (status === null) return;
		throw httpFailure({
			providerName: this.#options.providerName,
			url: `${this.#options.url.origin}${this.#options.url.pathname}`,
			status,
			body: JSON.stringify({ error }),
			headers: lowerCase(recordOf(value.headers)),
			secrets: this.#options.secrets,
		});
	}
}

/** Headers as JSON has them: names in any case, values that may be numbers or truths. */
function lowerCase(headers: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
	const simple = (value: unknown): unknown => (Array.isArray(value) ? value[0] : value);
	return Object.fromEntries(
		Object.entries(headers).flatMap(([name, given]) => {
			const value = simple(given);
			return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? [[name.toLowerCase(), String(value)]] : [];
		}),
	);
}

function messageText(data: RawData): string {
	if (Array.isArray(data)) return Buffer.concat(data).toString();
	return data instanceof ArrayBuffer ? Buffer.from(data).toString() : data.toString();
}

/** The same request goes through on a new connection, sent whole. */
export class SocketRestartError extends ModelError {
	constructor(code: string) {
		super(`The stream of the answer broke off: ${code.replaceAll('_', ' ')}.`, { kind: 'responseStreamDisconnected', retryable: true });
	}
}

/** Messages between the socket, which does not wait, and the reader, which does. */
class Incoming {
	readonly #ready: string[] = [];
	#ended: string | null = null;
	#wake: (() => void) | null = null;

	push(message: string): void {
		this.#ready.push(message);
		this.#wake?.();
	}

	end(reason: string): void {
		this.#ended ??= reason;
		this.#wake?.();
	}

	/** Throws `ModelError` after the end, and after `idleTimeoutMs` of silence. */
	async next(idleTimeoutMs: number): Promise<string> {
		for (let waited = false; ; waited = true) {
			const message = this.#ready.shift();
			if (message !== undefined) return message;
			if (this.#ended !== null) throw streamFailure(this.#ended);
			if (waited)
				throw streamFailure(l10n`nothing came for ${idleTimeoutMs >= 1000 ? `${Math.round(idleTimeoutMs / 1000)} s` : `${idleTimeoutMs} ms`}.`);
			await new Promise<void>((resolve) => {
				const timer = setTimeout(resolve, idleTimeoutMs);
				this.#wake = () => {
					clearTimeout(timer);
					resolve();
				};
			});
			this.#wake = null;
		}
	}
}
