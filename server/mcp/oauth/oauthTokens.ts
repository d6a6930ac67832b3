import type { CredentialStore, McpCredentials } from './credentialFile.ts';
import type { AccessTokens } from '../sdk/mcpClient.ts';
import { discoverSignIn } from './oauthDiscovery.ts';
import type { Fetch } from '../../model/http/transportFetch.ts';
import type { OAuthRequests } from '../sdk/sdkOAuth.ts';

export interface OAuthTokensOptions {
	readonly server: { readonly name: string; readonly url: string; readonly resource: string | null };
	readonly store: CredentialStore;
	readonly requests: () => Promise<OAuthRequests>;
	readonly fetch: Fetch;
	log(line: string): void;
}

/** A token that ends sooner than this is renewed before it is used, in milliseconds. */
const EARLY_MS = 30_000;

/** The tokens of one server: read anew each time, since another program may have signed in, and renewed before they end. */
export class OAuthTokens implements AccessTokens {
	readonly #options: OAuthTokensOptions;
	#renewing: Promise<string | null> | null = null;

	constructor(options: OAuthTokensOptions) {
		this.#options = options;
	}

	async current({ renew }: { readonly renew: string | null }): Promise<string | null> {
		const known = await this.#load();
		if (known === null) return null;
		// Another program may have renewed the one that was refused.
		const isRefused = renew !== null && known.accessToken === renew;
		const isOld = known.expiresAt !== null && known.expiresAt - Date.now() < EARLY_MS;
		if (!isRefused && !isOld) return known.accessToken;
		if (known.refreshToken === null) return isRefused ? null : known.accessToken;
		this.#renewing ??= this.#renew(known, known.refreshToken).finally(() => {
			this.#renewing = null;
		});
		return (await this.#renewing) ?? (isRefused ? null : known.accessToken);
	}

	async #load(): Promise<McpCredentials | null> {
		try {
			return await this.#options.store.load(this.#options.server);
		} catch (error) {
			this.#options.log(`the stored sign-in cannot be read: ${error instanceof Error ? error.message : String(error)}`);
			return null;
		}
	}

	async #renew(known: McpCredentials, refreshToken: string): Promise<string | null> {
		const { server, store, requests, fetch, log } = this.#options;
		try {
			const place = await discoverSignIn(server.url, fetch);
			if (place === null) throw new Error('the server does not say where to renew it');
			const tokens = await (await requests()).refresh(place, { client: known, refreshToken, resource: server.resource });
			await store.save({ ...known, ...tokens, refreshToken: tokens.refreshToken ?? refreshToken, scopes: tokens.scopes ?? known.scopes });
			return tokens.accessToken;
		} catch (error) {
			log(`the sign-in could not be renewed: ${error instanceof Error ? error.message : String(error)}`);
			return null;
		}
	}
}
