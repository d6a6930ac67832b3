import { redactSecrets, redactText } from '../config/redact.ts';
import { l10n, sentences, type Text } from '../words/l10n.ts';
import { isRecord, numberOf, recordOf, textOf } from './http/jsonRecord.ts';
import { ModelError } from './model.ts';
import type { ModelErrorKind } from '../items/modelInfo.ts';
import { namedLimit, type RateLimitHeaders, rateLimitsFromHeaders } from './rateLimits.ts';

/** What a provider says of a failure, in an HTTP body or in a `response.failed` event. */
interface Refusal {
	readonly code: string | null;
	readonly message: string | null;
	readonly planType: string | null;
	/** Unix time in seconds. */
	readonly resetsAt: number | null;
	/** What would be the HTTP status, where an error comes in an answer that has none. */
	readonly status: number | null;
	/** How long it wants us to wait, in milliseconds. */
	readonly waitMs: number | null;
}

/** The code for sealed items that the provider cannot open; see `RefusedReasoning`. */
const SEALED = 'invalid_encrypted_content';

export interface HttpFailure {
	readonly providerName: string;
	/** Without its query. */
	readonly url: string;
	readonly status: number;
	readonly body: string;
	/** Of the answer, their names in lower case. */
	readonly headers: RateLimitHeaders;
	readonly secrets: readonly string[];
}

/** The error for an HTTP status that is not a success. */
export function httpFailure({ providerName, url, status: given, body, headers, secrets }: HttpFailure): ModelError {
	const refusal = refusalOf(body);
	const status = given < 300 ? (refusal.status ?? given) : given;
	const known = usageLimit(refusal, headers) ?? byCode(refusal) ?? byWords(refusal.message ?? body);
	const retryAfterMs = retryAfter(headers) ?? refusal.waitMs;
	const rateLimits = rateLimitsFromHeaders(headers);
	const told = refusal.message ?? shorten(body.trim());
	const statusText = `${status} ${process.getBuiltinModule('node:http').STATUS_CODES[status] ?? ''}`.trimEnd();
	const general = told ? l10n`${providerName} answered ${statusText}: ${told} (${url})` : l10n`${providerName} answered ${statusText} (${url})`;
	const make = (kind: ModelErrorKind, message: Text, retryable: boolean) => {
		const { text, wait, again } = waited(message, retryable ? retryAfterMs : null);
		return new ModelError(redactText(text, secrets), {
			kind,
			httpStatusCode: status,
			retryable: retryable && again,
			retryAfterMs: wait,
			rateLimits,
		});
	};
	// A code that names the reason is worth more than the status; a code of one bad moment (rate limit) is not.
	if (known && !known.retryable) return make(known.kind, known.message, false);
	switch (status) {
		case 400:
		case 422:
			return make('badRequest', refusal.code === SEALED && !told.includes(SEALED) ? `${told} (${SEALED})` : told || general, false);
		case 401:
			return make('unauthorized', l10n`${general}. Check the API key of this provider.`, false);
		case 402:
			return make('usageLimitExceeded', l10n`The account's credit does not cover this request: ${told || general}`, false);
		case 413:
			return make('contextWindowExceeded', general, false);
		case 408:
		case 409:
		case 425:
			return make('httpConnectionFailed', general, true);
		case 429:
			return make('responseTooManyFailedAttempts', general, true);
		case 529:
			return make('serverOverloaded', general, true);
		case 500:
			return make('internalServerError', general, true);
		default:
			return make('httpConnectionFailed', general, status >= 500);
	}
}

/** A longer text is no sentence about the request: it may be the request itself. */
const MAX_WORDS = 4000;

/** Who asks for more than this is not waited for: the person decides when to go on. */
const LONGEST_WAIT_MS = 5 * 60_000;

/** What becomes of a failure whose sender wants to be asked again only after this long. */
function waited(message: Text, wait: number | null): { readonly text: Text; readonly wait: number | null; readonly again: boolean } {
	if (wait === null || wait <= LONGEST_WAIT_MS) return { text: message, wait, again: true };
	const from = new Date(Date.now() + wait);
	const when = Number.isNaN(from.getTime()) ? l10n`a long time from now` : timeText(from.getTime() / 1000);
	return { text: sentences(message, l10n`It wants to be asked again only after ${when}.`), wait: null, again: false };
}

/** `retry-after` in seconds or as a date, or `retry-after-ms`; in milliseconds. */
function retryAfter(headers: RateLimitHeaders): number | null {
	const ms = Number(headers['retry-after-ms'] ?? Number.NaN);
	if (Number.isFinite(ms) && ms >= 0) return ms;
	const value = headers['retry-after'];
	if (typeof value !== 'string') return null;
	const seconds = Number(value);
	if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
	const date = Date.parse(value);
	return Number.isNaN(date) ? null : Math.max(0, date - Date.now());
}

/** The error for `response.failed` and `error` events. */
export function eventFailure(error: unknown, secrets: readonly string[]): ModelError {
	const refusal = refusalIn(error);
	const known = byCode(refusal) ?? byWords(refusal.message ?? '');
	if (known) {
		const { text, wait, again } = waited(known.message, known.retryable ? waitIn(refusal.message) : null);
		return new ModelError(redactText(text, secrets), { kind: known.kind, retryable: known.retryable && again, retryAfterMs: wait });
	}
	const told = refusal.message ?? refusal.code;
	if (refusal.status !== null) {
		const body = JSON.stringify({ error: { message: told ?? 'no reason given' } });
		return httpFailure({ providerName: 'The provider', url: 'in its answer', status: refusal.status, body, headers: {}, secrets });
	}
	return new ModelError(
		redactText(told ? l10n`The model's answer failed: ${told}` : l10n`The model's answer failed, and the provider did not say why.`, secrets),
		{
			kind: 'other',
			retryable: true,
		},
	);
}

/** The same error; what a provider put into its message of the secrets is hidden. */
export function withoutSecrets(error: unknown, secrets: readonly string[]): unknown {
	if (error instanceof ModelError) error.text = redactText(error.text, secrets);
	if (error instanceof Error) error.message = redactSecrets(error.message, secrets);
	return error;
}

/** The error for `response.incomplete`. Asking again would come to the same end. */
export function incompleteFailure(reason: string | null): ModelError {
	const why =
		reason === 'max_output_tokens'
			? l10n`it reached the largest length of an answer`
			: reason === 'content_filter'
				? l10n`the provider's content filter stopped it`
				: l10n`the provider stopped it (${reason ?? '?'})`;
	return new ModelError(l10n`The model's answer is incomplete: ${why}.`, { kind: 'other' });
}

/** The error for a stream that broke after it began. */
export function streamFailure(what: Text, cause?: unknown): ModelError {
	return new ModelError(l10n`The stream of the answer broke off: ${what}`, { kind: 'responseStreamDisconnected', retryable: true, cause });
}

/** The error for an answer that came to its end without anything that we could read. */
export function nothingUnderstood(): ModelError {
	return new ModelError(l10n`The model answered with nothing that could be understood: no text and no call of a tool.`, {
		kind: 'other',
		retryable: true,
	});
}

/** The error for an answer that the provider gave up because it has too much to do. */
export function overloadFailure(why: Text): ModelError {
	return new ModelError(l10n`The model is overloaded: ${why}.`, { kind: 'serverOverloaded', retryable: true });
}

/** The error for a connection that did not come about. */
export function connectFailure(providerName: string, url: string, cause: unknown, secrets: readonly string[]): ModelError {
	return new ModelError(redactText(l10n`${providerName} cannot be reached at ${url}: ${causeText(cause)}`, secrets), {
		kind: 'httpConnectionFailed',
		retryable: true,
		cause,
	});
}

export function causeText(cause: unknown): string {
	if (cause instanceof AggregateError && cause.errors.length > 0) return [...new Set(cause.errors.map(causeText))].join('; ');
	if (!(cause instanceof Error)) return String(cause);
	return cause.message || ('code' in cause ? String(cause.code) : cause.name);
}

function byCode(refusal: Refusal): { readonly kind: ModelErrorKind; readonly message: Text; readonly retryable: boolean } | null {
	const { code, message } = refusal;
	switch (code) {
		case 'context_length_exceeded':
		case 'exceed_context_size_error':
		case 'model_max_prompt_tokens_exceeded':
			return {
				kind: 'contextWindowExceeded',
				message: message
					? l10n`The conversation is too long for the model's context window: ${message}`
					: l10n`The conversation is too long for the model's context window.`,
				retryable: false,
			};
		case 'insufficient_quota':
		case 'usage_not_included':
			return {
				kind: 'usageLimitExceeded',
				message: message ? l10n`The account's quota does not cover this request: ${message}` : l10n`The account's quota does not cover this request.`,
				retryable: false,
			};
		case 'usage_limit_reached':
			return usageLimit(refusal, {});
		case 'overloaded_error':
			return { kind: 'serverOverloaded', message: overloaded(message), retryable: true };
		case 'billing_error':
			return {
				kind: 'usageLimitExceeded',
				message: message
					? l10n`The account's credit does not cover this request: ${message}`
					: l10n`The account's credit does not cover this request.`,
				retryable: false,
			};
		case 'rate_limit_error':
		case 'RESOURCE_EXHAUSTED':
			return {
				kind: 'responseTooManyFailedAttempts',
				message: message ? l10n`The rate limit is exceeded: ${message}` : l10n`The rate limit is exceeded.`,
				retryable: true,
			};
		case 'UNAVAILABLE':
			return { kind: 'serverOverloaded', message: overloaded(message), retryable: true };
		case 'server_is_overloaded':
		case 'slow_down':
			return { kind: 'serverOverloaded', message: sentences(overloaded(message), l10n`Try again later or choose another model.`), retryable: false };
		case 'cyber_policy':
			return {
				kind: 'cyberPolicy',
				message: message ? l10n`The provider's policy refuses this request: ${message}` : l10n`The provider's policy refuses this request.`,
				retryable: false,
			};
		case 'invalid_prompt':
			return { kind: 'badRequest', message: message ?? l10n`The provider refuses the prompt.`, retryable: false };
		case 'rate_limit_exceeded':
			return {
				kind: 'responseTooManyFailedAttempts',
				message: message ? l10n`The rate limit is exceeded: ${message}` : l10n`The rate limit is exceeded.`,
				retryable: true,
			};
		default:
			return null;
	}
}

function overloaded(message: string | null): Text {
	return message ? l10n`The model is overloaded: ${message}` : l10n`The model is overloaded.`;
}

/** What somebody has to do, by the reason that the service names. */
const NEXT_STEPS: Readonly<Record<string, Text>> = {
	workspace_owner_credits_depleted: l10n`The workspace has no credits left: add some to go on.`,
	workspace_member_credits_depleted: l10n`The workspace has no credits left: ask its owner for more.`,
	workspace_owner_usage_limit_reached: l10n`The limit of the workspace is reached: raise it to go on.`,
	workspace_member_usage_limit_reached: l10n`The limit of the workspace is reached: ask its owner for a higher one.`,
};

function usageLimit(refusal: Refusal, headers: RateLimitHeaders): ReturnType<typeof byCode> {
	if (refusal.code !== 'usage_limit_reached') return null;
	const name = namedLimit(headers);
	const reached = headers['x-codex-rate-limit-reached-type'];
	const said = [
		name !== null
			? l10n`The usage limit of "${name}" is reached.`
			: refusal.planType
				? l10n`The usage limit of the plan "${refusal.planType}" is reached.`
				: l10n`The usage limit is reached.`,
		refusal.resetsAt === null ? null : l10n`It is free again from ${timeText(refusal.resetsAt)}.`,
		typeof reached === 'string' ? (NEXT_STEPS[reached] ?? null) : null,
	];
	return { kind: 'usageLimitExceeded', message: sentences(...said.filter((sentence) => sentence !== null)), retryable: false };
}

/** The words in which servers say that a request is longer than the model's window; most have no code for it. */
const TOO_LONG = [
	// OpenAI, vLLM, DeepSeek, OpenRouter, Groq, xAI
	/maximum (?:context|prompt|model) length/i,
	/context[_ ]length[_ ]exceeded|exceed_context_size/i,
	// llama.cpp
	/exceeds? the available context size|context size has been exceeded|context shift is disabled/i,
	// LiteLLM
	/ContextWindowExceeded/i,
	// Ollama
	/input length exceeds (?:the )?(?:maximum )?context length/i,
	// LM Studio
	/context (?:the )?overflows|greater than the context length/i,
	// Anthropic, Bedrock
	/prompt is too long|input is too long|exceeds? (?:the )?context (?:limit|window|length)/i,
	// Gemini
	/input token count[^.]*exceeds/i,
	// Mistral, GitHub, Moonshot, z.ai
	/too large for model with|prompt token count[^.]*exceeds|exceeded model token limit|prompt exceeds max length/i,
	/context window (?:is full|exceeds)|reduce the length of the (?:messages|prompt|input)/i,
];

function byWords(text: string): ReturnType<typeof byCode> {
	if (text.length > MAX_WORDS) return null;
	if (/credit balance is too low|insufficient (?:credits?|balance|funds)/i.test(text))
		return { kind: 'usageLimitExceeded', message: l10n`The account's credit does not cover this request: ${shorten(text.trim())}`, retryable: false };
	if (/api[ _]key not valid|API_KEY_INVALID/i.test(text)) return { kind: 'unauthorized', message: shorten(text.trim()), retryable: false };
	if (!TOO_LONG.some((words) => words.test(text))) return null;
	return {
		kind: 'contextWindowExceeded',
		message: l10n`The conversation is too long for the model's context window: ${shorten(text.trim())}`,
		retryable: false,
	};
}

function timeText(seconds: number): Text {
	const date = new Date(seconds * 1000);
	return Number.isNaN(date.getTime()) ? l10n`an unknown time` : `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** "Please try again in 1.3s" and the like. */
function waitIn(message: string | null): number | null {
	const found = /try again in\s+(\d+(?:\.\d+)?)\s*(ms|s|seconds?|m|minutes?)\b/i.exec(message ?? '');
	if (!found) return null;
	const unit = found[2] ?? 's';
	return Math.ceil(Number(found[1]) * (unit === 'ms' ? 1 : unit.startsWith('m') ? 60_000 : 1000));
}

function refusalOf(body: string): Refusal {
	try {
		const parsed: unknown = JSON.parse(body);
		const first: unknown = Array.isArray(parsed) ? parsed[0] : parsed;
		return refusalIn(isRecord(first) && 'error' in first && first.error ? first.error : first);
	} catch {
		return { code: null, message: null, planType: null, resetsAt: null, status: null, waitMs: null };
	}
}

function refusalIn(value: unknown): Refusal {
	if (typeof value === 'string') return { code: null, message: value, planType: null, resetsAt: null, status: null, waitMs: null };
	const error = recordOf(Array.isArray(value) ? value[0] : value);
	// A router says what the server behind it said.
	const raw = textOf(recordOf(error.metadata).raw);
	const code = textOf(error.code) ?? textOf(error.type) ?? textOf(error.status);
	return {
		// The usage limits are named by `type`, with `code` absent or null.
		code,
		message: [textOf(error.message) ?? textOf(error.detail), raw && shorten(raw)].filter((text) => text).join(': ') || null,
		planType: textOf(error.plan_type),
		resetsAt: numberOf(error.resets_at),
		waitMs: delayIn(error.details),
		status: statusOf(error.code) ?? statusOf(error.status_code) ?? statusOf(error.status),
	};
}

/** `google.rpc.RetryInfo` among the details of an error. */
function delayIn(details: unknown): number | null {
	if (!Array.isArray(details)) return null;
	const delay = details.map((detail: unknown) => textOf(recordOf(detail).retryDelay)).find((text) => text !== null);
	const seconds = Number(/^(\d+(?:\.\d+)?)s$/.exec(delay ?? '')?.[1] ?? Number.NaN);
	return Number.isFinite(seconds) ? Math.ceil(seconds * 1000) : null;
}

function statusOf(value: unknown): number | null {
	const number = Number(typeof value === 'string' || typeof value === 'number' ? value : Number.NaN);
	return Number.isInteger(number) && number >= 400 && number <= 599 ? number : null;
}

function shorten(text: string): string {
	return text.length > 600 ? `${text.slice(0, 600)}…` : text;
}
