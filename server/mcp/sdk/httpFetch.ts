import type { Fetch } from '../../model/http/transportFetch.ts';
import type { AccessTokens } from './mcpClient.ts';
import { MAX_MESSAGE_BYTES } from './jsonLines.ts';
import { authorizationIn } from '../serverAddress.ts';
import type { HttpTransportConfig } from '../serverConfig.ts';

/** What stands in the configuration but cannot be used now, such as a variable that is not set. */
class HttpSetupError extends Error {}

/** The headers that the configuration wants. Throws `HttpSetupError`. */
export function configuredHeaders(config: HttpTransportConfig, env: Readonly<Record<string, string | undefined>>): Record<string, string> {
	const headers: Record<string, string> = {};
	const add = (name: string, value: string, from: string) => {
		if (!/^[!#$%&'*+.^_`|~\w-]+$/.test(name) || !/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
			throw new HttpSetupError(`the header ${JSON.stringify(name)} from ${from} holds characters that a header cannot hold`);
		}
		headers[name.toLowerCase()] = value;
	};
	const inAddress = authorizationIn(config.url);
	if (inAddress !== null) add('authorization', inAddress, 'url');
	for (const [name, value] of Object.entries(config.headers)) add(name, value, 'http_headers');
	for (const [name, variable] of Object.entries(config.envHeaders)) {
		const value = env[variable]?.trim();
		if (value) add(name, value, `the variable ${variable}`);
	}
	if (config.bearerTokenEnvVar !== null) {
		const token = env[config.bearerTokenEnvVar]?.trim();
		if (!token) throw new HttpSetupError(`the environment variable ${config.bearerTokenEnvVar} with the server's token is not set`);
		add('authorization', `Bearer ${token}`, `the variable ${config.bearerTokenEnvVar}`);
	}
	return headers;
}

/** Whether the configuration says how the server knows who is there: then nobody signs in. */
export function hasOwnAuthorization({ url, bearerTokenEnvVar, headers, envHeaders }: HttpTransportConfig): boolean {
	const names = [...Object.keys(headers), ...Object.keys(envHeaders)];
	return authorizationIn(url) !== null || bearerTokenEnvVar !== null || names.some((name) => name.toLowerCase() === 'authorization');
}

/** A fetch that adds the token of whoever is signed in, renews it once when it is refused, and takes no message that is too long. */
export function authorizedFetch(tokens: AccessTokens | null, inner: Fetch): Fetch {
	return async (url, init) => {
		const attempt = async (renew: string | null) => {
			const token = (await tokens?.current({ renew })) ?? null;
			const headers = new Headers(init?.headers);
			if (token !== null) headers.set('authorization', `Bearer ${token}`);
			return { token, response: await inner(url, { ...init, headers }) };
		};
		const first = await attempt(null);
		if (first.response.status !== 401 || first.token === null) return limited(first.response);
		await first.response.body?.cancel();
		return limited((await attempt(first.token)).response);
	};
}

/** A JSON answer counts as a whole, a stream of events by its lines. */
function limited(response: Response): Response {
	if (response.body === null) return response;
	const isStream = response.headers.get('content-type')?.includes('text/event-stream') === true;
	let bytes = 0;
	const limit = new TransformStream<Uint8Array, Uint8Array>({
		transform: (chunk, controller) => {
			const line = isStream ? chunk.lastIndexOf(0x0a) : -1;
			bytes = line < 0 ? bytes + chunk.length : chunk.length - line - 1;
			if (bytes > MAX_MESSAGE_BYTES) controller.error(new Error(`the answer has more than ${MAX_MESSAGE_BYTES} bytes`));
			else controller.enqueue(chunk);
		},
	});
	const { status, statusText, headers } = response;
	return new Response(response.body.pipeThrough(limit), { status, statusText, headers });
}
