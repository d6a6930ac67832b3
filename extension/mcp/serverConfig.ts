import type { Client } from '../server/client.ts';

const word = (name: string) => (/^[A-Za-z0-9_-]+$/.test(name) ? name : JSON.stringify(name));

/** Where a server stands in the configuration. What is said of a server of a plugin stands with the plugin. */
export function pathOf(name: string, pluginId: string | null = null): readonly string[] {
	return [...(pluginId === null ? [] : ['plugins', pluginId]), 'mcp_servers', name];
}

/** As a key of the configuration. */
export function keyOf(name: string, pluginId: string | null = null): string {
	return pathOf(name, pluginId).map(word).join('.');
}

/** Writes into the person's own configuration; threads that are open follow with their next turn. */
export async function writeServer(client: Client, keyPath: string, value: unknown): Promise<void> {
	await client.request('config/value/write', { keyPath, value: value as never, mergeStrategy: 'replace' });
	await client.request('config/mcpServer/reload', undefined);
}
