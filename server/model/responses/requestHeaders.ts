import { AuthError } from '../../auth/authError.ts';
import type { SignIn } from '../../auth/signIn.ts';
import { ModelError } from '../model.ts';
import type { KeyCommands } from '../keyCommands.ts';
import type { Provider } from '../provider.ts';
import { addressSecrets } from '../providerSecrets.ts';
import { causeText } from '../providerFailure.ts';
import { l10n, sentences, type Text } from '../../words/l10n.ts';

/** Where the key of a request comes from. */
export interface Credentials {
	readonly provider: Provider;
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly account: Account;
	/** For providers whose key a program prints. */
	readonly keyCommands: Pick<KeyCommands, 'key' | 'refused'>;
	/** What a client gives for one request to ChatGPT; null when none does. */
	attest?(threadId: string): Promise<string | null>;
}

/** Who is signed in, for providers that ask for that. Rejects with `AuthError`. */
export interface Account {
	/** Asked before each attempt; null when nobody is. */
	forRequest(): Promise<SignIn | null>;
	/** Looks for better credentials after these were refused (HTTP 401); null when there are none. `found`: how often some were found before. */
	recover(refused: SignIn, found: number): Promise<'found' | 'renewed' | null>;
	/** Why what is there cannot be used; null when there is nothing, or it can. */
	problem(): Text | null;
}

export interface RequestHeaders {
	readonly headers: Readonly<Record<string, string>>;
	/** What must not be shown: every value that came from the configuration, the environment or the account. */
	readonly secrets: readonly string[];
	/** Whose credentials of the account are in them; null when the provider has a key of its own or needs none. */
	readonly signIn: SignIn | null;
	/** Null when none is sent. */
	readonly key: string | null;
}

/** The requests that carry an attestation to ChatGPT: those that make the model work, and no others (S226). */
export interface Attested {
	readonly threadId: string;
}

/** `given` with the provider's own headers and the key. Throws `ModelError` when there is no key, or a value that no header can hold. */
export async function requestHeaders(
	credentials: Credentials,
	given: Readonly<Record<string, string>>,
	attested: Attested | null = null,
): Promise<RequestHeaders> {
	const { provider, env } = credentials;
	const headers: Record<string, string> = { ...given };
	const secrets: string[] = [...(provider.baseUrl === null ? [] : addressSecrets(provider.baseUrl)), ...Object.values(provider.queryParams)];
	const add = (name: string, value: string) => {
		secrets.push(value);
		headers[name.toLowerCase()] = value;
	};
	const { key, signIn } = await keyOf(credentials);
	if (signIn?.type === 'chatgpt') headers['chatgpt-account-id'] = signIn.accountId;
	if (key !== null) {
		add(...keyHeader(provider, key));
		secrets.push(key);
	}
	for (const [name, value] of Object.entries(provider.httpHeaders)) add(name, value);
	for (const [name, variable] of Object.entries(provider.envHttpHeaders)) {
		const value = env[variable]?.trim();
		if (value) add(name, value);
	}
	if (attested !== null && provider.isChatgpt && signIn?.type === 'chatgpt') {
		const value = (await credentials.attest?.(attested.threadId)) ?? null;
		if (value !== null) add('x-oai-attestation', value);
	}
	for (const [name, value] of Object.entries(headers)) {
		if (/^[!#$%&'*+.^_`|~\w-]+$/.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value)) continue;
		throw new ModelError(
			l10n`The header "${name}" of provider "${provider.id}" holds characters that a header cannot hold; check its value in the configuration.`,
			{ kind: 'other' },
		);
	}
	return { headers, secrets, signIn, key };
}

/** Each API has its own place for a key. */
function keyHeader({ wireApi }: Provider, key: string): [name: string, value: string] {
	if (wireApi === 'anthropic') return ['x-api-key', key];
	return wireApi === 'gemini' ? ['x-goog-api-key', key] : ['authorization', `Bearer ${key}`];
}

/** The address of one of the provider's resources, such as `/responses`, with the configured query. Throws `ModelError`. */
export function providerUrl(provider: Provider, path: string): URL {
	if (provider.baseUrl === null) throw new ModelError(l10n`Provider "${provider.id}" has no base_url.`, { kind: 'other' });
	try {
		const url = new URL(`${provider.baseUrl}${path}`);
		for (const [name, value] of Object.entries(provider.queryParams)) url.searchParams.set(name, value);
		return url;
	} catch (cause) {
		throw new ModelError(l10n`The base_url of provider "${provider.id}" is no address: ${causeText(cause)}`, { kind: 'other', cause });
	}
}

async function keyOf({ provider, env, account, keyCommands }: Credentials): Promise<{ readonly key: string | null; readonly signIn: SignIn | null }> {
	if (provider.envKey !== null) {
		const value = env[provider.envKey]?.trim();
		if (value) return { key: value, signIn: null };
		const missing = l10n`The environment variable ${provider.envKey} with the key of ${provider.name} is not set.`;
		const text = provider.envKeyInstructions ? sentences(missing, provider.envKeyInstructions) : missing;
		throw new ModelError(text, { kind: 'unauthorized' });
	}
	if (provider.keyCommand !== null) return { key: await keyCommands.key(provider), signIn: null };
	if (provider.bearerToken !== null || !provider.requiresAuth) return { key: provider.bearerToken, signIn: null };
	const signIn = await account.forRequest();
	if (signIn !== null) return { key: signIn.type === 'apiKey' ? signIn.key : signIn.accessToken, signIn };
	const problem = account.problem();
	throw new ModelError(
		problem === null
			? l10n`${provider.name} needs an API key or a sign-in with ChatGPT, and neither is there. Sign in, or choose another provider.`
			: sentences(problem, l10n`Sign in to use ${provider.name}, or choose another provider.`),
		{ kind: 'unauthorized' },
	);
}

/** The same failure as requests of models have it. */
export function accountFailure(error: unknown): unknown {
	if (!(error instanceof AuthError)) return error;
	const passes = error.kind === 'unreachable';
	return new ModelError(error.text, { kind: passes ? 'httpConnectionFailed' : 'unauthorized', retryable: passes, cause: error });
}
