import type { Client } from '../server/client.ts';

/** As a key of the configuration. */
export function keyOf(name: string): string {
	return `mcp_servers.${/^[A-Za-z0-9_-]+$/.test(name) ? name : JSON.stringify(name)}`;
}

/** Writes into the person's own configuration; threads that are open follow with their next turn. */
export async function writeServer(client: Client, keyPath: string, value: unknown): Promise<void> {
	await client.request('config/value/write', { keyPath, value: value as never, mergeStrategy: 'replace' });
	await client.request('config/mcpServer/reload', undefined);
}
