import { AuthError } from './authError.ts';
import type { AuthStore } from './authStore.ts';
import type { Issuer } from './issuer.ts';
import { readStored, type Tokens } from './signIn.ts';
import { readClaims } from './tokenClaims.ts';
import { checkWorkspace, type SignInRules } from './workspaceRules.ts';
import { l10n } from '../words/l10n.ts';

export type Renewed = Omit<Tokens, 'claims' | 'refreshedAt'>;

export interface RenewalOptions {
	store(): AuthStore;
	readonly issuer: Issuer;
	rules(): SignInRules;
	/** Rejects with the error of the store. */
	write(tokens: Renewed): Promise<void>;
	warn(message: string, error: unknown): void;
}

/** A token that says nothing of its end is renewed this long after the last time, in milliseconds. */
const UNKNOWN_LIFE_MS = 8 * 24 * 3_600_000;
/** Renewed this long before its end. */
const MARGIN_MS = 5 * 60_000;
/** A renewal that failed for a passing reason, or brought a token that already seems to have ended, is not tried again before. */
const PAUSE_MS = 60_000;

/**
 * Whether a token is about to end. Its age is measured with one clock, from the moment it was written to now, and compared with the life
 * that the issuer gave it: a clock that is wrong by hours changes nothing.
 */
export function isDue({ accessToken, refreshedAt }: Pick<Tokens, 'accessToken' | 'refreshedAt'>, now: number): boolean {
	const claims = readClaims(accessToken);
	const age = refreshedAt === null || refreshedAt > now ? null : now - refreshedAt;
	if (claims === null || claims.expiresAt === null) return age !== null && age > UNKNOWN_LIFE_MS;
	const life = claims.issuedAt === null ? 0 : (claims.expiresAt - claims.issuedAt) * 1000;
	if (life > 0 && age !== null) return age > life - Math.min(MARGIN_MS, life / 2);
	return now > claims.expiresAt * 1000 - MARGIN_MS;
}

/** Renews the stored tokens at the issuer: one at a time, with a refresh token that is used once. */
export class TokenRenewal {
	readonly #options: RenewalOptions;
	#running: Promise<void> | null = null;
	/** A refresh token that the issuer will never take again, and why. */
	#ended: { readonly refreshToken: string; readonly error: AuthError } | null = null;
	/** By the monotonic clock. */
	#triedAt = Number.NEGATIVE_INFINITY;

	constructor(options: RenewalOptions) {
		this.#options = options;
	}

	/** Whether asking the issuer in advance, without a refusal, makes sense now. */
	isWorthIt({ refreshToken }: Tokens): boolean {
		return refreshToken !== null && refreshToken !== this.#ended?.refreshToken && performance.now() - this.#triedAt > PAUSE_MS;
	}

	/** Whoever asks while a renewal runs waits for that one. Throws `AuthError`. */
	renew(): Promise<void> {
		this.#running ??= this.#renew().finally(() => (this.#running = null));
		return this.#running;
	}

	async #renew(): Promise<void> {
		const { issuer, rules, write, warn } = this.#options;
		const before = this.#tokens();
		if (before === null || before.refreshToken === null) throw new AuthError(l10n`The sign-in has ended. Sign in again.`, { kind: 'signInAgain' });
		if (before.refreshToken === this.#ended?.refreshToken) throw this.#ended.error;
		this.#triedAt = performance.now();
		const renewed = await issuer.renew(before.refreshToken, new AbortController().signal).catch((error: unknown) => {
			// Another program was faster: its tokens are there now.
			if (this.#tokens()?.refreshToken !== before.refreshToken && this.#tokens() !== null) return null;
			if (error instanceof AuthError && error.kind === 'signInAgain') this.#ended = { refreshToken: before.refreshToken ?? '', error };
			throw error;
		});
		if (renewed === null) return;
		const next = { ...before, ...renewed };
		if (this.#tokens()?.refreshToken !== before.refreshToken) {
			// Signed out, or in as somebody else, while this ran: nobody may keep what came of it.
			if (next.refreshToken !== null && next.refreshToken !== before.refreshToken)
				await issuer
					.revoke(next.refreshToken, 'refresh_token')
					.catch((error: unknown) => warn('a sign-in that nobody uses could not be revoked', error));
			return;
		}
		checkWorkspace(renewed.claims?.accountId ?? before.accountId, rules());
		try {
			await write(next);
		} catch (cause) {
			throw new AuthError(l10n`The renewed sign-in could not be saved: ${cause instanceof Error ? cause.message : String(cause)}`, {
				kind: 'failed',
				cause,
			});
		}
	}

	#tokens(): Tokens | null {
		const stored = readStored(this.#options.store().read());
		return stored.type === 'chatgpt' ? stored.tokens : null;
	}
}
