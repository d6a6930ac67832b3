import { AuthError } from './authError.ts';
import type { ChatgptSignIn } from './signIn.ts';
import { planOf, readClaims } from './tokenClaims.ts';
import { checkWorkspace, type SignInRules } from './workspaceRules.ts';
import { l10n } from '../words/l10n.ts';

/** As a client hands them over. */
export interface ExternalTokens {
	readonly accessToken: string;
	readonly accountId: string;
	/** Comes before the plan in the token; null when the client does not say. */
	readonly plan: string | null;
}

export interface ExternalOptions {
	rules(): SignInRules;
	/** Asks the client for new ones. Rejects with `AuthError`; never waits for ever. */
	ask(question: { readonly owner: unknown; readonly previousAccountId: string }): Promise<ExternalTokens>;
}

/** Tokens that a client keeps and renews (S186, S187). They are only in memory. */
export class ExternalSignIn {
	readonly #options: ExternalOptions;
	#current: { readonly signIn: ChatgptSignIn; readonly owner: unknown } | null = null;
	#renewing: Promise<void> | null = null;

	constructor(options: ExternalOptions) {
		this.#options = options;
	}

	current(): ChatgptSignIn | null {
		return this.#current?.signIn ?? null;
	}

	/** `owner` is asked when the tokens have ended. Throws `AuthError`. */
	set(tokens: ExternalTokens, owner: unknown): void {
		this.#current = { signIn: signInOf(tokens, this.#options.rules()), owner };
	}

	clear(): void {
		this.#current = null;
	}

	/** One question at a time, however many requests were refused. Throws `AuthError`. */
	renew(): Promise<void> {
		this.#renewing ??= this.#ask().finally(() => (this.#renewing = null));
		return this.#renewing;
	}

	async #ask(): Promise<void> {
		const before = this.#current;
		if (before === null) throw new AuthError(l10n`Nobody is signed in to ChatGPT any more.`, { kind: 'signInAgain' });
		const tokens = await this.#options.ask({ owner: before.owner, previousAccountId: before.signIn.accountId });
		const signIn = signInOf(tokens, this.#options.rules());
		// Signed out, or in again, in the meantime.
		if (this.#current === before) this.#current = { signIn, owner: before.owner };
	}
}

function signInOf({ accessToken, accountId, plan }: ExternalTokens, rules: SignInRules): ChatgptSignIn {
	const claims = readClaims(accessToken);
	if (claims === null) throw new AuthError(l10n`The access token is no JWT with claims that can be read.`, { kind: 'failed' });
	if (accountId.trim() === '') throw new AuthError(l10n`chatgptAccountId must name a workspace.`, { kind: 'forbidden' });
	if (claims.email === null) throw new AuthError(l10n`The access token does not name the email address of its account.`, { kind: 'forbidden' });
	checkWorkspace(accountId, rules);
	const planName = plan ?? claims.plan;
	return { type: 'chatgpt', accessToken, accountId, email: claims.email, plan: planOf(planName), planName, userId: claims.userId, keptBy: 'client' };
}
