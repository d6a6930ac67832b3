import type { ConfigService } from '../../config/layers/configService.ts';
import type { ConfigSnapshot } from '../../config/layers/configSnapshot.ts';
import type { McpConnection } from '../../mcp/connection.ts';
import type { KnownServers } from '../../mcp/knownServers.ts';
import { answerCode } from '../../mcp/sdk/mcpClient.ts';
import type { JoinedServers } from '../../mcp/pluginServers.ts';
import { type McpServerConfig, sameConnection } from '../../mcp/serverConfig.ts';
import type { ServerLog } from '../../mcp/serverLog.ts';
import type { McpSignIn } from '../../mcp/oauth/mcpSignIn.ts';
import type { ThreadlessServers } from '../../mcp/threadlessServers.ts';
import type { ThreadServers } from '../../mcp/threadServers.ts';
import { internalError } from '../../protocol/wire/rpcError.ts';
import { RpcFailure } from '../../session/handler.ts';
import type { Threads } from '../../thread/threads.ts';
import { loadedThread } from '../thread/threadLookup.ts';

export interface McpServerHandlerOptions {
	readonly threads: Threads;
	/** The server's own working directory. */
	readonly cwd: string;
	readonly services: {
		readonly configs: ConfigService;
		readonly signIn: McpSignIn;
		readonly serverLog: ServerLog;
		readonly known: KnownServers;
		readonly threadless: ThreadlessServers;
		readonly served: ReadonlyMap<string, { readonly servers: ThreadServers; snapshot: ConfigSnapshot }>;
		/** Also those of plugins. */
		serversOf(snapshot: ConfigSnapshot): Promise<JoinedServers>;
	};
}

/** Finds the servers that a request is about. */
export function mcpServerLookup({ threads, cwd, services }: McpServerHandlerOptions) {
	const { configs, threadless, served } = services;
	const configured = async () => services.serversOf(configs.snapshot({ cwd }));
	const enabledServer = async (name: string): Promise<McpServerConfig> => {
		const { servers, broken } = await configured();
		const problem = broken.find((each) => each.name === name)?.problem;
		if (problem !== undefined) throw new RpcFailure(internalError(problem));
		const config = servers.find((each) => each.name === name && each.enabled);
		if (config === undefined) throw new RpcFailure(internalError(`unknown MCP server '${name}'`));
		return config;
	};
	const servedThread = (threadId: string) => {
		const { id } = loadedThread(threads, threadId);
		const own = served.get(id);
		if (own === undefined) throw new RpcFailure(internalError(`thread ${id} has no MCP servers`));
		return own;
	};
	const serversOfThread = (threadId: string): ThreadServers => servedThread(threadId).servers;
	/** One that a thread has and that is the same saves starting it once more. */
	const withServer = <T>(config: McpServerConfig, work: (connection: McpConnection) => Promise<T>): Promise<T> => {
		const loaded = [...served.values()].map(({ servers }) => servers.get(config.name));
		const same = loaded.find((connection) => connection?.state.type === 'ready' && sameConnection(connection.config, config));
		return same ? work(same) : threadless.use(config, work);
	};
	return { configured, enabledServer, servedThread, serversOfThread, withServer };
}

export function connectionOf(servers: ThreadServers, name: string): McpConnection {
	const connection = servers.get(name);
	if (connection === null) throw new RpcFailure(internalError(`unknown MCP server '${name}'`));
	return connection;
}

/** Errors of servers in the words of the protocol. */
export function asFailure(error: unknown, what: string): unknown {
	if (error instanceof RpcFailure) return error;
	const message = error instanceof Error ? error.message : String(error);
	const code = answerCode(error);
	const from = code === null ? '' : `Mcp error: ${code}: `;
	return new RpcFailure(internalError(`${what}: ${from}${message}`));
}
