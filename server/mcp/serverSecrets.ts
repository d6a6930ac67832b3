import { addressSecrets } from '../model/providerSecrets.ts';
import { readServers } from './serverConfig.ts';

/** Shorter values are no keys, and would black out half of each line. */
const SHORTEST = 8;
const SECRET_NAME = /key|token|secret|password|credential/i;

/** What the configured servers are let in by, of all of them: nobody may be shown it, whoever says it. */
export function serverSecrets(table: unknown, env: Readonly<Record<string, string | undefined>>): readonly string[] {
	const values = readServers(table).servers.flatMap(({ transport }) => {
		if (transport.type === 'stdio') {
			const named = transport.envVars.map((name) => [name, env[name]] as const);
			return [...Object.entries(transport.env), ...named].flatMap(([name, value]) => (SECRET_NAME.test(name) ? [value ?? ''] : []));
		}
		const { url, bearerTokenEnvVar, headers, envHeaders } = transport;
		const variables = [...(bearerTokenEnvVar === null ? [] : [bearerTokenEnvVar]), ...Object.values(envHeaders)];
		return [...addressSecrets(url), ...Object.values(headers), ...variables.map((name) => env[name]?.trim() ?? '')];
	});
	return [...new Set(values)].filter((value) => value.length >= SHORTEST);
}
