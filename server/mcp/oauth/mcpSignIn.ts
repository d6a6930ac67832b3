import type { CredentialStore } from './credentialFile.ts';
import { hasOwnAuthorization } from '../sdk/httpFetch.ts';
import type { AccessTokens } from '../sdk/mcpClient.ts';
import { discoverSignIn } from './oauthDiscovery.ts';
import { beginLogin, type CallbackPlace, type Login, type LoginOutcome } from './oauthLogin.ts';
import { OAuthTokens } from './oauthTokens.ts';
import type { Fetch } from '../../model/http/transportFetch.ts';
import type { OAuthRequests } from '../sdk/sdkOAuth.ts';
import type { HttpTransportConfig, McpServerConfig } from '../serverConfig.ts';
import { l10n, TextError } from '../../words/l10n.ts';

export type AuthStatus = 'unsupported' | 'notLoggedIn' | 'bearerToken' | 'oAuth';

export interface McpSignInOptions {
	/** As the configuration wants it now. */
	readonly store: () => CredentialStore;
	readonly requests: () => Promise<OAuthRequests>;
	readonly fetch: Fetch;
	readonly callback: () => CallbackPlace;
	log(server: string, line: string): void;
}

/** A server that nobody can sign in to, because of what it is. */
export class CannotSignInError extends TextError {}

/** Who is signed in to which server, and signing in and out. */
export class McpSignIn {
	readonly #options: McpSignInOptions;
	readonly #running = new Map<string, Login>();
	/** Servers that said where to sign in. */
	readonly #places = new Set<string>();

	constructor(options: McpSignInOptions) {
		this.#options = options;
	}

	/** Null for servers that have their own way. */
	tokens(config: McpServerConfig): AccessTokens | null {
		const http = signsIn(config);
		if (http === null) return null;
		const { store, requests, fetch, log } = this.#options;
		const lazy: CredentialStore = {
			load: (server) => store().load(server),
			save: (credentials) => store().save(credentials),
			remove: (server) => store().remove(server),
		};
		return new OAuthTokens({ server: addressOf(config, http), store: lazy, requests, fetch, log: (line) => log(config.name, line) });
	}

	async status(config: McpServerConfig): Promise<AuthStatus> {
		if (config.transport.type === 'stdio') return 'unsupported';
		const http = signsIn(config);
		if (http === null) return 'bearerToken';
		if (await this.#isSignedIn(config, http)) return 'oAuth';
		if (this.#places.has(http.url)) return 'notLoggedIn';
		if ((await discoverSignIn(http.url, this.#options.fetch)) === null) return 'unsupported';
		this.#places.add(http.url);
		return 'notLoggedIn';
	}

	/** Rejects with an `Error` in words; `CannotSignInError` when the server is not one for that. */
	async begin(
		config: McpServerConfig,
		{ scopes, timeoutMs }: { readonly scopes: readonly string[] | null; readonly timeoutMs: number },
	): Promise<Login> {
		const http = config.transport.type === 'http' ? config.transport : null;
		if (http === null) throw new CannotSignInError(l10n`OAuth login is only supported for streamable HTTP servers.`);
		this.#running.get(config.name)?.cancel();
		const login = await beginLogin({
			server: addressOf(config, http),
			scopes: { requested: scopes, configured: config.scopes },
			timeoutMs,
			callback: this.#options.callback(),
			store: this.#options.store(),
			requests: await this.#options.requests(),
			fetch: this.#options.fetch,
		});
		this.#running.set(config.name, login);
		void login.outcome.then((outcome) => this.#ended(config.name, login, outcome));
		return login;
	}

	/** False when nobody was signed in. */
	async signOut(config: McpServerConfig): Promise<boolean> {
		const http = signsIn(config);
		return http !== null && (await this.#options.store().remove(addressOf(config, http)));
	}

	close(): void {
		for (const login of this.#running.values()) login.cancel();
	}

	#ended(name: string, login: Login, outcome: LoginOutcome): void {
		if (this.#running.get(name) === login) this.#running.delete(name);
		this.#options.log(name, outcome.type === 'done' ? 'signed in' : `not signed in: ${outcome.message}`);
	}

	async #isSignedIn(config: McpServerConfig, http: HttpTransportConfig): Promise<boolean> {
		try {
			return (await this.#options.store().load(addressOf(config, http))) !== null;
		} catch (error) {
			this.#options.log(config.name, `the stored sign-in cannot be read: ${error instanceof Error ? error.message : String(error)}`);
			return false;
		}
	}
}

/** Null when the configuration says how the server knows who is there. */
function signsIn({ transport }: McpServerConfig): HttpTransportConfig | null {
	return transport.type === 'http' && !hasOwnAuthorization(transport) ? transport : null;
}

const addressOf = (config: McpServerConfig, { url }: HttpTransportConfig) => ({ name: config.name, url, resource: config.oauthResource });
