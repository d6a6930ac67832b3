import { AuthError } from '../../auth/authError.ts';
import type { Credentials } from '../../auth/credentials.ts';
import type { Logins } from '../../auth/logins.ts';
import type { LoginOutcome } from '../../auth/runningLogin.ts';
import type { LoginAccountParams } from '../../protocol/account/account.ts';
import { invalidRequest } from '../../protocol/wire/rpcError.ts';
import { failure, type Handlers, refusal, type RequestContext, RpcFailure } from '../../session/handler.ts';
import type { ThreadSubscriptions } from '../../session/threadSubscriptions.ts';
import { inEnglish, textOf } from '../../words/l10n.ts';
import { warning } from '../../projection/warnings.ts';

export interface AccountHandlerServices {
	readonly credentials: Credentials;
	readonly logins: Logins;
	readonly subscriptions: ThreadSubscriptions;
	/** Whether the configured provider asks for a sign-in. */
	requiresAuth(): boolean;
	/** `forced_login_method` of the configuration. */
	forcedLogin(): 'chatgpt' | 'api' | undefined;
	/** Somebody else is signed in now, or nobody. */
	accountChanged(): void;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

type LoginType = LoginAccountParams['type'];

/** What `forced_login_method` rules out. */
function refuseOtherLogin(type: LoginType, forced: 'chatgpt' | 'api' | undefined): void {
	if (type === 'apiKey' && forced === 'chatgpt') throw new RpcFailure(invalidRequest('API key login is disabled. Use ChatGPT login instead.'));
	if (type === 'apiKey' || forced !== 'api') return;
	const what = type === 'chatgptAuthTokens' ? 'External ChatGPT auth' : 'ChatGPT login';
	throw new RpcFailure(invalidRequest(`${what} is disabled. Use API key login instead.`));
}

export function accountHandlers({ credentials, logins, subscriptions, requiresAuth, forcedLogin, accountChanged }: AccountHandlerServices): Handlers {
	/** Tells everybody who is signed in now. */
	const announce = () => {
		const current = credentials.current();
		const planType = current?.type === 'chatgpt' ? current.plan : null;
		subscriptions.broadcast({ method: 'account/updated', params: { authMode: credentials.mode, planType } });
	};
	const changed = () => {
		subscriptions.limits.clear();
		accountChanged();
	};
	credentials.onForeignChange(() => {
		changed();
		announce();
	});
	const completed = (loginId: string | null, outcome: LoginOutcome) => {
		const error = outcome.success ? null : outcome.error;
		const params = { loginId, success: outcome.success, error: error === null ? null : inEnglish(error) };
		const made = error === null || typeof error === 'string' ? {} : { l10n: error };
		subscriptions.broadcast({ method: 'account/login/completed', params: { ...params, ...made } });
		if (outcome.success) announce();
	};
	const signedIn = (context: RequestContext) => {
		logins.cancelAll();
		changed();
		context.afterReply(() => completed(null, { success: true }));
	};
	/** The answer first, however fast the person is. */
	const waits = (context: RequestContext, { id, done }: { readonly id: string; readonly done: Promise<LoginOutcome> }) =>
		context.afterReply(() => {
			void done.then((outcome) => {
				if (outcome.success) changed();
				completed(id, outcome);
			});
		});
	return {
		'account/read': async ({ refreshToken }) => {
			if (refreshToken) {
				try {
					await credentials.renew();
				} catch (error) {
					if (!(error instanceof AuthError) || error.kind !== 'unreachable') throw toFailure(error);
					subscriptions.broadcast(warning(null, textOf(error)));
				}
			}
			await credentials.ready();
			const current = credentials.current();
			const requiresOpenaiAuth = requiresAuth();
			if (current === null) return { account: null, requiresOpenaiAuth };
			if (current.type === 'apiKey') return { account: { type: 'apiKey' }, requiresOpenaiAuth };
			if (current.email === null) throw new RpcFailure(invalidRequest('the sign-in names no email address: sign in again'));
			return { account: { type: 'chatgpt', email: current.email, planType: current.plan }, requiresOpenaiAuth };
		},

		getAuthStatus: async ({ includeToken, refreshToken }) => {
			const requiresOpenaiAuth = requiresAuth();
			await credentials.ready();
			// Who asks like this wants to know what there is, and nothing else.
			if (refreshToken) await credentials.renew().catch(() => {});
			const current = credentials.current();
			if (!requiresOpenaiAuth || current === null) return { authMethod: null, authToken: null, requiresOpenaiAuth };
			const token = current.type === 'apiKey' ? current.key : current.accessToken;
			return { authMethod: credentials.mode, authToken: includeToken ? token : null, requiresOpenaiAuth };
		},

		'account/login/start': async (params, context) => {
			refuseOtherLogin(params.type, forcedLogin());
			try {
				switch (params.type) {
					case 'apiKey': {
						const key = params.apiKey.trim();
						if (key === '') throw new RpcFailure(invalidRequest('the API key must not be empty'));
						await credentials.setApiKey(key);
						signedIn(context);
						return { type: 'apiKey' };
					}
					case 'chatgptAuthTokens': {
						const { accessToken, chatgptAccountId: accountId, chatgptPlanType: plan = null } = params;
						credentials.setExternal({ accessToken, accountId, plan }, context.session);
						signedIn(context);
						return { type: 'chatgptAuthTokens' };
					}
					case 'chatgpt': {
						// A streamlined sign-in ends on a page without further steps: ours always does.
						const login = await logins.browser(context.session.client?.name ?? 'tiller');
						waits(context, login);
						return { type: 'chatgpt', loginId: login.id, authUrl: login.authUrl };
					}
					case 'chatgptDeviceCode': {
						const login = await logins.device();
						waits(context, login);
						return { type: 'chatgptDeviceCode', loginId: login.id, verificationUrl: login.verificationUrl, userCode: login.userCode };
					}
					default:
						return params satisfies never;
				}
			} catch (error) {
				throw toFailure(error);
			}
		},

		'account/login/cancel': ({ loginId }) => {
			if (!UUID.test(loginId)) throw new RpcFailure(invalidRequest(`invalid login id: ${loginId}`));
			return { status: logins.cancel(loginId) ? 'canceled' : 'notFound' };
		},

		'account/logout': async (_params, context) => {
			logins.cancelAll();
			await credentials.logout();
			changed();
			context.afterReply(announce);
			return {};
		},
	};
}

/** What a person can do something about is a refusal, the rest a failure of ours or of the service. */
function toFailure(error: unknown): unknown {
	if (!(error instanceof AuthError)) return error;
	return error.kind === 'forbidden' || error.kind === 'signInAgain' ? refusal(error.text) : failure(error.text);
}
