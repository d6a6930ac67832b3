import type { Agent, ClientRequest, IncomingMessage, request as httpRequest } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import { proxyFor } from '../../network/upstream.ts';
import { trustedAuthorities } from './customCertificates.ts';
import { ModelError } from '../model.ts';
import { connectFailure, streamFailure } from '../providerFailure.ts';
import { l10n } from '../../words/l10n.ts';

export interface HttpSend {
	readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
	readonly url: URL;
	readonly headers: Readonly<Record<string, string>>;
	/** Null: none. */
	readonly body: string | Uint8Array | null;
	/** For error messages. */
	readonly providerName: string;
	readonly secrets: readonly string[];
	/** Longest silence before the answer begins and between its chunks. */
	readonly idleTimeoutMs: number;
}

export interface TlsChoice {
	/** False: what is reached through a proxy may show any certificate. */
	readonly strictTls: boolean;
	/** Trusts the authorities of the system, too. */
	readonly systemCertificates: boolean;
}

const AS_NODE: TlsChoice = { strictTls: true, systemCertificates: false };
const CONNECT_TIMEOUT_MS = 30_000;
const DRAIN_TIMEOUT_MS = 1000;
const MAX_REDIRECTS = 5;
/** Longest silence in a body that is there at once or not at all, such as that of an error. */
export const SHORT_BODY_IDLE_MS = 10_000;

/**
 * Streaming HTTP over `node:http`: no time-outs but ours, proxies from the environment (HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY;
 * CONNECT for https), certificates of one's own (CODEX_CA_CERTIFICATE, SSL_CERT_FILE), redirects that keep the request (307, 308), sockets
 * kept for the next request. It loads in milliseconds, and only when the first request is made. (`undici` was measured: 85 ms and 20 MB
 * more for the first request.)
 */
export class HttpTransport {
	readonly #env: Readonly<Record<string, string | undefined>>;
	readonly #tls: () => TlsChoice;
	/** By protocol, proxy and trust. */
	readonly #agents = new Map<string, Agent | HttpsAgent>();
	/** By whether those of the system are among them. */
	readonly #authorities = new Map<boolean, readonly string[] | null>();
	/** Another number after each change of the way: connections that are kept elsewhere are made anew then. */
	version = 0;

	/** Both are asked at each request. */
	constructor(env: Readonly<Record<string, string | undefined>>, tls: () => TlsChoice = () => AS_NODE) {
		this.#env = env;
		this.#tls = tls;
	}

	/** Resolves when the head of the answer is there. Throws `ModelError`, or the signal's reason. */
	async send(send: HttpSend, signal: AbortSignal): Promise<IncomingMessage> {
		let current = send;
		for (let redirects = 0; ; redirects += 1) {
			const answer = await this.#sendOnce(current, signal);
			const next = redirects < MAX_REDIRECTS ? redirected(current, answer) : null;
			if (next === null) return answer;
			answer.resume();
			current = next;
		}
	}

	async #sendOnce(send: HttpSend, signal: AbortSignal): Promise<IncomingMessage> {
		signal.throwIfAborted();
		for (let attempt = 1; ; attempt += 1) {
			const { answer, request } = this.#start(send, signal);
			try {
				return await answer;
			} catch (error) {
				signal.throwIfAborted();
				if (error instanceof ModelError) throw error;
				// The server closed a kept socket while we took it into use: this request never reached it.
				if (request.reusedSocket && attempt <= 3 && isReset(error)) continue;
				throw connectFailure(send.providerName, plainUrl(send.url), error, send.secrets);
			}
		}
	}

	dispose(): void {
		for (const agent of this.#agents.values()) agent.destroy();
		this.#agents.clear();
	}

	/** Requests take another way from now on; those that run end on theirs. */
	wayChanged(): void {
		this.version++;
		for (const agent of this.#agents.values()) {
			agent.maxFreeSockets = 0;
			for (const socket of Object.values(agent.freeSockets).flatMap((sockets) => sockets ?? [])) socket.destroy();
		}
		this.#agents.clear();
	}

	/** The agent for an address: it keeps sockets, and goes through the proxy of the environment. */
	agentFor(url: URL): Agent {
		return this.load(url).agent;
	}

	/**
	 * Loads what the first request to an address needs: TLS only where it is spoken. (`import()` of `node:http` would ask for each of
	 * its exports, and with them load all of undici: ten times as much as is needed.)
	 */
	load(url: URL): { readonly request: typeof httpRequest; readonly agent: Agent } {
		const isSecure = url.protocol === 'https:' || url.protocol === 'wss:';
		const protocol = isSecure ? 'https' : 'http';
		const proxy = proxyFor(this.#env, { host: url.hostname, port: Number(url.port) || (isSecure ? 443 : 80), protocol });
		if (proxy !== null && proxy.protocol !== 'http:' && proxy.protocol !== 'https:')
			throw new ModelError(l10n`The proxy is of a kind that is not known (${proxy.protocol}//…): name an http proxy.`, {
				kind: 'httpConnectionFailed',
			});
		const { strictTls, systemCertificates } = this.#tls();
		const isChecked = strictTls || proxy === null;
		const key = JSON.stringify([protocol, proxy?.href, isChecked, systemCertificates]);
		const known = this.#agents.get(key);
		// Which proxy is used was decided here: Node knows neither ALL_PROXY nor networks in NO_PROXY.
		const kept = { keepAlive: true, ...(proxy === null ? {} : { proxyEnv: { HTTP_PROXY: proxy.href, HTTPS_PROXY: proxy.href } }) };
		const make = () => {
			if (!isSecure) return new (process.getBuiltinModule('node:http').Agent)(kept);
			const authorities = this.#trusted(systemCertificates);
			const trust = { ...(authorities === null ? {} : { ca: [...authorities] }), ...(isChecked ? {} : { rejectUnauthorized: false }) };
			return new (process.getBuiltinModule('node:https').Agent)({ ...kept, ...trust });
		};
		const agent = known ?? make();
		this.#agents.set(key, agent);
		return { request: isSecure ? process.getBuiltinModule('node:https').request : process.getBuiltinModule('node:http').request, agent };
	}

	#trusted(system: boolean): readonly string[] | null {
		const known = this.#authorities.get(system);
		if (known !== undefined) return known;
		const authorities = trustedAuthorities(this.#env, { system });
		this.#authorities.set(system, authorities);
		return authorities;
	}

	#start(send: HttpSend, signal: AbortSignal): { answer: Promise<IncomingMessage>; request: ClientRequest } {
		const { request: ask, agent } = this.load(send.url);
		const body = send.body === null ? null : Buffer.from(send.body);
		const request = ask(send.url, {
			method: send.method,
			agent,
			headers: { ...send.headers, ...(body ? { 'content-length': String(body.byteLength) } : {}) },
		});
		request.setNoDelay(true);
		return { answer: headOf({ request, body, idleTimeoutMs: send.idleTimeoutMs }, signal), request };
	}
}

/** The same request to the address that the answer names; null when it names none that may be followed. */
function redirected(send: HttpSend, { statusCode, headers }: IncomingMessage): HttpSend | null {
	const keepsRequest =
		statusCode === 307 || statusCode === 308 || (send.method === 'GET' && (statusCode === 301 || statusCode === 302 || statusCode === 303));
	const url = keepsRequest && headers.location ? URL.parse(headers.location, send.url.href) : null;
	// Never from TLS to none.
	if (url === null || !(url.protocol === 'https:' || (url.protocol === 'http:' && send.url.protocol === 'http:'))) return null;
	if (url.origin === send.url.origin) return { ...send, url };
	// The key is for the server that was configured, for no other.
	const isSecret = (value: string) => send.secrets.some((secret) => secret !== '' && value.includes(secret));
	return { ...send, url, headers: Object.fromEntries(Object.entries(send.headers).filter(([, value]) => !isSecret(value))) };
}

/** An address that may be shown: no user, password or query. */
export function plainUrl(url: URL): string {
	return `${url.origin}${url.pathname}`;
}

function headOf(
	sent: { readonly request: ClientRequest; readonly body: Buffer | null; readonly idleTimeoutMs: number },
	signal: AbortSignal,
): Promise<IncomingMessage> {
	const { request, body, idleTimeoutMs } = sent;
	return new Promise((resolve, reject) => {
		const fail = (error: unknown) => {
			settle();
			request.destroy();
			reject(error);
		};
		const onAbort = () => fail(signal.reason);
		const idle = setTimeout(() => fail(new Error(`no answer within ${seconds(idleTimeoutMs)}`)), idleTimeoutMs);
		const connect = setTimeout(
			() => fail(new Error(`no connection within ${seconds(CONNECT_TIMEOUT_MS)}`)),
			Math.min(CONNECT_TIMEOUT_MS, idleTimeoutMs),
		);
		const settle = () => {
			clearTimeout(idle);
			clearTimeout(connect);
			signal.removeEventListener('abort', onAbort);
		};
		signal.addEventListener('abort', onAbort, { once: true });
		request.once('socket', (socket) => {
			if (socket.connecting) socket.once('connect', () => clearTimeout(connect));
			else clearTimeout(connect);
		});
		// Stays for the life of the request: an error after the head reaches the reader of the body.
		request.on('error', fail);
		request.once('response', (response) => {
			settle();
			resolve(response);
		});
		request.end(body ?? undefined);
	});
}

/** Who reads a body. */
export interface BodyReader {
	readonly idleTimeoutMs: number;
	finished: boolean;
	/** How long was waited since something came that counts: a reader that has it sets it to 0 then. Else every chunk counts. */
	waitedMs?: number;
}

/**
 * The chunks of a body. A silence of `idleTimeoutMs` while the reader waits, a cut connection and an abort end it with an error; in
 * each case, and when the reader stops early, the socket is closed at once. After `reader.finished` it may be used again.
 */
export async function* bodyChunks(response: IncomingMessage, reader: BodyReader, signal: AbortSignal): AsyncGenerator<Uint8Array, void, void> {
	const onAbort = () => response.destroy(new Error('aborted'));
	signal.addEventListener('abort', onAbort, { once: true });
	const chunks = response.iterator({ destroyOnReturn: false });
	let silent = false;
	try {
		for (;;) {
			signal.throwIfAborted();
			const since = performance.now();
			const timer = setTimeout(
				() => {
					silent = true;
					response.destroy(new Error('idle'));
				},
				Math.max(0, reader.idleTimeoutMs - (reader.waitedMs ?? 0)),
			);
			const next = await chunks.next().finally(() => clearTimeout(timer));
			if (reader.waitedMs !== undefined) reader.waitedMs += performance.now() - since;
			signal.throwIfAborted();
			if (next.done) {
				if (silent) throw new Error('idle');
				return;
			}
			yield next.value;
		}
	} catch (error) {
		signal.throwIfAborted();
		if (silent) throw streamFailure(l10n`nothing came for ${seconds(reader.idleTimeoutMs)}.`, error);
		throw streamFailure(l10n`the connection was closed before the end.`, error);
	} finally {
		signal.removeEventListener('abort', onAbort);
		if (reader.finished && !response.destroyed) {
			await chunks.return?.();
			await drain(response);
		} else if (!response.readableEnded) response.destroy();
	}
}

/**
 * Reads what little may follow the last event, so that the socket can serve the next request. Resolves when that is done, or at once
 * when more is still to come: the reader does not wait for it.
 */
function drain(response: IncomingMessage): Promise<void> {
	return new Promise((resolve) => {
		const timer = setTimeout(() => response.destroy(), DRAIN_TIMEOUT_MS);
		timer.unref();
		const done = () => {
			clearTimeout(timer);
			resolve();
		};
		response.on('error', done);
		response.once('end', done);
		response.once('close', done);
		response.resume();
		if (!response.complete) resolve();
	});
}

/** The beginning of a body as text, at most `maxBytes`; whatever goes wrong, what came so far. */
export async function bodyText(
	response: IncomingMessage,
	{ maxBytes, idleTimeoutMs }: { readonly maxBytes: number; readonly idleTimeoutMs: number },
	signal: AbortSignal,
): Promise<string> {
	const parts: Uint8Array[] = [];
	let size = 0;
	try {
		for await (const chunk of bodyChunks(response, { idleTimeoutMs, finished: false }, signal)) {
			parts.push(chunk);
			size += chunk.byteLength;
			if (size >= maxBytes) break;
		}
	} catch {
		signal.throwIfAborted();
	}
	return new TextDecoder().decode(Buffer.concat(parts).subarray(0, maxBytes));
}

function isReset(error: unknown): boolean {
	return error instanceof Error && 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
}

function seconds(ms: number): string {
	return ms >= 1000 ? `${Math.round(ms / 1000)} s` : `${ms} ms`;
}
