/** Why a provider did not list its models, in a form that clients have words for. */
export interface ListFailure {
	readonly reason:
		| 'noKey'
		| 'keyRefused'
		| 'noSuchPath'
		| 'refused'
		| 'connectionRefused'
		| 'hostNotFound'
		| 'certificate'
		| 'timeout'
		| 'unreachable'
		| 'webPage'
		| 'noList'
		| 'empty';
	readonly httpStatus: number | null;
	/** For people; without secrets. */
	readonly message: string;
}

/** What `/models` answered was no list. */
export class ListError extends Error {
	readonly reason: ListFailure['reason'];
	readonly httpStatus: number | null;

	constructor(reason: ListFailure['reason'], message: string, httpStatus: number | null = null) {
		super(message);
		this.reason = reason;
		this.httpStatus = httpStatus;
	}
}

export function statusFailure(status: number, where: string): ListError {
	return new ListError(statusReason(status), `${where} answered ${status}`, status);
}

function statusReason(status: number): ListFailure['reason'] {
	switch (status) {
		case 401:
		case 403:
			return 'keyRefused';
		case 404:
		case 405:
		case 410:
			return 'noSuchPath';
		default:
			return 'refused';
	}
}

/** An answer that should have been JSON. Throws `ListError`. */
export function jsonOf(text: string, where: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		throw /^\s*(?:<!doctype|<html|<\?xml)/i.test(text)
			? new ListError('webPage', `${where} answered with a web page`)
			: new ListError('noList', `${where} answered with no JSON`);
	}
}

/** What went wrong, by the error of the answer or of the connection. */
export function listFailure(error: unknown): ListFailure {
	const message = error instanceof Error ? error.message : String(error);
	if (error instanceof ListError) return { reason: error.reason, httpStatus: error.httpStatus, message };
	if (kindOf(error) === 'unauthorized') return { reason: 'noKey', httpStatus: null, message };
	return { reason: connectionReason(codesOf(error), message), httpStatus: null, message };
}

function connectionReason(codes: readonly string[], message: string): ListFailure['reason'] {
	if (codes.includes('ECONNREFUSED')) return 'connectionRefused';
	if (codes.some((code) => code === 'ENOTFOUND' || code === 'EAI_AGAIN')) return 'hostNotFound';
	if (codes.some((code) => /CERT|^ERR_(?:TLS|SSL)|^EPROTO$|ISSUER|SIGNATURE/.test(code))) return 'certificate';
	if (codes.some((code) => code === 'ETIMEDOUT' || code === 'ABORT_TIMEOUT') || /\bno (?:answer|connection) within\b/.test(message)) return 'timeout';
	return 'unreachable';
}

function kindOf(error: unknown): unknown {
	return error instanceof Error && 'kind' in error ? error.kind : null;
}

/** Of an error and of all that caused it. */
function codesOf(error: unknown): readonly string[] {
	if (!(error instanceof Error)) return [];
	const own = 'code' in error && typeof error.code === 'string' ? [error.code] : error.name === 'TimeoutError' ? ['ABORT_TIMEOUT'] : [];
	const others = error instanceof AggregateError ? error.errors.flatMap(codesOf) : [];
	return [...own, ...others, ...codesOf(error.cause)];
}
