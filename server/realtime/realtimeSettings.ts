import * as z from 'zod/mini';
import type { RealtimeVersion } from './voices.ts';

/** What `config.toml` says of realtime sessions. */
export interface RealtimeSettings {
	/** Where the service is, `http:` or `ws:` with or without `s`; null when it is not set. */
	readonly baseUrl: string | null;
	/** Where WebRTC offers go; null: to `baseUrl`. */
	readonly callBaseUrl: string | null;
	readonly version: RealtimeVersion;
	/** Null: the version's own. */
	readonly model: string | null;
	/** In place of what the client sends. */
	readonly backendPrompt: string | null;
	/** Put behind the prompt; null: the product's own, empty: none. */
	readonly startupContext: string | null;
}

const text = z.optional(z.string());
const Keys = z.object({
	experimental_realtime_ws_base_url: text,
	experimental_realtime_webrtc_call_base_url: text,
	experimental_realtime_ws_model: text,
	experimental_realtime_ws_backend_prompt: text,
	experimental_realtime_ws_startup_context: text,
	realtime: z.optional(z.object({ version: z.optional(z.enum(['v1', 'v2'])) })),
});

/** Reads the effective configuration of a thread. Throws an `Error` for people when a value has the wrong form. */
export function realtimeSettings(config: unknown): RealtimeSettings {
	const parsed = Keys.safeParse(config);
	if (!parsed.success) throw new Error(`wrong value of ${parsed.error.issues[0]?.path.map(String).join('.') ?? 'realtime'} in the configuration`);
	const keys = parsed.data;
	return {
		baseUrl: keys.experimental_realtime_ws_base_url ?? null,
		callBaseUrl: keys.experimental_realtime_webrtc_call_base_url ?? null,
		version: keys.realtime?.version ?? 'v2',
		model: keys.experimental_realtime_ws_model ?? null,
		backendPrompt: keys.experimental_realtime_ws_backend_prompt ?? null,
		startupContext: keys.experimental_realtime_ws_startup_context ?? null,
	};
}

/** Address of the socket: `/v1/realtime` below the base. Throws for a base that is no address. */
export function socketUrl(baseUrl: string, query: Readonly<Record<string, string>>): URL {
	return withQuery(endpoint(baseUrl, 'realtime', { http: 'ws:', https: 'wss:' }), query);
}

/** Where an offer of a WebRTC client goes. */
export function callsUrl(baseUrl: string): URL {
	return endpoint(baseUrl, 'realtime/calls', { http: 'http:', https: 'https:' });
}

function endpoint(baseUrl: string, name: string, protocols: { readonly http: string; readonly https: string }): URL {
	const url = new URL(baseUrl);
	const isSecure = url.protocol === 'https:' || url.protocol === 'wss:';
	if (!isSecure && url.protocol !== 'http:' && url.protocol !== 'ws:') throw new Error(`${baseUrl} is no address of a realtime service`);
	const path = url.pathname.replace(/\/+$/, '').replace(/\/v1(?:\/realtime)?$/, '');
	return new URL(`${isSecure ? protocols.https : protocols.http}//${url.host}${path}/v1/${name}`);
}

function withQuery(url: URL, query: Readonly<Record<string, string>>): URL {
	for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
	return url;
}
