import { NoSignInError } from '../../mcp/oauth/oauthLogin.ts';
import { CannotSignInError } from '../../mcp/oauth/mcpSignIn.ts';
import type { McpConnection, ServerState } from '../../mcp/connection.ts';
import { type McpServerConfig, offersTool, sameConnection } from '../../mcp/serverConfig.ts';
import type { JsonValue } from '../../protocol/wire/jsonValue.ts';
import type { McpServerStatus, ResourceContent } from '../../protocol/integrations/mcp.ts';
import { internalError, invalidRequest } from '../../protocol/wire/rpcError.ts';
import { type Handlers, refusal, RpcFailure } from '../../session/handler.ts';
import { encodeNotification } from '../../session/session.ts';
import { configScopeOf } from '../../thread/freezeSettings.ts';
import { asFailure, connectionOf, type McpServerHandlerOptions, mcpServerLookup } from './mcpServerLookup.ts';
import { emptyStatus, knownStatus, wholeStatus, statusOf } from './mcpStatus.ts';
import { textOf } from '../../words/l10n.ts';

/** A call that a client makes itself may take this long, beside the server's own limit. */
const LONGEST_MS = 24 * 60 * 60_000;
const LOGIN_SECONDS = 300;

/** Servers, their tools and resources as clients ask for them. */
export function mcpServerHandlers({ threads, cwd, services }: McpServerHandlerOptions): Handlers {
	const { configs, signIn, threadless, served } = services;
	const { configured, enabledServer, servedThread, serversOfThread, withServer } = mcpServerLookup({ threads, cwd, services });

	return {
		'mcpServerStatus/list': async ({ cursor, limit, detail, includeErrors, onlyKnown, threadId, environmentId, ...asked }) => {
			const only = asked.serverName ?? asked.name;
			if (environmentId && !(asked.serverName && threadId)) throw new RpcFailure(invalidRequest('environmentId requires serverName and threadId'));
			const thread = threadId ? servedThread(threadId) : null;
			const { servers, broken, displaced } = await (thread === null ? configured() : services.serversOf(thread.snapshot));
			const names = [...servers, ...broken]
				.map(({ name }) => name)
				// Servers belong to whole threads, none to an environment.
				.filter((name) => !environmentId && (!only || name === only))
				.sort();
			const { items, nextCursor } = pageOf(names, { cursor, limit });
			const data = items.map(async (name): Promise<McpServerStatus> => {
				const config = servers.find((each) => each.name === name) ?? null;
				const problem = broken.find((each) => each.name === name)?.problem;
				// The configuration may have changed since the thread took it over.
				const own = thread?.servers.get(name) ?? null;
				const current = config !== null && own !== null && sameConnection(own.config, config) ? own : null;
				const status =
					config === null
						? { ...emptyStatus(name), error: problem }
						: onlyKnown === true
							? knownStatus(config, services.known.of(config, cwd))
							: await statusOf(config, {
									full: detail !== 'toolsAndAuthOnly',
									signIn,
									withServer: (work) => (!config.enabled ? null : current === null ? withServer(config, work) : work(current)),
								});
				const replaced = displaced.get(name);
				const all = replaced === undefined ? status : { ...status, replacesPluginIds: [...replaced] };
				return wholeStatus(all, config, thread === null ? null : stateIn(config, current));
			});
			const all = await Promise.all(data);
			return { data: includeErrors === true ? all : all.map((status) => ({ ...status, error: undefined })), nextCursor };
		},

		'mcpServer/resource/read': async ({ threadId, server, uri }) => {
			const read = async (connection: McpConnection) => {
				const signal = AbortSignal.timeout(connection.config.toolTimeoutMs);
				return (await connection.client(signal)).readResource(uri, signal);
			};
			try {
				const { contents } = threadId
					? await read(connectionOf(serversOfThread(threadId), server))
					: await withServer(await enabledServer(server), read);
				return { contents: (Array.isArray(contents) ? contents : []) as ResourceContent[] };
			} catch (error) {
				throw asFailure(error, `resources/read failed for \`${server}\` (${uri})`);
			}
		},

		'mcpServer/tool/call': async ({ threadId, server, tool, arguments: args, _meta }) => {
			const connection = connectionOf(serversOfThread(threadId), server);
			if (!offersTool(connection.config, tool)) throw new RpcFailure(internalError(`tool '${tool}' is disabled for MCP server '${server}'`));
			if (args !== undefined && args !== null && !isTable(args)) throw new RpcFailure(internalError('MCP tool arguments must be a JSON object'));
			try {
				const result = await connection.call({
					tool,
					arguments: isTable(args) ? args : undefined,
					meta: { ...(isTable(_meta) ? _meta : {}), threadId },
					signal: AbortSignal.timeout(LONGEST_MS),
					onProgress: () => {},
				});
				const { content, structuredContent, isError, _meta: meta } = result;
				return {
					content: content as JsonValue[],
					...(structuredContent === undefined ? {} : { structuredContent: structuredContent as JsonValue }),
					...(isError === undefined ? {} : { isError }),
					...(meta === undefined ? {} : { _meta: meta as JsonValue }),
				};
			} catch (error) {
				throw asFailure(error, `tool call failed for \`${server}/${tool}\``);
			}
		},

		'mcpServer/oauth/login': async ({ name, scopes, timeoutSecs }, { session }) => {
			const config = (await configured()).servers.find((each) => each.name === name);
			if (config === undefined) throw new RpcFailure(invalidRequest(`No MCP server named '${name}' found.`));
			try {
				const seconds = Math.max(1, Math.min(timeoutSecs ?? LOGIN_SECONDS, 24 * 60 * 60));
				const login = await signIn.begin(config, { scopes: scopes ?? null, timeoutMs: seconds * 1000 });
				void login.outcome.then(async (outcome) => {
					const isDone = outcome.type === 'done';
					const params = { name, success: isDone, ...(isDone ? {} : { error: outcome.message }) };
					session.notify(encodeNotification({ method: 'mcpServer/oauthLogin/completed', params }));
					if (!isDone) return;
					await threadless.forget(name);
					for (const { servers } of served.values()) if (servers.get(name)?.state.type === 'failed') void servers.get(name)?.restart();
				});
				return { authorizationUrl: login.authorizationUrl };
			} catch (error) {
				if (error instanceof CannotSignInError) throw refusal(textOf(error));
				const message = error instanceof Error ? error.message : String(error);
				throw new RpcFailure(
					internalError(`failed to login to MCP server '${name}': ${error instanceof NoSignInError ? message : `Registration failed: ${message}`}`),
				);
			}
		},

		'mcpServer/restart': async ({ name }) => {
			await enabledServer(name);
			await threadless.forget(name);
			await Promise.all([...served.values()].map(async ({ servers }) => servers.get(name)?.restart()));
			return {};
		},

		'mcpServer/oauth/logout': async ({ name }) => {
			const config = (await configured()).servers.find((each) => each.name === name);
			if (config === undefined) throw new RpcFailure(invalidRequest(`No MCP server named '${name}' found.`));
			const wasSignedIn = await signIn.signOut(config).catch((error: unknown) => {
				throw asFailure(error, `the sign-in to '${name}' could not be removed`);
			});
			await threadless.forget(name);
			for (const { servers } of served.values()) if (servers.get(name)?.state.type === 'ready') void servers.get(name)?.restart();
			return { wasSignedIn };
		},

		'mcpServer/log/read': ({ name }) => ({ lines: services.serverLog.of(name).map(({ at, line }) => ({ atMs: at, line })) }),

		'mcpServer/tools/list': async ({ name }) => {
			const config = (await configured()).servers.find((each) => each.name === name);
			if (config === undefined) throw new RpcFailure(invalidRequest(`No MCP server named '${name}' found.`));
			if (!config.enabled) return { tools: [] };
			const tools = await withServer(config, async (connection) => {
				await connection.start();
				return connection.tools ?? [];
			});
			return {
				tools: tools.map(({ name: tool, description, raw, annotations }) => ({
					name: tool,
					description,
					...(typeof raw.title === 'string' ? { title: raw.title } : {}),
					...(annotations === null ? {} : { annotations: annotations as JsonValue }),
					enabled: offersTool(config, tool),
				})),
			};
		},

		'config/mcpServer/reload': async () => {
			for (const thread of threads.loaded) {
				const own = served.get(thread.id);
				if (own === undefined) continue;
				own.snapshot = configs.lenient(configScopeOf(thread.settings));
				own.servers.reload(await services.serversOf(own.snapshot));
			}
			return {};
		},
	};
}

/** Cursors are positions. */
function pageOf(
	names: readonly string[],
	{ cursor, limit }: { readonly cursor?: string | null | undefined; readonly limit?: number | null | undefined },
) {
	const start = cursor ? Number(cursor) : 0;
	if (!/^\d*$/.test(cursor ?? '') || start > names.length) throw new RpcFailure(invalidRequest(`invalid cursor: ${cursor}`));
	const end = limit === null || limit === undefined ? names.length : Math.min(start + Math.max(limit, 1), names.length);
	return { items: names.slice(start, end), nextCursor: end < names.length ? String(end) : null };
}

const isTable = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a server is in a thread, for clients: one that cannot be used has failed, one that is switched off never starts. */
function stateIn(config: McpServerConfig | null, connection: McpConnection | null): ServerState | null {
	if (config === null) return { type: 'failed', message: '', access: 'notRefused' };
	return config.enabled ? (connection?.state ?? null) : { type: 'idle' };
}
