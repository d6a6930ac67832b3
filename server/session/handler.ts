import type { ClientMethod, ParsedParamsOf, ResultOf } from '../protocol/methods.ts';
import type { RpcError } from '../protocol/wire/rpcError.ts';
import type { RequestId, Session } from './session.ts';

/** What a handler knows of the request besides its params. */
export interface RequestContext {
	readonly session: Session;
	/** Of the request, as its client gave it. */
	readonly requestId: RequestId;
	/** Runs once the answer is on its way, so that what it sends comes after it. Not run when the request fails. */
	afterReply(work: () => void): void;
}

export type Handler<M extends ClientMethod> = (params: ParsedParamsOf<M>, context: RequestContext) => ResultOf<M> | Promise<ResultOf<M>>;

export type Handlers = { readonly [M in ClientMethod]?: Handler<M> };

/** Thrown by a handler to answer with an error of the wire. Every other exception is answered as an internal error and logged. */
export class RpcFailure extends Error {
	readonly error: RpcError;
	constructor(error: RpcError) {
		super(error.message);
		this.error = error;
	}
}
