import type { JsonValue } from './jsonValue.ts';

/** The `error` member of a response. */
export interface RpcError {
	readonly code: number;
	/** For people: what was wrong, which value, what to do. */
	readonly message: string;
	/** For programs. */
	readonly data?: JsonValue;
}

export const rpcErrorCode = {
	parseError: -32700,
	/** Also what wrong params and unknown methods are answered with; see `describeInvalid`. */
	invalidRequest: -32600,
	methodNotFound: -32601,
	/** Well-formed params whose values do not go together. */
	invalidParams: -32602,
	internalError: -32603,
	/** The server has too much to do; the same request may succeed later. */
	overloaded: -32001,
} as const;

function rpcError(code: number, message: string, data: JsonValue | undefined): RpcError {
	return data === undefined ? { code, message } : { code, message, data };
}

export function parseError(message: string): RpcError {
	return rpcError(rpcErrorCode.parseError, message, undefined);
}

export function invalidRequest(message: string, data?: JsonValue): RpcError {
	return rpcError(rpcErrorCode.invalidRequest, message, data);
}

/** A method of the protocol that this server does not have. */
export function notSupportedYet(method: string): RpcError {
	return rpcError(rpcErrorCode.methodNotFound, `${method} is not supported yet`, undefined);
}

/** A method of newer programs that this server will not have, or not soon. Clients tell it by `data`. */
export function notSupported(method: string, what = method): RpcError {
	return rpcError(rpcErrorCode.methodNotFound, `${what} is not supported by this server`, { reason: 'notSupportedByServer', method });
}

export function invalidParams(message: string, data?: JsonValue): RpcError {
	return rpcError(rpcErrorCode.invalidParams, message, data);
}

export function internalError(message: string, data?: JsonValue): RpcError {
	return rpcError(rpcErrorCode.internalError, message, data);
}

export function overloaded(): RpcError {
	return rpcError(rpcErrorCode.overloaded, 'Server overloaded; retry later.', undefined);
}

export function notInitialized(): RpcError {
	return invalidRequest('Not initialized');
}

export function alreadyInitialized(): RpcError {
	return invalidRequest('Already initialized');
}

/** `what`: a method or a member, from `findExperimental`. */
export function experimentalRequired(what: string): RpcError {
	return invalidRequest(`${what} requires experimentalApi capability`);
}

/** `methods`: every method of the server, in the order of the table. */
export function unknownMethod(method: string, methods: readonly string[]): RpcError {
	const expected = methods.map((known) => `\`${known}\``).join(', ');
	return invalidRequest(`Invalid request: unknown variant \`${method}\`, expected one of ${expected}`);
}
