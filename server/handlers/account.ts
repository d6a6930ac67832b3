import type { AuthFile } from '../auth/authFile.ts';
import { invalidRequest } from '../protocol/rpcError.ts';
import { type Handlers, RpcFailure } from '../session/handler.ts';
import type { ThreadSubscriptions } from '../session/threadSubscriptions.ts';

export interface AccountHandlerServices {
	readonly auth: AuthFile;
	readonly subscriptions: ThreadSubscriptions;
	/** Whether the configured provider asks for a sign-in. */
	requiresAuth(): boolean;
}

export function accountHandlers({ auth, subscriptions, requiresAuth }: AccountHandlerServices): Handlers {
	const announce = () => {
		const authMode = auth.apiKey() === null ? null : ('apikey' as const);
		subscriptions.broadcast({ method: 'account/updated', params: { authMode, planType: null } });
	};
	return {
		'account/read': () => ({ account: auth.apiKey() === null ? null : { type: 'apiKey' }, requiresOpenaiAuth: requiresAuth() }),

		'account/login/start': (params, context) => {
			if (params.type !== 'apiKey') throw new RpcFailure(invalidRequest(`sign-in of type ${params.type} is not supported yet; use apiKey`));
			const key = params.apiKey.trim();
			if (key === '') throw new RpcFailure(invalidRequest('the API key must not be empty'));
			auth.setApiKey(key);
			context.afterReply(() => {
				subscriptions.broadcast({ method: 'account/login/completed', params: { loginId: null, success: true, error: null } });
				announce();
			});
			return { type: 'apiKey' };
		},

		'account/logout': (_params, context) => {
			auth.clear();
			context.afterReply(announce);
			return {};
		},
	};
}
