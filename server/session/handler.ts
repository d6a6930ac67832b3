import type { ClientMethod, ParsedParamsOf, ResultOf } from '../protocol/methods.ts';
import type { JsonValue } from '../protocol/wire/jsonValue.ts';
import { internalError, invalidRequest, type RpcError } from '../protocol/wire/rpcError.ts';
import { inEnglish, type Text } from '../words/l10n.ts';
import type { RequestId, Session } from './session.ts';
import type { WithTurns } from './withTurns.ts';

/** What a handler knows of the request besides its params. */
export interface RequestContext {
	readonly session: Session;
	/** Of the request, as its client gave it. */
	readonly requestId: RequestId;
	/** Runs once the answer is on its way, so that what it sends comes after it. Not run when the request fails. */
	afterReply(work: () => void): void;
}

type Answer<M extends ClientMethod> =
	ResultOf<M> extends { readonly thread: { readonly turns: readonly unknown[] } } ? ResultOf<M> | WithTurns<ResultOf<M>> : ResultOf<M>;

export type Handler<M extends ClientMethod> = (params: ParsedParamsOf<M>, context: RequestContext) => Answer<M> | Promise<Answer<M>>;

export type Handlers = { readonly [M in ClientMethod]?: Handler<M> };

/** Thrown by a handler to answer with an error of the wire. Every other exception is answered as an internal error and logged. */
export class RpcFailure extends Error {
	readonly error: RpcError;
	/** How the message was made. */
	readonly text: Text;
	constructor(error: RpcError, text: Text = error.message) {
		super(error.message);
		this.error = error;
		this.text = text;
	}
}

/** What cannot be done, for reasons that people are told. */
export function refusal(text: Text, data?: JsonValue): RpcFailure {
	return new RpcFailure(invalidRequest(inEnglish(text), data), text);
}

/** What went wrong on the way, for reasons that people are told. */
export function failure(text: Text, data?: JsonValue): RpcFailure {
	return new RpcFailure(internalError(inEnglish(text), data), text);
}
