import type { Client } from '../server/client.ts';

const word = (name: string) => (/^[A-Za-z0-9_-]+$/.test(name) ? name : JSON.stringify(name));

/** As a key of the configuration. What is said of a server of a plugin stands with the plugin. */
export function keyOf(name: string, pluginId: string | null = null): string {
	const key = `mcp_servers.${word(name)}`;
	return pluginId === null ? key : `plugins.${JSON.stringify(pluginId)}.${key}`;
}

/** Writes into the person's own configuration; threads that are open follow with their next turn. */
export async function writeServer(client: Client, keyPath: string, value: unknown): Promise<void> {
	await client.request('config/value/write', { keyPath, value: value as never, mergeStrategy: 'replace' });
	await client.request('config/mcpServer/reload', undefined);
}
