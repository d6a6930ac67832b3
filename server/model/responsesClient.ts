import type { IncomingMessage } from 'node:http';
import { retryDelayMs, sleep } from './backoff.ts';
import { bodyChunks, bodyText, type HttpTransport, plainUrl } from './httpStream.ts';
import { type ModelClient, ModelError, type ModelEvent, type ModelRequest } from './model.ts';
import type { Provider } from './provider.ts';
import { causeText, httpFailure, streamFailure } from './providerFailure.ts';
import { rateLimitsFromHeaders } from './rateLimits.ts';
import { requestBody } from './requestBody.ts';
import { ResponseEventReader } from './responseEvents.ts';
import { SseDecoder } from './sse.ts';

export interface ResponsesClientOptions {
	readonly provider: Provider;
	readonly transport: HttpTransport;
	readonly env: Readonly<Record<string, string | undefined>>;
	/** The account's key, asked for before each attempt; null when nobody is signed in. */
	accountKey(): Promise<string | null> | string | null;
	userAgent(originator: string): string;
	debug(message: string): void;
	/** For tests; Math.random otherwise. */
	random?(): number;
}

/** A longer wait is the turn's: there the user sees it. */
const longestSilentWaitMs = 5_000;
const maxErrorBodyBytes = 64 * 1024;

/** Speaks the Responses API (https://platform.openai.com/docs/api-reference/responses-streaming) over HTTP and server-sent events. */
export class ResponsesClient implements ModelClient {
	readonly streamMaxRetries: number;
	private readonly options: ResponsesClientOptions;
	private readonly disposed = new AbortController();

	constructor(options: ResponsesClientOptions) {
		this.options = options;
		this.streamMaxRetries = options.provider.streamMaxRetries;
	}

	async *stream(request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelEvent, void, void> {
		const either = AbortSignal.any([signal, this.disposed.signal]);
		const { provider, debug } = this.options;
		const { response, secrets } = await this.connect(request, either);
		for (const snapshot of rateLimitsFromHeaders(response.headers)) yield { type: 'rateLimits', snapshot };
		const model = response.headers['openai-model'];
		if (typeof model === 'string' && !model.startsWith(request.model)) yield { type: 'modelRerouted', model };

		const decoder = new SseDecoder();
		const events = new ResponseEventReader({ secrets, debug });
		const reader = { idleTimeoutMs: provider.streamIdleTimeoutMs, finished: false };
		for await (const chunk of bodyChunks(response, reader, either)) {
			for (const sse of decoder.push(chunk)) {
				const event = events.read(sse);
				if (!event) continue;
				reader.finished = event.type === 'completed';
				yield event;
				if (event.type === 'completed') return;
				either.throwIfAborted();
			}
		}
		throw streamFailure('it ended before the response was complete.');
	}

	dispose(): void {
		this.disposed.abort(new ModelError('The model client was closed.', { kind: 'other' }));
	}

	/** Tries until an answer begins, `requestMaxRetries` more times after a failure that may pass. */
	private async connect(request: ModelRequest, signal: AbortSignal): Promise<{ response: IncomingMessage; secrets: readonly string[] }> {
		const body = JSON.stringify(requestBody(request));
		for (let attempt = 1; ; attempt += 1) {
			try {
				return await this.attempt(request, body, signal);
			} catch (error) {
				if (!(error instanceof ModelError) || !error.retryable || attempt > this.options.provider.requestMaxRetries) throw exhausted(error);
				const wait = retryDelayMs(attempt, error.retryAfterMs, this.options.random);
				if (wait > longestSilentWaitMs && error.retryAfterMs !== null) throw error;
				this.options.debug(`attempt ${attempt} failed, next in ${Math.round(wait)} ms: ${error.message}`);
				await sleep(wait, signal);
			}
		}
	}

	private async attempt(request: ModelRequest, body: string, signal: AbortSignal) {
		const { provider, transport } = this.options;
		const { headers, secrets } = await this.headers(request);
		const url = this.url();
		const response = await transport.post(
			{ url, headers, body, providerName: provider.name, secrets, idleTimeoutMs: provider.streamIdleTimeoutMs },
			signal,
		);
		const status = response.statusCode ?? 0;
		if (status < 200 || status > 299) {
			throw httpFailure({
				providerName: provider.name,
				url: plainUrl(url),
				status,
				body: await bodyText(response, maxErrorBodyBytes, signal),
				retryAfterMs: retryAfterMs(response.headers),
				secrets,
			});
		}
		const type = response.headers['content-type'] ?? '';
		if (/json|html/.test(type)) {
			const text = await bodyText(response, maxErrorBodyBytes, signal);
			const inner = httpFailure({ providerName: provider.name, url: plainUrl(url), status, body: text, retryAfterMs: null, secrets });
			throw new ModelError(`A stream of events was expected, ${type} came. ${inner.message}`, {
				kind: 'responseStreamConnectionFailed',
				httpStatusCode: status,
			});
		}
		return { response, secrets };
	}

	private url(): URL {
		const { provider } = this.options;
		if (provider.baseUrl === null) throw new ModelError(`Provider "${provider.id}" has no base_url.`, { kind: 'other' });
		try {
			const url = new URL(`${provider.baseUrl}/responses`);
			for (const [name, value] of Object.entries(provider.queryParams)) url.searchParams.set(name, value);
			return url;
		} catch (cause) {
			throw new ModelError(`The base_url of provider "${provider.id}" is no address: ${causeText(cause)}`, { kind: 'other', cause });
		}
	}

	private async headers(request: ModelRequest): Promise<{ headers: Readonly<Record<string, string>>; secrets: readonly string[] }> {
		const { provider, env } = this.options;
		const headers: Record<string, string> = {
			accept: 'text/event-stream',
			'content-type': 'application/json',
			originator: request.originator,
			'user-agent': this.options.userAgent(request.originator),
			session_id: request.threadId,
			thread_id: request.threadId,
			'x-client-request-id': request.threadId,
		};
		const secrets: string[] = [];
		const add = (name: string, value: string) => {
			secrets.push(value);
			headers[name.toLowerCase()] = value;
		};
		const key = await this.key();
		if (key !== null) {
			add('authorization', `Bearer ${key}`);
			secrets.push(key);
		}
		for (const [name, value] of Object.entries(provider.httpHeaders)) add(name, value);
		for (const [name, variable] of Object.entries(provider.envHttpHeaders)) {
			const value = env[variable]?.trim();
			if (value) add(name, value);
		}
		for (const [name, value] of Object.entries(headers)) {
			if (/^[!#$%&'*+.^_`|~\w-]+$/.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value)) continue;
			throw new ModelError(
				`The header "${name}" of provider "${provider.id}" holds characters that a header cannot hold; check its value in the configuration.`,
				{
					kind: 'other',
				},
			);
		}
		return { headers, secrets };
	}

	private async key(): Promise<string | null> {
		const { provider, env } = this.options;
		if (provider.envKey !== null) {
			const value = env[provider.envKey]?.trim();
			if (value) return value;
			const how = provider.envKeyInstructions ? ` ${provider.envKeyInstructions}` : '';
			throw new ModelError(`The environment variable ${provider.envKey} with the key of ${provider.name} is not set.${how}`, {
				kind: 'unauthorized',
			});
		}
		if (provider.bearerToken !== null) return provider.bearerToken;
		if (!provider.requiresAuth) return null;
		const key = await this.options.accountKey();
		if (key !== null) return key;
		throw new ModelError(`${provider.name} needs an API key and none is there. Sign in with a key, or choose another provider.`, {
			kind: 'unauthorized',
		});
	}
}

/** A rate limit that outlasted every attempt: starting over in the turn would only multiply the attempts. */
function exhausted(error: unknown): unknown {
	if (!(error instanceof ModelError) || error.httpStatusCode !== 429 || !error.retryable) return error;
	if (error.retryAfterMs !== null) return error;
	return new ModelError(error.message, { kind: error.kind, httpStatusCode: 429, cause: error });
}

/** `retry-after` in seconds or as a date, or `retry-after-ms`. */
function retryAfterMs(headers: IncomingMessage['headers']): number | null {
	const ms = Number(headers['retry-after-ms'] ?? Number.NaN);
	if (Number.isFinite(ms) && ms >= 0) return ms;
	const value = headers['retry-after'];
	if (value === undefined) return null;
	const seconds = Number(value);
	if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
	const date = Date.parse(value);
	return Number.isNaN(date) ? null : Math.max(0, date - Date.now());
}
