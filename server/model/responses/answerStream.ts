import { setImmediate as othersTurn } from 'node:timers/promises';
import type { IncomingMessage } from 'node:http';
import { retryDelayMs, sleep } from '../http/backoff.ts';
import type { SignIn } from '../../auth/signIn.ts';
import { bodyChunks, bodyText, type HttpTransport, plainUrl, SHORT_BODY_IDLE_MS } from '../http/httpStream.ts';
import { ModelError } from '../model.ts';
import { httpFailure, streamFailure } from '../providerFailure.ts';
import { type Account, accountFailure, type Attested, type Credentials, providerUrl, type RequestHeaders, requestHeaders } from './requestHeaders.ts';
import { unlessAborted } from '../http/unlessAborted.ts';
import { SseDecoder, type SseEvent } from '../http/sse.ts';
import { l10n } from '../../words/l10n.ts';

export interface AnswerOptions extends Credentials {
	readonly transport: HttpTransport;
	debug(message: string): void;
	/** For tests; Math.random otherwise. */
	random?(): number;
}

export interface AnswerRequest {
	/** Below the provider's base URL, with its slash. */
	readonly path: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
	/** Whose request it is, where that is attested to ChatGPT. */
	readonly attested?: Attested;
	/** What a good answer is; a stream of events when it is not said. */
	readonly answer?: 'json';
}

export interface Answer {
	readonly response: IncomingMessage;
	readonly secrets: readonly string[];
}

/** A longer wait is the turn's: there the user sees it. */
const LONGEST_SILENT_WAIT_MS = 5_000;
const MAX_ERROR_BODY_BYTES = 64 * 1024;

/** Other credentials may be found once or twice, because another program changed them; after renewed ones there is nothing more to try. */
const MAX_FINDS = 2;

/** Posts until an answer begins, `requestMaxRetries` more times after a failure that may pass. Throws `ModelError`. */
export async function openAnswer(options: AnswerOptions, request: AnswerRequest, signal: AbortSignal): Promise<Answer> {
	let finds = 0;
	let renewedKey = false;
	for (let attempt = 1; ; attempt += 1) {
		let signIn: SignIn | null = null;
		let key: string | null = null;
		const used = (of: Pick<RequestHeaders, 'signIn' | 'key'>) => ({ signIn, key } = of);
		try {
			return await attemptAnswer(options, { request, used }, signal);
		} catch (error) {
			const recovered = finds > MAX_FINDS ? null : await recover(options.account, { error, signIn, finds }, signal);
			if (!renewedKey && isRefused(error) && options.keyCommands.refused(options.provider, key)) {
				renewedKey = true;
				attempt -= 1;
				continue;
			}
			if (recovered !== null) {
				finds = recovered === 'renewed' ? Number.POSITIVE_INFINITY : finds + 1;
				attempt -= 1;
				continue;
			}
			if (isRefused(error) && hasAccount(signIn)) throw signInAgain(options.provider.name, error);
			if (!(error instanceof ModelError) || !error.retryable || attempt > options.provider.requestMaxRetries) throw exhausted(error);
			const wait = retryDelayMs(attempt, error.retryAfterMs, options.random);
			if (wait > LONGEST_SILENT_WAIT_MS && error.retryAfterMs !== null) throw error;
			options.debug(`attempt ${attempt} failed, next in ${Math.round(wait)} ms: ${error.message}`);
			await sleep(wait, signal);
		}
	}
}

/** How long events of one answer are worked on before others get their turn, in milliseconds. */
const LONGEST_RUN_MS = 10;

/**
 * What `read` makes of the server-sent events of an answer, until it has made the one that `isLast` knows. A body that ends before is a
 * `ModelError`.
 */
export async function* answerEvents<Event>(
	{ response }: Answer,
	reader: {
		readonly idleTimeoutMs: number;
		read(sse: SseEvent): readonly Event[];
		/** What the end of the body, itself no fault, still completes. */
		bodyEnded?(): readonly Event[];
		isLast(event: Event): boolean;
	},
	signal: AbortSignal,
): AsyncGenerator<Event, void, void> {
	const decoder = new SseDecoder();
	const body = { idleTimeoutMs: reader.idleTimeoutMs, finished: false, waitedMs: 0 };
	let pausedAt = performance.now();
	for await (const chunk of bodyChunks(response, body, signal)) {
		if (performance.now() - pausedAt > LONGEST_RUN_MS) {
			// A model that is faster than we are would otherwise keep every other client of the server waiting.
			await othersTurn();
			pausedAt = performance.now();
		}
		for (const sse of decoder.push(chunk)) {
			if (!isPulse(sse)) body.waitedMs = 0;
			for (const event of reader.read(sse)) {
				body.finished = reader.isLast(event);
				yield event;
				if (body.finished) return;
				signal.throwIfAborted();
			}
		}
	}
	const rest = reader.bodyEnded?.() ?? [];
	yield* rest;
	if (rest.some((event) => reader.isLast(event))) return;
	throw streamFailure(l10n`it ended before the response was complete.`);
}

/** What only keeps a connection open is no sign of an answer. Comments never get here. */
function isPulse({ event, data }: SseEvent): boolean {
	return (
		/^(?:ping|keep-?alive|heartbeat)$/.test(event ?? '') ||
		(data.length < 200 && /^\s*(?:$|\{\s*"type"\s*:\s*"(?:ping|keepalive|heartbeat)")/.test(data))
	);
}

const isRefused = (error: unknown): error is ModelError => error instanceof ModelError && error.httpStatusCode === 401;

const hasAccount = (signIn: SignIn | null) => signIn?.type === 'chatgpt';

function signInAgain(providerName: string, cause: ModelError): ModelError {
	return new ModelError(l10n`${providerName} does not accept the sign-in with ChatGPT, not even a renewed one. Sign in again.`, {
		kind: 'unauthorized',
		httpStatusCode: 401,
		rateLimits: cause.rateLimits,
		cause,
	});
}

/** Better credentials after a refusal, once. Throws `ModelError` when they could not be renewed. */
async function recover(
	account: Account,
	{ error, signIn, finds }: { readonly error: unknown; readonly signIn: SignIn | null; readonly finds: number },
	signal: AbortSignal,
): Promise<'found' | 'renewed' | null> {
	if (signIn === null || !isRefused(error)) return null;
	try {
		return await unlessAborted(account.recover(signIn, finds), signal);
	} catch (failure) {
		throw accountFailure(failure);
	}
}

async function attemptAnswer(
	options: AnswerOptions,
	{ request, used }: { readonly request: AnswerRequest; readonly used: (headers: RequestHeaders) => void },
	signal: AbortSignal,
): Promise<Answer> {
	const { provider, transport } = options;
	const asked = await requestHeaders(options, request.headers, request.attested);
	used(asked);
	const { headers, secrets } = asked;
	const url = providerUrl(provider, request.path);
	const response = await transport.send(
		{ method: 'POST', url, headers, body: request.body, providerName: provider.name, secrets, idleTimeoutMs: provider.streamIdleTimeoutMs },
		signal,
	);
	const status = response.statusCode ?? 0;
	const failure = async () =>
		httpFailure({
			providerName: provider.name,
			url: plainUrl(url),
			status,
			body: await bodyText(response, { maxBytes: MAX_ERROR_BODY_BYTES, idleTimeoutMs: SHORT_BODY_IDLE_MS }, signal),
			headers: response.headers,
			secrets,
		});
	if (status < 200 || status > 299) throw await failure();
	const type = response.headers['content-type'] ?? '';
	if (request.answer !== 'json' && /json|html/.test(type)) {
		// Some servers tell of an error with a good status.
		const told = await failure();
		if (told.kind !== 'httpConnectionFailed') throw told;
		throw new ModelError(l10n`A stream of events was expected, ${type} came. ${told.text}`, {
			kind: 'responseStreamConnectionFailed',
			httpStatusCode: status,
		});
	}
	return { response, secrets };
}

/** A rate limit that outlasted every attempt: starting over in the turn would only multiply the attempts. */
function exhausted(error: unknown): unknown {
	if (!(error instanceof ModelError) || error.httpStatusCode !== 429 || !error.retryable) return error;
	if (error.retryAfterMs !== null) return error;
	return new ModelError(error.text, { kind: error.kind, httpStatusCode: 429, rateLimits: error.rateLimits, cause: error });
}
