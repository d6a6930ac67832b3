import type { IncomingHttpHeaders } from 'node:http';
import { bodyText, type HttpSend, type HttpTransport, SHORT_BODY_IDLE_MS } from './httpStream.ts';

export interface BriefRequest {
	readonly method: HttpSend['method'];
	readonly url: URL;
	readonly headers: Readonly<Record<string, string>>;
	/** Null: none. */
	readonly body: string | null;
	/** For error messages. */
	readonly serviceName: string;
	readonly secrets: readonly string[];
}

export interface BriefAnswer {
	readonly status: number;
	readonly headers: IncomingHttpHeaders;
	/** What is longer than some megabytes is cut. */
	readonly body: string;
}

const MAX_BODY_BYTES = 8 * 1024 * 1024;
const IDLE_TIMEOUT_MS = 30_000;

/** One request with an answer that is read whole, on the same way as those to models. Throws `ModelError`, or the signal's reason. */
export async function askBriefly(transport: HttpTransport, request: BriefRequest, signal: AbortSignal): Promise<BriefAnswer> {
	const { serviceName: providerName, ...rest } = request;
	const response = await transport.send({ ...rest, providerName, idleTimeoutMs: IDLE_TIMEOUT_MS }, signal);
	const body = await bodyText(response, { maxBytes: MAX_BODY_BYTES, idleTimeoutMs: SHORT_BODY_IDLE_MS }, signal);
	return { status: response.statusCode ?? 0, headers: response.headers, body };
}
