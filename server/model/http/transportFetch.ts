import { Readable } from 'node:stream';
import type { HttpSend, HttpTransport } from './httpStream.ts';

/** Longest silence before the answer begins, in milliseconds. */
const IDLE_MS = 60_000;

/** A `fetch` with what this server needs of it. */
export type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

/** The longest that a timer can wait. */
const LONGEST_MS = 2 ** 31 - 1;
const METHODS = ['GET', 'POST', 'PUT', 'DELETE'] as const;

/**
 * `fetch` over the same way as requests to models: through the proxy that counts now, with certificates of one's own. Rejects with a
 * `ModelError`, or the signal's reason; with `idleMs` null only the signal ends the wait for an answer. What a header says stays with the server that it was meant for.
 */
export function transportFetch(
	transport: HttpTransport,
	providerName: string,
	{ idleMs = IDLE_MS }: { readonly idleMs?: number | null } = {},
): Fetch {
	return async (url, init = {}) => {
		const request = new Request(url, init);
		const method = METHODS.find((each) => each === request.method);
		if (method === undefined) throw new TypeError(`the method ${request.method} is not known`);
		const body = init.body == null ? null : new Uint8Array(await request.arrayBuffer());
		const signal = init.signal ?? new AbortController().signal;
		const headers = headersOf(request);
		const send: HttpSend = {
			method,
			url: new URL(request.url),
			headers,
			body,
			providerName,
			secrets: secretsIn(request.headers),
			idleTimeoutMs: idleMs ?? LONGEST_MS,
		};
		const answer = await transport.send(send, signal);
		const status = answer.statusCode ?? 0;
		const answered = new Headers();
		for (const [name, values] of Object.entries(answer.headersDistinct)) for (const value of values ?? []) answered.append(name, value);
		if (status < 200 || status === 204 || status === 205 || status === 304) {
			answer.resume();
			return new Response(null, { status: status < 200 ? 502 : status, headers: answered });
		}
		// A connection that breaks, or a signal, ends the body with its error.
		const stop = () => answer.destroy(signal.reason instanceof Error ? signal.reason : new Error('the transfer was called off'));
		signal.addEventListener('abort', stop, { once: true });
		answer.once('close', () => signal.removeEventListener('abort', stop));
		return new Response(Readable.toWeb(answer) as ReadableStream<Uint8Array>, { status, statusText: answer.statusMessage ?? '', headers: answered });
	};
}

/** Nothing is unpacked here. */
function headersOf({ headers }: Request): Record<string, string> {
	return { accept: '*/*', 'user-agent': 'tiller', ...Object.fromEntries(headers), 'accept-encoding': 'identity' };
}

const PLAIN = /^(?:accept|content|user-agent|mcp-|last-event-id|cache-|x-ms-blob)/i;

/** What another server than the one that was asked must not see. */
function secretsIn(headers: Headers): readonly string[] {
	return [...headers].flatMap(([name, value]) => (PLAIN.test(name) || value.length < 4 ? [] : [value]));
}
