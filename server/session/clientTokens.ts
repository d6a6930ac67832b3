import { AuthError } from '../auth/authError.ts';
import type { ExternalOptions, ExternalTokens } from '../auth/externalSignIn.ts';
import type { Clients } from './clients.ts';
import type { ServerRequests } from './serverRequests.ts';
import { l10n } from '../words/l10n.ts';

/** How long a client may take for new tokens (S187), in milliseconds. */
const ANSWER_MS = 10_000;

/**
 * Asks the client that handed tokens over for new ones; when it has left, every other that could have any. The answer of a client never
 * stands in a message: it could hold a token.
 */
export function askClientForTokens({ clients, requests }: { readonly clients: Clients; readonly requests: ServerRequests }): ExternalOptions['ask'] {
	return async ({ owner, previousAccountId }): Promise<ExternalTokens> => {
		const sessions = clients.initialized().filter((session) => session.client?.experimentalApi);
		const asked = sessions.filter((session) => session === owner);
		const params = { reason: 'unauthorized' as const, previousAccountId };
		const request = requests.send('account/chatgptAuthTokens/refresh', params, asked.length > 0 ? asked : sessions);
		if (sessions.length === 0) request.withdraw();
		let isLate = false;
		const timer = setTimeout(() => {
			isLate = true;
			request.withdraw();
		}, ANSWER_MS);
		const answer = await request.answered.finally(() => clearTimeout(timer));
		if (answer.type === 'result') {
			const { accessToken, chatgptAccountId, chatgptPlanType } = answer.result;
			return { accessToken, accountId: chatgptAccountId, plan: chatgptPlanType ?? null };
		}
		const why =
			answer.type === 'error'
				? l10n`the client that keeps the tokens has none`
				: isLate
					? l10n`the client that keeps the tokens did not answer within ${ANSWER_MS / 1000} s`
					: l10n`the client that keeps the tokens is gone`;
		throw new AuthError(l10n`The sign-in with ChatGPT could not be renewed: ${why}. Sign in again.`, { kind: 'signInAgain' });
	};
}
