import { Readable } from 'node:stream';
import type { HttpTransport } from './httpStream.ts';

/** Longest silence between chunks, in milliseconds. */
const IDLE_MS = 60_000;

/** What a request of `transportFetch` may say. */
export interface TransferInit {
	readonly method: 'GET' | 'PUT';
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: Uint8Array;
	readonly signal: AbortSignal;
}
export type Transfer = (url: string, init: TransferInit) => Promise<Response>;

/** Files over the same way as requests to models: through the proxy of the environment, with certificates of one's own. */
export function transportFetch(transport: HttpTransport, providerName: string): Transfer {
	return async (url, { method, headers = {}, body, signal }) => {
		const send = { method, url: new URL(url), headers, body: body ?? null, providerName, secrets: [], idleTimeoutMs: IDLE_MS };
		const answer = await transport.send(send, signal);
		const status = answer.statusCode ?? 0;
		if (status < 200 || status === 204 || status === 205 || status === 304) {
			answer.resume();
			return new Response(null, { status: status < 200 ? 502 : status });
		}
		// A connection that breaks, or a signal, ends the body with its error.
		const stop = () => answer.destroy(signal.reason instanceof Error ? signal.reason : new Error('the transfer was called off'));
		signal.addEventListener('abort', stop, { once: true });
		answer.once('close', () => signal.removeEventListener('abort', stop));
		return new Response(Readable.toWeb(answer) as ReadableStream<Uint8Array>, { status });
	};
}
