import { AuthError } from './authError.ts';
import type { AuthStore } from './authStore.ts';
import type { ExternalTokens, ExternalSignIn } from './externalSignIn.ts';
import type { IssuedTokens, Issuer } from './issuer.ts';
import { readStored, type SignIn, signInWith, type StoredAuth, withApiKey, withTokens } from './signIn.ts';
import { isDue, type Renewed, TokenRenewal } from './tokenRenewal.ts';
import { checkWorkspace, type SignInRules } from './workspaceRules.ts';
import { l10n, type Text } from '../words/l10n.ts';

export type AuthMode = 'apikey' | 'chatgpt' | 'chatgptAuthTokens';

export interface CredentialsOptions {
	/** By `cli_auth_credentials_store`. Asked each time. */
	store(): AuthStore;
	readonly issuer: Issuer;
	readonly external: ExternalSignIn;
	/** `forced_login_method`, `forced_chatgpt_workspace_id`. Asked each time. */
	rules(): SignInRules;
	/** The key of the environment; null when there is none. */
	environmentKey(): string | null;
	readonly now: () => number;
	/** What went wrong and hinders nobody. */
	warn(message: string, error: unknown): void;
}

const MAX_SECRETS = 20;
const EXTERNAL_ACTIVE = l10n`A client has signed in with ChatGPT tokens of its own. Sign out first (account/logout) to sign in another way.`;

/**
 * Who is signed in, and with what requests go out. The one owner of keys and tokens: asked by each request, told of each refusal. The
 * store is shared with other programs and read anew each time.
 */
export class Credentials {
	readonly #options: CredentialsOptions;
	readonly #renewal: TokenRenewal;
	readonly #listeners: (() => void)[] = [];
	/** The newest last: what was renewed may still stand in a text that comes late. */
	readonly #secrets = new Set<string>();
	#loading: { readonly store: AuthStore; readonly done: Promise<void> } | null = null;
	/** Who was signed in when somebody last looked; undefined before that. */
	#known: string | null | undefined;

	constructor(options: CredentialsOptions) {
		this.#options = options;
		this.#renewal = new TokenRenewal({ ...options, write: (tokens) => this.#writeTokens(tokens) });
	}

	/** Null when nobody is, or when the rules are against it. Does not know of the environment's key. */
	current(): SignIn | null {
		const signIn = this.#options.external.current() ?? this.#stored();
		this.#look(signIn);
		return signIn;
	}

	/** With what a request would go out now. A person who signed in to ChatGPT comes before a key that lies in the environment. */
	active(): SignIn | null {
		const current = this.current();
		if (current?.type === 'chatgpt') return current;
		const key = this.#options.environmentKey();
		if (key !== null && this.#options.rules().method !== 'chatgpt') return { type: 'apiKey', key };
		return current;
	}

	get mode(): AuthMode | null {
		const current = this.current();
		if (current === null) return null;
		if (current.type === 'apiKey') return 'apikey';
		return current.keptBy === 'us' ? 'chatgpt' : 'chatgptAuthTokens';
	}

	/** Why what is stored cannot be used, for people; null when there is nothing, or it can. */
	problem(): Text | null {
		if (this.#options.external.current() !== null) return null;
		const stored = this.#read();
		const unreachable = this.#options.store().problem();
		if (unreachable !== null) return l10n`The sign-in cannot be read: ${unreachable}.`;
		if (stored.type === 'unusable') return l10n`${stored.reason}.`;
		return this.#against(stored)?.text ?? null;
	}

	/** For a request that goes out now: tokens that are about to end are renewed before. */
	async forRequest(): Promise<SignIn | null> {
		await this.ready();
		const active = this.active();
		if (active?.type !== 'chatgpt' || active.keptBy === 'client') return active;
		const stored = this.#read();
		if (stored.type !== 'chatgpt' || !isDue(stored.tokens, this.#options.now()) || !this.#renewal.isWorthIt(stored.tokens)) return active;
		try {
			await this.#renewal.renew();
		} catch (error) {
			// The old token may still do. When it does not, the answer says so.
			if (!(error instanceof AuthError)) throw error;
		}
		return this.active();
	}

	/**
	 * After a service refused these credentials (HTTP 401): first what is stored now is tried (another program may have changed it), once
	 * also when it is the same, then the tokens are renewed. `found` counts what was found for this request before. Null when there is
	 * nothing else to try. Throws `AuthError` when a renewal fails.
	 */
	async recover(refused: SignIn, found: number): Promise<'found' | 'renewed' | null> {
		const active = this.active();
		if (active !== null && secretOf(active) !== secretOf(refused)) return 'found';
		if (active?.type !== 'chatgpt') return null;
		if (active.keptBy === 'us' && found === 0) {
			await this.#options.store().load();
			return 'found';
		}
		if (active.keptBy === 'client') await this.#options.external.renew();
		else await this.#renewal.renew();
		return 'renewed';
	}

	/** Throws `AuthError`. Without effect on a key, and on tokens that a client keeps. */
	async renew(): Promise<void> {
		await this.ready();
		const current = this.current();
		if (current?.type === 'chatgpt' && current.keptBy === 'us') await this.#renewal.renew();
	}

	/** Rejects with `AuthError`, or the error of the store. */
	async setApiKey(key: string): Promise<void> {
		this.refuseBesideExternal();
		const store = this.#options.store();
		await this.ready();
		await store.write(withApiKey(store.read(), key));
		this.#learn();
	}

	/** After a sign-in with ChatGPT. Rejects with `AuthError`, or the error of the store. */
	async setIssued({ idToken, accessToken, refreshToken, claims }: IssuedTokens): Promise<void> {
		this.refuseBesideExternal();
		const { accountId } = claims;
		if (accountId === null) throw new AuthError(l10n`The account has no ChatGPT workspace that Tiller could use.`, { kind: 'failed' });
		checkWorkspace(accountId, this.#options.rules());
		await this.ready();
		await this.#writeTokens({ idToken, accessToken, refreshToken, accountId });
	}

	/** Tokens that the client keeps; they are never written anywhere. Throws `AuthError`. */
	setExternal(tokens: ExternalTokens, owner: unknown): void {
		this.#hide(tokens.accessToken);
		this.#options.external.set(tokens, owner);
		this.#learn();
	}

	/** Throws `AuthError` while a client keeps tokens of its own (S188). */
	refuseBesideExternal(): void {
		if (this.#options.external.current() !== null) throw new AuthError(EXTERNAL_ACTIVE, { kind: 'forbidden' });
	}

	/** Resolves when it is known who is signed in: a keyring takes its time. Never rejects. */
	ready(): Promise<void> {
		const store = this.#options.store();
		if (this.#loading?.store !== store) this.#loading = { store, done: store.load() };
		return this.#loading.done;
	}

	/** Removes everything at once, then has the issuer revoke the tokens: that may fail and hinders nobody. */
	async logout(): Promise<void> {
		await this.ready();
		const stored = this.#read();
		this.#options.external.clear();
		await this.#options.store().clear();
		this.#learn();
		if (stored.type !== 'chatgpt') return;
		const { accessToken, refreshToken } = stored.tokens;
		try {
			await (refreshToken === null
				? this.#options.issuer.revoke(accessToken, 'access_token')
				: this.#options.issuer.revoke(refreshToken, 'refresh_token'));
		} catch (error) {
			this.#options.warn('signed out here, but the sign-in could not be revoked', error);
		}
	}

	/** Hears that another program signed somebody in or out, when that is noticed. */
	onForeignChange(listener: () => void): void {
		this.#listeners.push(listener);
	}

	/** What nobody may see: everything that came into use here lately. */
	secrets(): readonly string[] {
		return [...this.#secrets];
	}

	#stored(): SignIn | null {
		const stored = this.#read();
		if (this.#against(stored) !== null) return null;
		if (stored.type === 'apiKey') return { type: 'apiKey', key: stored.key };
		return stored.type === 'chatgpt' ? signInWith(stored.tokens) : null;
	}

	#read(): StoredAuth {
		const stored = readStored(this.#options.store().read());
		if (stored.type === 'apiKey') this.#hide(stored.key);
		if (stored.type === 'chatgpt') this.#hide(stored.tokens.idToken, stored.tokens.accessToken, stored.tokens.refreshToken ?? '');
		return stored;
	}

	#hide(...secrets: readonly string[]): void {
		for (const secret of secrets) if (secret !== '') this.#secrets.add(secret);
		for (const oldest of this.#secrets) {
			if (this.#secrets.size <= MAX_SECRETS) break;
			this.#secrets.delete(oldest);
		}
	}

	/** What the rules of the administrator have against it. It stays where it is: it may belong to another program. */
	#against(stored: StoredAuth): AuthError | null {
		// Asked with every look at the configuration: where nobody is signed in, nothing has to be looked up.
		if (stored.type !== 'apiKey' && stored.type !== 'chatgpt') return null;
		const rules = this.#options.rules();
		if (stored.type === 'apiKey' && rules.method === 'chatgpt')
			return new AuthError(l10n`Only a sign-in with ChatGPT is allowed here (forced_login_method), not an API key.`, { kind: 'forbidden' });
		if (stored.type !== 'chatgpt') return null;
		if (rules.method === 'api')
			return new AuthError(l10n`Only an API key is allowed here (forced_login_method), not a sign-in with ChatGPT.`, { kind: 'forbidden' });
		try {
			checkWorkspace(stored.tokens.accountId, rules);
			return null;
		} catch (error) {
			if (error instanceof AuthError) return error;
			throw error;
		}
	}

	async #writeTokens(tokens: Renewed): Promise<void> {
		const store = this.#options.store();
		await store.write(withTokens(store.read(), tokens, this.#options.now()));
		this.#learn();
	}

	/** The change was ours: whoever made it tells of it. */
	#learn(): void {
		this.#known = undefined;
		this.current();
	}

	#look(signIn: SignIn | null): void {
		const seen = signIn === null ? null : signIn.type === 'apiKey' ? 'key' : signIn.accountId;
		const before = this.#known;
		this.#known = seen;
		if (before !== undefined && before !== seen) for (const listener of this.#listeners) listener();
	}
}

function secretOf(signIn: SignIn): string {
	return signIn.type === 'apiKey' ? signIn.key : signIn.accessToken;
}
