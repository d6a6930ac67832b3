import { isTable } from '../toml/table.ts';
import { AuthError } from './authError.ts';
import { readClaims, type TokenClaims } from './tokenClaims.ts';
import { l10n, type Text } from '../words/l10n.ts';

/** The public id under which the issuer knows programs of this kind. */
export const CLIENT_ID = 'app_EMoamEEZ73f0CkXaXp7hrann';

export interface IssuerAnswer {
	readonly status: number;
	readonly body: string;
}

/** Sends a request. Rejects when no answer comes, or with the signal's reason. `secrets` are in no message of it. */
export type AskIssuer = (
	request: { readonly url: string; readonly headers: Readonly<Record<string, string>>; readonly body: string; readonly secrets: readonly string[] },
	signal: AbortSignal,
) => Promise<IssuerAnswer>;

export interface IssuerOptions {
	/** Such as `https://auth.openai.com`. Asked each time. */
	address(): string;
	/** `CODEX_REFRESH_TOKEN_URL_OVERRIDE`, `CODEX_REVOKE_TOKEN_URL_OVERRIDE`. */
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly ask: AskIssuer;
}

/** Tokens as the issuer gives them, after a sign-in. */
export interface IssuedTokens {
	readonly idToken: string;
	readonly accessToken: string;
	readonly refreshToken: string | null;
	readonly claims: TokenClaims;
}

/** What a renewal gives; what is missing stays as it was. */
export type RenewedTokens = Partial<Omit<IssuedTokens, 'refreshToken'>> & { readonly refreshToken?: string };

export interface DeviceCode {
	readonly deviceAuthId: string;
	readonly userCode: string;
	/** How long to wait between two questions. */
	readonly intervalMs: number;
}

const TIMEOUT_MS = 30_000;
const REVOKE_TIMEOUT_MS = 5000;
const DEFAULT_INTERVAL_S = 5;
const MAX_INTERVAL_S = 60;
/** In the issuer's words: why a refresh token is good for nothing any more. */
const ENDED: Readonly<Record<string, Text>> = {
	refresh_token_expired: l10n`it has expired`,
	refresh_token_reused: l10n`another program has already renewed it`,
	refresh_token_invalidated: l10n`it was revoked`,
	invalid_grant: l10n`it is not valid any more`,
};

/** Speaks with who signs people in to ChatGPT: codes and refresh tokens for tokens, device codes, revocation. Throws `AuthError`. */
export class Issuer {
	readonly #options: IssuerOptions;

	constructor(options: IssuerOptions) {
		this.#options = options;
	}

	get address(): string {
		return this.#options.address().replace(/\/+$/, '');
	}

	async exchange(
		{ code, redirectUri, verifier }: { readonly code: string; readonly redirectUri: string; readonly verifier: string },
		signal: AbortSignal,
	): Promise<IssuedTokens> {
		const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, client_id: CLIENT_ID, code_verifier: verifier };
		const { status, body } = await this.#post(
			{ url: `${this.address}/oauth/token`, type: 'application/x-www-form-urlencoded', body: new URLSearchParams(form).toString() },
			[code, verifier],
			signal,
		);
		if (status !== 200) throw refusal(l10n`The sign-in was not completed`, status, body);
		const issued = tableIn(body);
		const idToken = textOf(issued['id_token']);
		const accessToken = textOf(issued['access_token']);
		const claims = idToken === null ? null : readClaims(idToken);
		if (idToken === null || accessToken === null || claims === null) throw unreadable();
		return { idToken, accessToken, refreshToken: textOf(issued['refresh_token']), claims };
	}

	/** `AuthError` of kind `signInAgain` when the token is over, `unreachable` when trying again may help. */
	async renew(refreshToken: string, signal: AbortSignal): Promise<RenewedTokens> {
		const url = this.#options.env['CODEX_REFRESH_TOKEN_URL_OVERRIDE'] || `${this.address}/oauth/token`;
		const { status, body } = await this.#postJson(
			url,
			{ client_id: CLIENT_ID, grant_type: 'refresh_token', refresh_token: refreshToken },
			[refreshToken],
			signal,
		);
		if (status !== 200) throw renewalFailure(status, body);
		const issued = tableIn(body);
		const idToken = textOf(issued['id_token']);
		const accessToken = textOf(issued['access_token']);
		const next = textOf(issued['refresh_token']);
		const claims = idToken === null ? null : readClaims(idToken);
		if (accessToken === null && idToken === null) throw unreadable();
		return {
			...(idToken === null || claims === null ? {} : { idToken, claims }),
			...(accessToken === null ? {} : { accessToken }),
			...(next === null ? {} : { refreshToken: next }),
		};
	}

	/** Rejects when the issuer did not take it. */
	async revoke(token: string, hint: 'refresh_token' | 'access_token'): Promise<void> {
		const url = this.#options.env['CODEX_REVOKE_TOKEN_URL_OVERRIDE'] || `${this.address}/oauth/revoke`;
		const body = { token, token_type_hint: hint, client_id: CLIENT_ID };
		const { status } = await this.#postJson(url, body, [token], AbortSignal.timeout(REVOKE_TIMEOUT_MS));
		if (status < 200 || status > 299) throw new AuthError(l10n`The sign-in could not be revoked (HTTP ${status})`, { kind: 'failed' });
	}

	async deviceCode(signal: AbortSignal): Promise<DeviceCode> {
		const { status, body } = await this.#postJson(`${this.address}/api/accounts/deviceauth/usercode`, { client_id: CLIENT_ID }, [], signal);
		if (status === 404)
			throw new AuthError(
				l10n`Device codes are not enabled for this service. Sign in with the browser, or enable device codes in the security settings of ChatGPT.`,
				{
					kind: 'forbidden',
				},
			);
		if (status !== 200) throw refusal(l10n`No device code was given out`, status, body);
		const given = tableIn(body);
		const deviceAuthId = textOf(given['device_auth_id']);
		const userCode = textOf(given['user_code']) ?? textOf(given['usercode']);
		if (deviceAuthId === null || userCode === null) throw unreadable();
		const seconds = Number(given['interval'] ?? DEFAULT_INTERVAL_S);
		const interval = Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds, MAX_INTERVAL_S) : DEFAULT_INTERVAL_S;
		return { deviceAuthId, userCode: userCode.slice(0, 40), intervalMs: interval * 1000 };
	}

	/** The tokens, once the person has entered the code; null until then. */
	async deviceTokens({ deviceAuthId, userCode }: DeviceCode, signal: AbortSignal): Promise<IssuedTokens | null> {
		const { status, body } = await this.#postJson(
			`${this.address}/api/accounts/deviceauth/token`,
			{ device_auth_id: deviceAuthId, user_code: userCode },
			[deviceAuthId],
			signal,
		);
		if (status === 403 || status === 404) return null;
		if (status !== 200) throw refusal(l10n`The sign-in was not completed`, status, body);
		const given = tableIn(body);
		const code = textOf(given['authorization_code']);
		const verifier = textOf(given['code_verifier']);
		if (code === null || verifier === null) throw unreadable();
		return this.exchange({ code, verifier, redirectUri: `${this.address}/deviceauth/callback` }, signal);
	}

	#postJson(url: string, body: object, secrets: readonly string[], signal: AbortSignal): Promise<IssuerAnswer> {
		return this.#post({ url, type: 'application/json', body: JSON.stringify(body) }, secrets, signal);
	}

	async #post(
		{ url, type, body }: { readonly url: string; readonly type: string; readonly body: string },
		secrets: readonly string[],
		signal: AbortSignal,
	): Promise<IssuerAnswer> {
		const either = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
		try {
			return await this.#options.ask({ url, headers: { 'content-type': type, accept: 'application/json' }, body, secrets }, either);
		} catch (cause) {
			signal.throwIfAborted();
			const why = cause instanceof Error && cause.name !== 'TimeoutError' ? cause.message : l10n`no answer came`;
			throw new AuthError(l10n`The sign-in service cannot be reached: ${why}`, { kind: 'unreachable', cause });
		}
	}
}

function renewalFailure(status: number, body: string): AuthError {
	const code = codeIn(body);
	const why = code === null ? undefined : ENDED[code];
	if (status === 401 || (status === 400 && why !== undefined))
		return new AuthError(l10n`The sign-in could not be renewed: ${why ?? l10n`the service does not accept it any more`}. Sign in again.`, {
			kind: 'signInAgain',
		});
	return new AuthError(l10n`The sign-in could not be renewed: the service answered HTTP ${status}.`, {
		kind: status >= 500 || status === 429 ? 'unreachable' : 'failed',
	});
}

/** What the service says of itself, and nothing else of its answer: that may repeat what was sent. */
function refusal(what: Text, status: number, body: string): AuthError {
	const answer = tableIn(body);
	const error = answer['error'];
	const told = textOf(answer['error_description']) ?? (isTable(error) ? textOf(error['message']) : textOf(error));
	return new AuthError(l10n`${what}: ${told === null ? l10n`the service answered HTTP ${status}` : told.slice(0, 300)}.`, {
		kind: status >= 500 ? 'unreachable' : 'failed',
	});
}

function unreadable(): AuthError {
	return new AuthError(l10n`The answer of the sign-in service cannot be read.`, { kind: 'failed' });
}

function codeIn(body: string): string | null {
	const { error, code } = tableIn(body);
	return isTable(error) ? (textOf(error['code']) ?? textOf(error['type'])) : (textOf(error) ?? textOf(code));
}

function tableIn(json: string): Readonly<Record<string, unknown>> {
	try {
		const value: unknown = JSON.parse(json);
		return isTable(value) ? value : {};
	} catch {
		return {};
	}
}

const textOf = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null);
