import { isTable } from '../toml/table.ts';
import { type Plan, planOf, readClaims, type TokenClaims } from './tokenClaims.ts';
import { l10n, type Text } from '../words/l10n.ts';

/** Who is signed in. Nothing outside of this room asks who keeps the tokens of a ChatGPT account (S190). */
export type SignIn = ApiKeySignIn | ChatgptSignIn;

export interface ApiKeySignIn {
	readonly type: 'apiKey';
	readonly key: string;
}

export interface ChatgptSignIn {
	readonly type: 'chatgpt';
	readonly accessToken: string;
	readonly accountId: string;
	readonly email: string | null;
	readonly plan: Plan;
	/** As the service names it. */
	readonly planName: string | null;
	readonly userId: string | null;
	/** `client`: a client keeps the tokens and renews them when asked. */
	readonly keptBy: 'us' | 'client';
}

export interface Tokens {
	readonly idToken: string;
	readonly accessToken: string;
	readonly refreshToken: string | null;
	readonly accountId: string;
	/** Unix milliseconds, by the clock of who wrote it. */
	readonly refreshedAt: number | null;
	readonly claims: TokenClaims;
}

/** What stands in `auth.json`. */
export type StoredAuth =
	| { readonly type: 'nothing' }
	| { readonly type: 'apiKey'; readonly key: string }
	| { readonly type: 'chatgpt'; readonly tokens: Tokens }
	/** Something that cannot be used; `reason` says why, for people. */
	| { readonly type: 'unusable'; readonly reason: Text };

export type AuthTable = Readonly<Record<string, unknown>>;

/** Reads what this program or the command line of the first one wrote. */
export function readStored(table: AuthTable): StoredAuth {
	const key = textOf(table['OPENAI_API_KEY']);
	const mode = table['auth_mode'] ?? (key === null ? 'chatgpt' : 'apikey');
	if (mode === 'apikey') return key === null ? { type: 'nothing' } : { type: 'apiKey', key };
	if (mode !== 'chatgpt') return { type: 'unusable', reason: l10n`auth.json holds a sign-in of a kind that is not known here (${shown(mode)})` };
	const tokens = table['tokens'];
	if (!isTable(tokens)) return { type: 'nothing' };
	const idToken = textOf(tokens['id_token']);
	const accessToken = textOf(tokens['access_token']);
	const claims = idToken === null ? null : readClaims(idToken);
	if (idToken === null || accessToken === null || claims === null) return { type: 'unusable', reason: l10n`the tokens in auth.json cannot be read` };
	const accountId = textOf(tokens['account_id']) ?? claims.accountId;
	if (accountId === null) return { type: 'unusable', reason: l10n`the tokens in auth.json name no workspace` };
	const refreshed = Date.parse(textOf(table['last_refresh']) ?? '');
	return {
		type: 'chatgpt',
		tokens: {
			idToken,
			accessToken,
			refreshToken: textOf(tokens['refresh_token']),
			accountId,
			refreshedAt: Number.isNaN(refreshed) ? null : refreshed,
			claims,
		},
	};
}

/** `table` with a key and without the tokens of another sign-in. */
export function withApiKey(table: AuthTable, key: string): AuthTable {
	const { tokens: _tokens, last_refresh: _refreshed, ...others } = table;
	return { ...others, auth_mode: 'apikey', OPENAI_API_KEY: key };
}

/** `table` with other tokens. Members of the tokens that are not known here stay when they belong to the same account. */
export function withTokens(table: AuthTable, tokens: Omit<Tokens, 'claims' | 'refreshedAt'>, now: number): AuthTable {
	const before = isTable(table['tokens']) && table['tokens']['account_id'] === tokens.accountId ? table['tokens'] : {};
	return {
		...table,
		auth_mode: 'chatgpt',
		OPENAI_API_KEY: null,
		tokens: {
			...before,
			id_token: tokens.idToken,
			access_token: tokens.accessToken,
			refresh_token: tokens.refreshToken ?? '',
			account_id: tokens.accountId,
		},
		last_refresh: new Date(now).toISOString(),
	};
}

export function signInWith(tokens: Tokens): ChatgptSignIn {
	const { email, plan, userId } = tokens.claims;
	return {
		type: 'chatgpt',
		accessToken: tokens.accessToken,
		accountId: tokens.accountId,
		email,
		plan: planOf(plan),
		planName: plan,
		userId,
		keptBy: 'us',
	};
}

const textOf = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null);

function shown(value: unknown): string {
	return typeof value === 'string' ? value.slice(0, 40).replace(/[^\w-]/g, '?') : typeof value;
}
