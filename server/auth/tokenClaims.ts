import { isTable } from '../toml/table.ts';

/** The plans that clients know by name. Another one is `unknown`. */
const PLANS = [
	'free',
	'go',
	'plus',
	'pro',
	'prolite',
	'team',
	'self_serve_business_usage_based',
	'business',
	'enterprise_cbp_usage_based',
	'enterprise',
	'edu',
	'promax',
	'self_serve_business_prolite',
	'ent26',
	'enterprise_cbp_automation',
	'edu_plus',
	'edu_pro',
	'sci',
	'sci_plus',
] as const;
export type Plan = (typeof PLANS)[number] | 'unknown';

/** What a token says of its owner and its life. Times are Unix seconds. */
export interface TokenClaims {
	readonly email: string | null;
	/** As the service names it; null when the token has none. */
	readonly plan: string | null;
	readonly accountId: string | null;
	readonly userId: string | null;
	readonly issuedAt: number | null;
	readonly expiresAt: number | null;
}

const ACCOUNT = 'https://api.openai.com/auth';
const PROFILE = 'https://api.openai.com/profile';
const OTHER_NAMES: Readonly<Record<string, Plan>> = { hc: 'enterprise', education: 'edu' };

/** Reads a JWT without checking its signature: the service does that with each request. Null for what is none. */
export function readClaims(token: string): TokenClaims | null {
	const [, payload, signature, ...more] = token.split('.');
	if (payload === undefined || !signature || more.length > 0) return null;
	const claims = tableIn(Buffer.from(payload, 'base64url').toString());
	if (claims === null) return null;
	const account = isTable(claims[ACCOUNT]) ? claims[ACCOUNT] : {};
	const profile = isTable(claims[PROFILE]) ? claims[PROFILE] : {};
	return {
		email: textOf(claims['email']) ?? textOf(profile['email']),
		plan: textOf(account['chatgpt_plan_type']),
		accountId: textOf(account['chatgpt_account_id']),
		userId: textOf(account['chatgpt_user_id']) ?? textOf(account['user_id']),
		issuedAt: secondsOf(claims['iat']),
		expiresAt: secondsOf(claims['exp']),
	};
}

export function planOf(name: string | null): Plan {
	const lower = name?.toLowerCase() ?? '';
	return PLANS.find((plan) => plan === lower) ?? OTHER_NAMES[lower] ?? 'unknown';
}

function tableIn(json: string): Readonly<Record<string, unknown>> | null {
	try {
		const value: unknown = JSON.parse(json);
		return isTable(value) ? value : null;
	} catch {
		return null;
	}
}

const textOf = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null);

const secondsOf = (value: unknown) => (typeof value === 'number' && Number.isFinite(value) ? value : null);
