import type { CloudAccount } from './cloudRequirements.ts';
import { isTable } from '../toml/table.ts';

const CLAIMS = 'https://api.openai.com/auth';

/** Who is signed in, by the tokens of `auth.json`; null for a key or nobody. Tokens are read, not checked: the service does that. */
export function cloudAccountOf(auth: Readonly<Record<string, unknown>>): CloudAccount | null {
	const tokens = isTable(auth['tokens']) ? auth['tokens'] : {};
	const { access_token: accessToken, id_token: idToken, account_id: account } = tokens;
	if (typeof accessToken !== 'string' || typeof idToken !== 'string') return null;
	const claims = claimsOf(idToken)[CLAIMS];
	const own = isTable(claims) ? claims : {};
	const accountId = typeof account === 'string' ? account : text(own['chatgpt_account_id']);
	if (accountId === null) return null;
	return { accessToken, accountId, userId: text(own['chatgpt_user_id']), plan: text(own['chatgpt_plan_type']) };
}

const text = (value: unknown) => (typeof value === 'string' ? value : null);

function claimsOf(token: string): Readonly<Record<string, unknown>> {
	try {
		const value: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
		return isTable(value) ? value : {};
	} catch {
		return {};
	}
}
