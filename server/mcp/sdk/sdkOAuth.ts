import { exchangeAuthorization, refreshAuthorization, registerClient } from '@modelcontextprotocol/sdk/client/auth.js';
import type { Fetch } from '../../model/http/transportFetch.ts';
import type { SignInPlace } from '../oauth/oauthDiscovery.ts';

/** A client that a provider knows. */
export interface KnownClient {
	readonly clientId: string;
	readonly clientSecret: string | null;
}

export interface IssuedTokens {
	readonly accessToken: string;
	readonly refreshToken: string | null;
	/** Null: the provider does not say. */
	readonly scopes: readonly string[] | null;
	/** Unix milliseconds; null: it does not end, as far as is known. */
	readonly expiresAt: number | null;
}

/** The requests to a provider, with the official SDK. All reject with an `Error` in the provider's words. */
export interface OAuthRequests {
	register(place: SignInPlace, redirectUri: string): Promise<KnownClient>;
	exchange(
		place: SignInPlace,
		given: { client: KnownClient; code: string; verifier: string; redirectUri: string; resource: string | null },
	): Promise<IssuedTokens>;
	refresh(place: SignInPlace, given: { client: KnownClient; refreshToken: string; resource: string | null }): Promise<IssuedTokens>;
}

/** `fetchFn`: the way to the providers. */
export const oauthRequests = (fetchFn: Fetch): OAuthRequests => ({
	async register(place, redirectUri) {
		if (place.registrationEndpoint === null) {
			throw new Error('the provider does not let programs register themselves; use a token with bearer_token_env_var instead');
		}
		const registered = await registerClient(place.issuer, {
			metadata: metadataOf(place),
			fetchFn,
			clientMetadata: {
				client_name: 'Tiller',
				redirect_uris: [redirectUri],
				grant_types: ['authorization_code', 'refresh_token'],
				token_endpoint_auth_method: 'none',
				response_types: ['code'],
			},
		});
		return { clientId: registered.client_id, clientSecret: registered.client_secret ?? null };
	},

	async exchange(place, { client, code, verifier, redirectUri, resource }) {
		return issued(
			await exchangeAuthorization(place.issuer, {
				metadata: metadataOf(place),
				clientInformation: informationOf(client),
				authorizationCode: code,
				codeVerifier: verifier,
				redirectUri,
				fetchFn,
				...(resource === null ? {} : { resource: new URL(resource) }),
			}),
		);
	},

	async refresh(place, { client, refreshToken, resource }) {
		return issued(
			await refreshAuthorization(place.issuer, {
				metadata: metadataOf(place),
				clientInformation: informationOf(client),
				refreshToken,
				fetchFn,
				...(resource === null ? {} : { resource: new URL(resource) }),
			}),
		);
	},
});

function metadataOf({ issuer, authorizationEndpoint, tokenEndpoint, registrationEndpoint }: SignInPlace) {
	return {
		issuer,
		authorization_endpoint: authorizationEndpoint,
		token_endpoint: tokenEndpoint,
		...(registrationEndpoint === null ? {} : { registration_endpoint: registrationEndpoint }),
		response_types_supported: ['code'],
	};
}

const informationOf = ({ clientId, clientSecret }: KnownClient) => ({
	client_id: clientId,
	...(clientSecret === null ? {} : { client_secret: clientSecret }),
});

function issued(tokens: Awaited<ReturnType<typeof refreshAuthorization>>): IssuedTokens {
	return {
		accessToken: tokens.access_token,
		refreshToken: tokens.refresh_token ?? null,
		scopes: tokens.scope === undefined ? null : tokens.scope.split(' ').filter((scope) => scope !== ''),
		expiresAt: tokens.expires_in === undefined ? null : Date.now() + tokens.expires_in * 1000,
	};
}
