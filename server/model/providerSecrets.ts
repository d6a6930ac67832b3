import { type Provider, resolveProviders } from './provider.ts';

/** Shorter values of headers are no keys, and would black out half of each line. */
const SHORTEST = 8;

/** Every value that a configured provider is known by, of all of them: none may be shown, whoever says it. */
export function providerSecrets(modelProviders: unknown, env: Readonly<Record<string, string | undefined>>): readonly string[] {
	const { providers } = resolveProviders(modelProviders);
	return [...new Set([...providers.values()].flatMap((provider) => secretsOf(provider, env)))].filter((value) => value.length >= SHORTEST);
}

function secretsOf(
	{ envKey, bearerToken, httpHeaders, envHttpHeaders }: Provider,
	env: Readonly<Record<string, string | undefined>>,
): readonly string[] {
	const variables = [...(envKey === null ? [] : [envKey]), ...Object.values(envHttpHeaders)];
	const named = variables.flatMap((name) => env[name]?.trim() ?? []);
	return [...named, ...(bearerToken === null ? [] : [bearerToken]), ...Object.values(httpHeaders)];
}
