import type { AuthFile } from '../../auth/authFile.ts';
import { toWireRateLimits } from '../../projection/notifications.ts';
import { invalidRequest } from '../../protocol/wire/rpcError.ts';
import { type Handlers, RpcFailure } from '../../session/handler.ts';
import type { ThreadSubscriptions } from '../../session/threadSubscriptions.ts';

export interface AccountHandlerServices {
	readonly auth: AuthFile;
	readonly subscriptions: ThreadSubscriptions;
	/** Whether the configured provider asks for a sign-in. */
	requiresAuth(): boolean;
	/** `forced_login_method` of the configuration. */
	forcedLogin(): 'chatgpt' | 'api' | undefined;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

type LoginType = 'apiKey' | 'chatgpt' | 'chatgptDeviceCode' | 'chatgptAuthTokens';

/** What `forced_login_method` rules out. */
function refuseOtherLogin(type: LoginType, forced: 'chatgpt' | 'api' | undefined): void {
	if (type === 'apiKey' && forced === 'chatgpt') throw new RpcFailure(invalidRequest('API key login is disabled. Use ChatGPT login instead.'));
	if (type === 'apiKey' || forced !== 'api') return;
	const what = type === 'chatgptAuthTokens' ? 'External ChatGPT auth' : 'ChatGPT login';
	throw new RpcFailure(invalidRequest(`${what} is disabled. Use API key login instead.`));
}

export function accountHandlers({ auth, subscriptions, requiresAuth, forcedLogin }: AccountHandlerServices): Handlers {
	const announce = () => {
		const authMode = auth.apiKey() === null ? null : ('apikey' as const);
		subscriptions.broadcast({ method: 'account/updated', params: { authMode, planType: null } });
	};
	return {
		'account/read': () => ({ account: auth.apiKey() === null ? null : { type: 'apiKey' }, requiresOpenaiAuth: requiresAuth() }),

		getAuthStatus: (params) => {
			const key = auth.apiKey();
			const requiresOpenaiAuth = requiresAuth();
			if (!requiresOpenaiAuth || key === null) return { authMethod: null, authToken: null, requiresOpenaiAuth };
			return { authMethod: 'apikey', authToken: params.includeToken ? key : null, requiresOpenaiAuth };
		},

		'account/rateLimits/read': () => {
			const { main, all } = subscriptions.limits;
			if (main === null) {
				const account = auth.apiKey() === null ? 'codex account' : 'chatgpt';
				throw new RpcFailure(invalidRequest(`${account} authentication required to read rate limits`));
			}
			const byId = [...all].map(([id, snapshot]) => [id, toWireRateLimits(snapshot)] as const);
			return { rateLimits: toWireRateLimits(main), rateLimitsByLimitId: Object.fromEntries(byId) };
		},

		'account/login/start': (params, context) => {
			refuseOtherLogin(params.type, forcedLogin());
			if (params.type !== 'apiKey') throw new RpcFailure(invalidRequest(`sign-in of type ${params.type} is not supported yet; use apiKey`));
			const key = params.apiKey.trim();
			if (key === '') throw new RpcFailure(invalidRequest('the API key must not be empty'));
			auth.setApiKey(key);
			subscriptions.limits.clear();
			context.afterReply(() => {
				subscriptions.broadcast({ method: 'account/login/completed', params: { loginId: null, success: true, error: null } });
				announce();
			});
			return { type: 'apiKey' };
		},

		// Only a key can be signed in with, and that is done at once: no sign-in runs that could be cancelled.
		'account/login/cancel': ({ loginId }) => {
			if (!UUID.test(loginId)) throw new RpcFailure(invalidRequest(`invalid login id: ${loginId}`));
			return { status: 'notFound' };
		},

		'account/logout': (_params, context) => {
			auth.clear();
			subscriptions.limits.clear();
			context.afterReply(announce);
			return {};
		},
	};
}
