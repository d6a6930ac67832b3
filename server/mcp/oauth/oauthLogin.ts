import { createHash, randomBytes } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CredentialStore } from './credentialFile.ts';
import type { Fetch } from '../../model/http/transportFetch.ts';
import { discoverSignIn, type ScopeSources, scopesToAsk, type SignInPlace } from './oauthDiscovery.ts';
import type { KnownClient, OAuthRequests } from '../sdk/sdkOAuth.ts';
import { l10n, TextError } from '../../words/l10n.ts';

export interface LoginRequest {
	readonly server: { readonly name: string; readonly url: string; readonly resource: string | null };
	readonly scopes: Omit<ScopeSources, 'discovered'>;
	readonly timeoutMs: number;
	readonly callback: CallbackPlace;
	readonly store: CredentialStore;
	readonly requests: OAuthRequests;
	readonly fetch: Fetch;
}

/** Where the browser comes back to. `port` 0: any; `url`: the address that it is sent to, where that is not ours. */
export interface CallbackPlace {
	readonly port: number;
	readonly url: string | null;
}

/** A login that goes on in a browser. */
export interface Login {
	readonly authorizationUrl: string;
	/** Never rejects. */
	readonly outcome: Promise<LoginOutcome>;
	cancel(): void;
}

export type LoginOutcome =
	| { readonly type: 'done' }
	/** `scopesRefused`: the provider does not want scopes that it offers itself. */
	| { readonly type: 'failed'; readonly message: string; readonly scopesRefused: boolean };

/** The server says nothing about signing in. */
export class NoSignInError extends TextError {}

/** Begins to sign in. Rejects with an `Error` in words when it does not get as far as the browser. */
export async function beginLogin({ server, scopes, timeoutMs, callback, store, requests, fetch }: LoginRequest): Promise<Login> {
	const place = await discoverSignIn(server.url, fetch);
	if (place === null) throw new NoSignInError(l10n`No authorization support detected`);
	const listener = await listen(callback);
	try {
		const { redirectUri } = listener;
		const client = await requests.register(place, redirectUri);
		const asked = scopesToAsk({ ...scopes, discovered: place.scopes });
		const [state, verifier] = [randomBytes(32).toString('base64url'), randomBytes(48).toString('base64url')];
		const authorizationUrl = authorizationAddress(place, { client, redirectUri, state, verifier, scopes: asked.scopes, resource: server.resource });
		const cancelled = Promise.withResolvers<Visit>();
		const finish = async (visit: Visit): Promise<LoginOutcome> => {
			if (visit.type === 'failed')
				return { type: 'failed', message: visit.message, scopesRefused: asked.areDiscovered && visit.error === 'invalid_scope' };
			try {
				const tokens = await requests.exchange(place, { client, code: visit.code, verifier, redirectUri, resource: server.resource });
				const { name: serverName, url: serverUrl } = server;
				await store.save({ serverName, serverUrl, ...client, ...tokens, scopes: tokens.scopes ?? [] });
				return { type: 'done' };
			} catch (error) {
				return {
					type: 'failed',
					message: `the sign-in could not be completed: ${error instanceof Error ? error.message : String(error)}`,
					scopesRefused: false,
				};
			}
		};
		const timer = setTimeout(() => cancelled.resolve({ type: 'failed', message: 'timed out waiting for OAuth callback', error: null }), timeoutMs);
		const outcome = listener.visited(state, cancelled.promise, finish).finally(() => clearTimeout(timer));
		return { authorizationUrl, outcome, cancel: () => cancelled.resolve({ type: 'failed', message: 'the sign-in was cancelled', error: null }) };
	} catch (error) {
		listener.close();
		throw error;
	}
}

interface AddressParts {
	readonly client: KnownClient;
	readonly redirectUri: string;
	readonly state: string;
	readonly verifier: string;
	readonly scopes: readonly string[];
	readonly resource: string | null;
}

function authorizationAddress(place: SignInPlace, { client, redirectUri, state, verifier, scopes, resource }: AddressParts): string {
	const url = new URL(place.authorizationEndpoint);
	const set = (name: string, value: string) => url.searchParams.set(name, value);
	set('response_type', 'code');
	set('client_id', client.clientId);
	set('state', state);
	set('code_challenge', createHash('sha256').update(verifier).digest('base64url'));
	set('code_challenge_method', 'S256');
	set('redirect_uri', redirectUri);
	if (scopes.length > 0) set('scope', scopes.join(' '));
	if (resource !== null) set('resource', resource);
	return url.href;
}

type Visit = { readonly type: 'code'; readonly code: string } | { readonly type: 'failed'; readonly message: string; readonly error: string | null };

/** A page on this machine that the provider sends the browser to. It shows what came of it once that is known. */
async function listen({ port, url }: CallbackPlace) {
	const server = http.createServer();
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, '127.0.0.1', resolve);
	});
	const address = server.address() as AddressInfo;
	const redirectUri = url ?? `http://127.0.0.1:${address.port}/callback`;
	const path = new URL(redirectUri).pathname;
	const close = () => {
		server.close();
		server.closeIdleConnections();
	};
	return {
		redirectUri,
		close,
		async visited(state: string, cancelled: Promise<Visit>, finish: (visit: Visit) => Promise<LoginOutcome>): Promise<LoginOutcome> {
			const { promise, resolve } = Promise.withResolvers<{ visit: Visit; response: http.ServerResponse | null }>();
			server.on('request', (request, response) => {
				const asked = URL.parse(request.url ?? '', 'http://127.0.0.1');
				if (asked?.pathname !== path || request.method !== 'GET') return page(response, 404, 'There is nothing here.');
				resolve({ visit: visitOf(asked.searchParams, state), response });
			});
			const { visit, response } = await Promise.race([promise, cancelled.then((given) => ({ visit: given, response: null }))]);
			const outcome = await finish(visit);
			if (response)
				page(
					response,
					outcome.type === 'done' ? 200 : 400,
					outcome.type === 'done' ? 'Signed in. You can close this window.' : `Not signed in: ${outcome.message}`,
				);
			close();
			return outcome;
		},
	};
}

function visitOf(query: URLSearchParams, state: string): Visit {
	if (query.get('state') !== state) return { type: 'failed', message: 'the answer of the provider belongs to another sign-in', error: null };
	const error = query.get('error');
	const said = query.get('error_description');
	if (error !== null) return { type: 'failed', message: `the provider refused (${error})${said === null ? '' : `: ${said}`}`.slice(0, 1000), error };
	const code = query.get('code');
	return code === null ? { type: 'failed', message: 'the provider sent no code', error: null } : { type: 'code', code };
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function page(response: http.ServerResponse, status: number, text: string): void {
	response.writeHead(status, {
		'content-type': 'text/html; charset=utf-8',
		'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
		connection: 'close',
	});
	const shown = text.replace(/[&<>"]/g, (char) => escapes[char] ?? char);
	response.end(
		`<!doctype html><html lang="en"><meta charset="utf-8"><title>Tiller</title><body style="font: 16px system-ui; margin: 4em auto; max-width: 36em"><p>${shown}</p></body></html>`,
	);
}
