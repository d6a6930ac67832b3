import { type Provider, resolveProviders } from './provider.ts';

/** Shorter values of headers are no keys, and would black out half of each line. */
const SHORTEST = 8;

/** Every value that a configured provider is known by, of all of them: none may be shown, whoever says it. */
export function providerSecrets(modelProviders: unknown, env: Readonly<Record<string, string | undefined>>): readonly string[] {
	const { providers } = resolveProviders(modelProviders);
	return [...new Set([...providers.values()].flatMap((provider) => secretsOf(provider, env)))].filter((value) => value.length >= SHORTEST);
}

function secretsOf(
	{ envKey, bearerToken, httpHeaders, envHttpHeaders, baseUrl, queryParams }: Provider,
	env: Readonly<Record<string, string | undefined>>,
): readonly string[] {
	const variables = [...(envKey === null ? [] : [envKey]), ...Object.values(envHttpHeaders)];
	const named = variables.flatMap((name) => env[name]?.trim() ?? []);
	const inAddress = baseUrl === null ? [] : addressSecrets(baseUrl);
	return [...named, ...(bearerToken === null ? [] : [bearerToken]), ...Object.values(httpHeaders), ...inAddress, ...Object.values(queryParams)];
}

/** What an address says to be let in: a password, also in the forms in which it is sent, and the values of its query. */
export function addressSecrets(address: string): readonly string[] {
	const url = URL.parse(address);
	if (url === null) return [];
	const { username, password } = url;
	const plain = (text: string) => {
		try {
			return decodeURIComponent(text);
		} catch {
			return text;
		}
	};
	const basic = Buffer.from(`${plain(username)}:${plain(password)}`).toString('base64');
	return [...(password === '' ? [] : [password, plain(password), basic]), ...url.searchParams.values()];
}
