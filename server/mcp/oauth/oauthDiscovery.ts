import * as z from 'zod/mini';
// As a member of `z` it looks like the end of a promise.
import { catch as orElse } from 'zod/mini';
import type { Fetch } from '../../model/http/transportFetch.ts';

/** Where people sign in to a server, as it says itself. */
export interface SignInPlace {
	readonly issuer: string;
	readonly authorizationEndpoint: string;
	readonly tokenEndpoint: string;
	/** Null: programs cannot register themselves. */
	readonly registrationEndpoint: string | null;
	/** Trimmed, no two alike; may be none. */
	readonly scopes: readonly string[];
}

/** What is not answered by then is not there, in milliseconds. */
const TIMEOUT_MS = 5_000;
const MAX_BYTES = 512 * 1024;

const text = z.optional(orElse(z.optional(z.string()), undefined));
const anything = z.optional(z.unknown());
const Metadata = z.object({
	issuer: text,
	authorization_endpoint: z.string(),
	token_endpoint: z.string(),
	registration_endpoint: text,
	scopes_supported: anything,
});
const Resource = z.object({ authorization_servers: z.optional(orElse(z.array(z.string()), [])), scopes_supported: anything });

/** Null when the server has no way to sign in that we know, or does not answer. Never rejects. */
export async function discoverSignIn(serverUrl: string, fetchWith: Fetch): Promise<SignInPlace | null> {
	const resource = await firstOf(wellKnown(serverUrl, ['oauth-protected-resource']), Resource, fetchWith);
	const servers = [...(resource?.value.authorization_servers ?? []), serverUrl];
	for (const server of servers) {
		const found = await firstOf(wellKnown(server, ['oauth-authorization-server', 'openid-configuration']), Metadata, fetchWith);
		if (found === null) continue;
		const { issuer, authorization_endpoint, token_endpoint, registration_endpoint, scopes_supported } = found.value;
		if (!isWebAddress(authorization_endpoint) || !isWebAddress(token_endpoint)) continue;
		const own = scopesOf(scopes_supported);
		return {
			issuer: issuer ?? new URL(server).origin,
			authorizationEndpoint: authorization_endpoint,
			tokenEndpoint: token_endpoint,
			registrationEndpoint: registration_endpoint !== undefined && isWebAddress(registration_endpoint) ? registration_endpoint : null,
			scopes: own.length > 0 ? own : scopesOf(resource?.value.scopes_supported),
		};
	}
	return null;
}

/** With the path of the server behind the well-known one, before it, and without. */
function wellKnown(server: string, names: readonly string[]): readonly string[] {
	const url = URL.parse(server);
	if (url === null || !isWebAddress(server)) return [];
	const path = url.pathname.replace(/\/+$/, '');
	const places = (name: string) => [`/.well-known/${name}${path}`, ...(path === '' ? [] : [`${path}/.well-known/${name}`, `/.well-known/${name}`])];
	return names.flatMap(places).map((place) => `${url.origin}${place}`);
}

async function firstOf<T>(
	addresses: readonly string[],
	schema: { safeParse(value: unknown): { success: boolean; data?: T | undefined } },
	fetchWith: Fetch,
) {
	for (const address of addresses) {
		const { success, data } = schema.safeParse(await readJson(address, fetchWith));
		if (success && data !== undefined) return { value: data };
	}
	return null;
}

async function readJson(address: string, fetchWith: Fetch): Promise<unknown> {
	try {
		const response = await fetchWith(address, {
			headers: { accept: 'application/json', 'mcp-protocol-version': '2025-06-18' },
			signal: AbortSignal.timeout(TIMEOUT_MS),
		});
		if (!response.ok || response.body === null) {
			await response.body?.cancel();
			return null;
		}
		const chunks: Uint8Array[] = [];
		let bytes = 0;
		for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
			chunks.push(chunk);
			bytes += chunk.length;
			if (bytes > MAX_BYTES) return null;
		}
		return JSON.parse(Buffer.concat(chunks).toString('utf8'));
	} catch {
		return null;
	}
}

function scopesOf(value: unknown): readonly string[] {
	const texts = Array.isArray(value) ? value.filter((each) => typeof each === 'string').map((each) => each.trim()) : [];
	return [...new Set(texts.filter((each) => each !== ''))];
}

function isWebAddress(address: string): boolean {
	return /^https?:$/.test(URL.parse(address)?.protocol ?? '');
}

export interface ScopeSources {
	/** Of whoever asks to sign in; an empty list means none. */
	readonly requested: readonly string[] | null;
	readonly configured: readonly string[] | null;
	readonly discovered: readonly string[];
}

/** The scopes to ask for, and whether they are only the provider's own offer: one that it may refuse itself. */
export function scopesToAsk({ requested, configured, discovered }: ScopeSources): {
	readonly scopes: readonly string[];
	readonly areDiscovered: boolean;
} {
	const given = requested ?? configured;
	return given === null ? { scopes: discovered, areDiscovered: discovered.length > 0 } : { scopes: scopesOf(given), areDiscovered: false };
}
