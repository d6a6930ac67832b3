import type { McpConnection } from '../../mcp/connection.ts';
import type { RawRecord } from '../../mcp/sdk/mcpClient.ts';
import type { JsonValue } from '../../protocol/wire/jsonValue.ts';
import type { McpServerPrompt } from '../../protocol/integrations/mcp.ts';
import type { Handlers } from '../../session/handler.ts';
import { asFailure, connectionOf, type McpServerHandlerOptions, mcpServerLookup } from './mcpServerLookup.ts';

/** A menu shows the list when it comes. */
const LIST_MS = 20_000;
/** Of one server; nobody reads longer lists. */
const MAX_PROMPTS = 500;

/** Prompts that servers offer to people. */
export function mcpPromptHandlers(options: McpServerHandlerOptions): Handlers {
	const { configured, enabledServer, serversOfThread, withServer } = mcpServerLookup(options);
	return {
		'mcpServer/prompts/list': async ({ threadId }) => {
			const lists = threadId
				? serversOfThread(threadId).all.map(promptsOf)
				: (await configured()).servers.filter(({ enabled }) => enabled).map((config) => withServer(config, promptsOf));
			const prompts = (await Promise.all(lists)).flat();
			return { prompts: prompts.sort((a, b) => compare(a.server, b.server) || compare(a.name, b.name)) };
		},

		'mcpServer/prompts/get': async ({ threadId, server, name, arguments: values }) => {
			const get = async (connection: McpConnection) => {
				const signal = AbortSignal.timeout(connection.config.toolTimeoutMs);
				return (await connection.client(signal)).getPrompt({ name, arguments: values ?? {} }, signal);
			};
			try {
				const { description, messages } = threadId
					? await get(connectionOf(serversOfThread(threadId), server))
					: await withServer(await enabledServer(server), get);
				return {
					...(typeof description === 'string' ? { description } : {}),
					messages: (Array.isArray(messages) ? messages : []) as JsonValue[],
				};
			} catch (error) {
				throw asFailure(error, `prompts/get failed for \`${server}\` (${name})`);
			}
		},
	};
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** A server that does not answer, or not soon, has none. */
async function promptsOf(connection: McpConnection): Promise<readonly McpServerPrompt[]> {
	const signal = AbortSignal.timeout(LIST_MS);
	try {
		const client = await connection.client(signal);
		if (!client.has.prompts) return [];
		const listed = await client.list('prompts', signal);
		return listed.slice(0, MAX_PROMPTS).flatMap((raw) => promptOf(connection.config.name, raw));
	} catch {
		// Its log says why.
		return [];
	}
}

function promptOf(server: string, { name, title, description, arguments: values }: RawRecord): readonly McpServerPrompt[] {
	if (typeof name !== 'string' || name === '') return [];
	return [
		{
			server,
			name,
			...textOf('title', title),
			...textOf('description', description),
			arguments: (Array.isArray(values) ? (values as readonly unknown[]) : []).flatMap((value) => {
				const fields: RawRecord = typeof value === 'object' && value !== null ? { ...value } : {};
				if (typeof fields.name !== 'string') return [];
				return [{ name: fields.name, ...textOf('description', fields.description), required: fields.required === true }];
			}),
		},
	];
}

function textOf<K extends string>(key: K, value: unknown): { readonly [name in K]?: string } {
	return typeof value === 'string' ? ({ [key]: value } as { readonly [name in K]?: string }) : {};
}
