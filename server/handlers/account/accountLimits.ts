import { AuthError } from '../../auth/authError.ts';
import type { Credentials } from '../../auth/credentials.ts';
import { readUsage, sendNudge } from '../../model/chatgpt/accountUsage.ts';
import type { ChatgptBackend } from '../../model/chatgpt/chatgptBackend.ts';
import type { HeardLimits } from '../../model/catalogue/heardLimits.ts';
import { toWireRateLimits } from '../../projection/notifications.ts';
import { internalError, invalidRequest } from '../../protocol/wire/rpcError.ts';
import { failure, type Handlers, refusal, RpcFailure } from '../../session/handler.ts';
import { textOf } from '../../words/l10n.ts';

export interface AccountLimitServices {
	readonly credentials: Credentials;
	readonly backend: ChatgptBackend;
	readonly limits: HeardLimits;
}

/** What a ChatGPT account may still use. */
export function accountLimitHandlers({ credentials, backend, limits }: AccountLimitServices): Handlers {
	const signal = new AbortController().signal;
	const refuseOthers = (what: string) => {
		if (credentials.current()?.type === 'chatgpt') return;
		const account = credentials.current() === null ? 'codex account' : 'chatgpt';
		throw new RpcFailure(invalidRequest(`${account} authentication required to ${what}`));
	};
	return {
		'account/rateLimits/read': async () => {
			await credentials.ready();
			if (credentials.current()?.type === 'chatgpt') {
				try {
					limits.replace(await readUsage(backend, signal));
				} catch (error) {
					throw toFailure(error);
				}
			}
			// A key has no usage to read; what providers said with their answers is all there is.
			const { main, all } = limits;
			if (main === null) {
				refuseOthers('read rate limits');
				throw new RpcFailure(internalError('ChatGPT said nothing of limits'));
			}
			const byId = [...all].map(([id, snapshot]) => [id, toWireRateLimits(snapshot)] as const);
			return { rateLimits: toWireRateLimits(main), rateLimitsByLimitId: Object.fromEntries(byId) };
		},

		'account/sendAddCreditsNudgeEmail': async ({ creditType }) => {
			await credentials.ready();
			refuseOthers('notify workspace owner');
			try {
				return { status: await sendNudge(backend, creditType, signal) };
			} catch (error) {
				throw toFailure(error);
			}
		},
	};
}

function toFailure(error: unknown): RpcFailure {
	if (error instanceof AuthError && error.kind !== 'unreachable') return refusal(textOf(error));
	return failure(textOf(error));
}
