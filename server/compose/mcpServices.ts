import { createHash } from 'node:crypto';
import path from 'node:path';
import { AllowedStarts, type ServerStart, ToolApprovals } from '../approval/grants/mcpApprovals.ts';
import { appOfTool } from '../apps/appEntry.ts';
import type { AppInNamespace } from '../apps/appInstructions.ts';
import { appToolPolicy } from '../apps/appPolicy.ts';
import { hintsOf } from '../mcp/calls/approvalNeed.ts';
import { isEnabled } from '../config/values/features.ts';
import { mayAsk } from '../approval/mayAsk.ts';
import type { ConfigSnapshot } from '../config/layers/configSnapshot.ts';
import type { ElicitationAnswer, ElicitationQuestion } from '../items/approver.ts';
import type { ConnectionPorts, ServerState } from '../mcp/connection.ts';
import { CredentialFile } from '../mcp/oauth/credentialFile.ts';
import { CredentialKeyring, PreferredCredentials } from '../mcp/oauth/credentialKeyring.ts';
import { DECLINED, type ElicitationReply, type ElicitationRequest } from '../mcp/calls/elicitation.ts';
import type { McpRuntime } from '../mcp/runtime.ts';
import type { AccessTokens, ListedTool } from '../mcp/sdk/mcpClient.ts';
import { APP_GATEWAY, commandLineOf, type ConfiguredServers, type McpServerConfig, readServers } from '../mcp/serverConfig.ts';
import { ServerLog } from '../mcp/serverLog.ts';
import { KnownServers } from '../mcp/knownServers.ts';
import { McpSignIn } from '../mcp/oauth/mcpSignIn.ts';
import type { OfferedApp, ThreadServers } from '../mcp/threadServers.ts';
import { ThreadlessServers } from '../mcp/threadlessServers.ts';
import type { Threads } from '../thread/threads.ts';
import type { ToolContext } from '../tools/tool.ts';
import { type JoinedServers, type PluginServers, withPluginServers } from '../mcp/pluginServers.ts';
import type { Ground } from './ground.ts';
import { transportFetch } from '../model/http/transportFetch.ts';
import { loadMcpRuntime } from '../mcp/loadMcpRuntime.ts';
import type { PluginServices } from './pluginFeature.ts';

/** A thread with its servers. */
export interface ServedThread {
	readonly servers: ThreadServers;
	/** The configuration that its servers come from. */
	snapshot: ConfigSnapshot;
	/** Calls of models that run now, the newest last. */
	readonly running: Set<ToolContext & { readonly callId: string }>;
}

/** What depends on whom a connection is for. */
interface OwnPorts extends Pick<ConnectionPorts, 'elicit' | 'mayStart' | 'stateChanged' | 'listsChanged'> {
	/** Where its program starts. Absolute. */
	readonly folder: string;
}

interface ThreadPortsOptions {
	readonly served: () => ServedThread;
	readonly threads: Threads;
	readonly threadId: string;
	/** Of the thread. Absolute. */
	readonly folder: string;
}

export type McpServices = ReturnType<typeof createMcpServices>;

/** What all threads share of their MCP servers. */
export function createMcpServices(ground: Ground, plugins: Pick<PluginServices, 'active' | 'settings'>) {
	const { assets, backend, configs, credentials, env, home, keyring, log, processes, requirements, subscriptions, transport, version, cwd } = ground;
	let runtime: McpRuntime | null = null;
	const load = (): McpRuntime => (runtime ??= loadMcpRuntime(assets));
	const serverLog = new ServerLog(ground.redact);
	const note = (server: string, line: string) => serverLog.add(server, line);
	const fetchSignIn = transportFetch(transport, 'The sign-in');
	const file = new CredentialFile(home);
	const inKeyring = new CredentialKeyring(keyring);
	const signIn = new McpSignIn({
		store: () => {
			switch (configs.lenient().config.mcp_oauth_credentials_store ?? 'auto') {
				case 'file':
					return file;
				case 'keyring':
					return inKeyring;
				case 'auto':
					return new PreferredCredentials(inKeyring, file, (message) => log.debug(message));
			}
		},
		requests: () => Promise.resolve(load().oauthRequests(fetchSignIn)),
		fetch: fetchSignIn,
		callback: () => {
			const { mcp_oauth_callback_port: port = 0, mcp_oauth_callback_url: url = null } = configs.lenient().config;
			return { port, url };
		},
		log: note,
	});
	const starts = new AllowedStarts(home);
	const known = new KnownServers(home, Date.now);
	/** The plugins that servers come from, by the servers' names. */
	const origins = new Map<string, string>();
	const tools = new ToolApprovals({
		allowed: () => allowedTools(configs.lenient(), origins),
		write: (server, tool, mode) => {
			const app = server === APP_GATEWAY ? appWithTool(tool) : null;
			const plugin = origins.get(server);
			const owner = app !== null ? ['apps', app] : [...(plugin === undefined ? [] : ['plugins', plugin]), 'mcp_servers', server];
			const key = [...owner, 'tools', tool, 'approval_mode'];
			return configs.write({ edits: [{ path: key, value: mode, merge: 'replace' }], filePath: null, expectedVersion: null }).then(() => {});
		},
	});

	/** The app that a tool of the gateway belongs to, by what the gateway or the configuration says. */
	const appWithTool = (tool: string): string | null => {
		const listed = [...served.values()].flatMap(({ servers }) => servers.get(APP_GATEWAY)?.tools ?? []).find(({ name }) => name === tool);
		const configured = Object.entries(configs.lenient().config.apps ?? {}).find(
			([, { tools: own }]) => own !== undefined && Object.hasOwn(own, tool),
		);
		return (listed === undefined ? undefined : appOfTool(listed.raw)?.id) ?? configured?.[0] ?? null;
	};

	/** By thread. */
	const served = new Map<string, ServedThread>();

	/** The name alone is not enough: anybody can give it to a server of their own, which must not get the tokens of the account. */
	const isGateway = ({ name, transport }: McpServerConfig) =>
		name === APP_GATEWAY && transport.type === 'http' && transport.url === `${backend.baseUrl}${backend.servicePath('apps')}`;
	const gateway = (): McpServerConfig | null => {
		const signIn = credentials.current();
		if (signIn?.type !== 'chatgpt') return null;
		const entry = { url: `${backend.baseUrl}${backend.servicePath('apps')}`, http_headers: { 'chatgpt-account-id': signIn.accountId } };
		return readServers({ [APP_GATEWAY]: entry }).servers[0] ?? null;
	};
	/** Where apps are on, the gateway too. A server of the person's own with that name comes first. */
	const withGateway = (configured: JoinedServers, snapshot: ConfigSnapshot): JoinedServers => {
		const apps = isEnabled(snapshot.config, 'apps') ? gateway() : null;
		if (apps === null || [...configured.servers, ...configured.broken].some(({ name }) => name === APP_GATEWAY)) return configured;
		return { ...configured, servers: [...configured.servers, apps] };
	};
	const appOf = (config: McpServerConfig, tool: ListedTool, snapshot: ConfigSnapshot): OfferedApp | null => {
		const app = isGateway(config) ? appOfTool(tool.raw) : null;
		if (app === null) return null;
		const { readOnly, destructive, openWorld } = hintsOf(tool.annotations);
		const hints = { destructive: readOnly === true ? false : destructive, openWorld };
		const { isOffered, approval } = appToolPolicy(snapshot.config.apps, { app: app.id, tool: tool.name, hints });
		return { ...app, isOffered, approval };
	};
	const accountTokens: AccessTokens = {
		current: async ({ renew }) => {
			const signIn = await backend.signIn();
			if (signIn === null || renew !== signIn.accessToken) return signIn?.accessToken ?? null;
			await credentials.recover(signIn, 1);
			return (await backend.signIn())?.accessToken ?? null;
		},
	};

	/** What a connection works with, whoever it is for. */
	const ports = (config: McpServerConfig, { folder, ...own }: OwnPorts): ConnectionPorts => ({
		...own,
		learned: (said) => (said === null ? known.notStarted(config, folder) : known.listed(config, folder, said)),
		connect: () => Promise.resolve(load().connect),
		host: processes,
		fetch: transportFetch(transport, 'The MCP server', { idleMs: null }),
		env,
		version,
		tokens: isGateway(config) ? accountTokens : signIn.tokens(config),
		log: (line) => {
			note(config.name, line);
			log.debug('an MCP server says', { server: config.name, line });
		},
		redact: ground.redact,
		now: () => performance.now(),
	});

	const threadless = new ThreadlessServers(cwd, (config) =>
		ports(config, {
			folder: cwd,
			elicit: () => Promise.resolve(DECLINED),
			mayStart: (asked) => Promise.resolve(refusedStart(startOf(asked, configs.lenient({ cwd })), starts)),
			stateChanged: () => {},
			listsChanged: () => {},
		}),
	);

	/** The connections of a thread. */
	const threadPorts = (config: McpServerConfig, { served, threads, threadId, folder }: ThreadPortsOptions) =>
		ports(config, {
			folder,
			elicit: (request, signal) => elicit(request, { config, served: served(), threads, threadId, signal }),
			mayStart: async (asked, signal) => {
				const start = startOf(asked, served().snapshot);
				const refused = refusedStart(start, starts);
				if (start === null || refused === null) return refused;
				// The thread is made at this moment.
				await Promise.resolve();
				return askToStart(start, { threads, threadId, signal, starts });
			},
			stateChanged: (state) => tell(threadId, config.name, state),
			listsChanged: () => {},
		});

	const tell = (threadId: string, name: string, state: ServerState) => {
		const status = statusOf(state);
		if (status === null) return;
		const failureReason = state.type === 'failed' && state.access === 'signInExpired' ? 'reauthenticationRequired' : null;
		// There is one environment, and every server is there for the whole thread.
		const params = { threadId, name, environmentId: null, ...status, failureReason } as const;
		subscriptions.broadcast({ method: 'mcpServer/startupStatus/updated', params });
	};

	const pluginServers = async (snapshot: ConfigSnapshot): Promise<readonly PluginServers[]> => {
		const settings = plugins.settings();
		return (await plugins.active(snapshot)).map(({ id, folder, contents }) => ({
			id,
			folder,
			servers: contents.mcpServers,
			settings: tableOf(settings[id]).mcp_servers,
		}));
	};
	const pinned = (servers: Readonly<Record<string, unknown>>) => tableOf(requirements.pinned({ mcp_servers: servers }).mcp_servers);

	/** Of the configuration, of plugins, and the gateway of apps. Never rejects: where it cannot be said what administrators want, no plugin has any. */
	const serversOf = async (snapshot: ConfigSnapshot): Promise<JoinedServers> => {
		const own = ownServersOf(snapshot);
		try {
			const found = withPluginServers(own, await pluginServers(snapshot), pinned);
			for (const { name, plugin } of found.servers) {
				if (plugin === null) origins.delete(name);
				else origins.set(name, plugin.id);
			}
			return withGateway(found, snapshot);
		} catch (error) {
			log.warn('the MCP servers of plugins are left out', { error });
			return withGateway({ ...own, displaced: new Map() }, snapshot);
		}
	};

	/** Another account has other apps: threads that are loaded get them with the next request. */
	const accountChanged = (): void => {
		for (const { servers, snapshot } of served.values()) if (isEnabled(snapshot.config, 'apps')) servers.reloadWith(serversOf(snapshot));
	};

	/** The apps with tools that the model of a thread may call; waits a moment for a gateway that has just begun. */
	const offeredApps = async (threadId: string): Promise<readonly AppInNamespace[]> => {
		const servers = served.get(threadId)?.servers;
		if (servers === undefined || gateway() === null) return [];
		await servers.settle(new AbortController().signal);
		const apps = servers.offered().flatMap(({ app, namespace }) => (app === null ? [] : [[app.id, { ...app, namespace }] as const]));
		return [...new Map(apps).values()];
	};

	return {
		configs,
		gateway,
		accountChanged,
		offeredApps,
		serversOf,
		appOf,
		signIn,
		starts,
		known,
		tools,
		serverLog,
		threadless,
		threadPorts,
		tell,
		served,
		/** The servers of a thread connect, now that whoever made it has their answer. */
		begin: (threadId: string): void => served.get(threadId)?.servers.begin(),
		/** Rejects when a server that has to be there did not start. */
		ready: (threadId: string): Promise<void> => served.get(threadId)?.servers.required() ?? Promise.resolve(),
		async close(): Promise<void> {
			signIn.close();
			await threadless.close();
		},
	};
}

const tableOf = (value: unknown): Readonly<Record<string, unknown>> =>
	typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};

export function ownServersOf(snapshot: ConfigSnapshot): ConfiguredServers {
	return readServers(snapshot.config.mcp_servers);
}

function statusOf(state: ServerState) {
	switch (state.type) {
		case 'starting':
		case 'ready':
			return { status: state.type, error: null } as const;
		case 'failed':
			return { status: 'failed', error: state.message } as const;
		case 'idle':
			return null;
		case 'closed':
			return { status: 'cancelled', error: null } as const;
		default:
			return state satisfies never;
	}
}

/** The tools that the user's own file allows. `origins`: the plugins that servers come from now. */
function allowedTools(snapshot: ConfigSnapshot, origins: ReadonlyMap<string, string>) {
	const user = snapshot.layers.find(({ source, disabledReason }) => source.type === 'user' && disabledReason === null);
	if (user === undefined || user.file === null) return [];
	const { file } = user;
	const own = readServers(user.table['mcp_servers'])
		.servers.filter(({ name }) => !origins.has(name))
		.flatMap(({ name, approvals }) => Object.entries(approvals).map(([tool, mode]) => ({ server: name, tool, mode })));
	const ofPlugins = [...origins].flatMap(([server, id]) => {
		const settings = tableOf(tableOf(tableOf(tableOf(user.table['plugins'])[id]).mcp_servers)[server]);
		return Object.entries(tableOf(settings.tools)).map(([tool, said]) => ({ server, tool, mode: tableOf(said).approval_mode }));
	});
	const ofApps = Object.values(tableOf(user.table['apps'])).flatMap((app) =>
		Object.entries(tableOf(tableOf(app).tools)).map(([tool, said]) => ({ server: APP_GATEWAY, tool, mode: tableOf(said).approval_mode })),
	);
	return [...own, ...ofPlugins, ...ofApps].flatMap(({ server, tool, mode }) => (mode === 'approve' ? [{ server, tool, file }] : []));
}

/** Null when the person themselves configured the server. */
function startOf(config: McpServerConfig, snapshot: ConfigSnapshot): ServerStart | null {
	const { name: server, plugin, transport } = config;
	const fingerprint = createHash('sha256').update(JSON.stringify(transport)).digest('hex');
	const what = `${commandLineOf(config)}${variablesOf(transport)}`;
	if (plugin !== null) return { folder: plugin.folder, plugin: plugin.id, server, what, fingerprint };
	const layer = snapshot.layers.find(
		({ source, table, disabledReason }) => source.type === 'project' && disabledReason === null && hasServer(table, config.name),
	);
	if (layer === undefined) return null;
	return { folder: path.dirname(layer.folder ?? ''), server, what, fingerprint };
}

/** The variables of this environment that the server gets. */
function variablesOf(transport: McpServerConfig['transport']): string {
	const { bearerTokenEnvVar, envHeaders } = transport.type === 'http' ? transport : { bearerTokenEnvVar: null, envHeaders: {} };
	const names =
		transport.type === 'stdio' ? transport.envVars : [...(bearerTokenEnvVar === null ? [] : [bearerTokenEnvVar]), ...Object.values(envHeaders)];
	return names.length === 0 ? '' : ` (gets ${names.join(', ')})`;
}

function hasServer(table: Readonly<Record<string, unknown>>, name: string): boolean {
	const servers = table['mcp_servers'];
	return typeof servers === 'object' && servers !== null && Object.hasOwn(servers, name);
}

function refusedStart(start: ServerStart | null, starts: AllowedStarts): string | null {
	if (start === null || starts.isAllowed(start)) return null;
	return `the MCP server ${start.server} is not started: ${originOf(start, 'the configuration of ')} wants to run ${start.what}, and nobody has allowed that yet`;
}

/** Where a start comes from, for people: they know a plugin by its name, not by where its files lie. */
const originOf = ({ plugin, folder }: ServerStart, beforeFolder = '') => (plugin === undefined ? `${beforeFolder}${folder}` : `the plugin ${plugin}`);

const EMPTY_FORM = { mode: 'form', schema: { type: 'object', properties: {} } } as const;

async function askToStart(
	start: ServerStart,
	{ threads, threadId, signal, starts }: { threads: Threads; threadId: string; signal: AbortSignal; starts: AllowedStarts },
): Promise<string | null> {
	const thread = threads.get(threadId);
	const refused = refusedStart(start, starts);
	if (thread === null || !mayAsk(thread.settings.approvalPolicy, 'mcp_elicitations')) return refused;
	const answer = await ask(thread, signal, {
		itemId: '',
		serverName: start.server,
		purpose: 'serverStart',
		message: `Allow ${originOf(start)} to start the MCP server "${start.server}"?\n${start.what}`,
		meta: { tiller_approval_kind: 'mcp_server_start', command: start.what, folder: start.folder, plugin: start.plugin ?? null },
		form: EMPTY_FORM,
	});
	if (answer.type !== 'elicited' || answer.action !== 'accept') return refused;
	starts.allow(start);
	return null;
}

/** Outside of a turn. */
function ask(thread: NonNullable<ReturnType<Threads['get']>>, signal: AbortSignal, question: ElicitationQuestion): Promise<ElicitationAnswer> {
	return thread.questions.asker({ turnId: '', signal, interrupt: () => {} }).elicitation(question);
}

interface Elicited {
	readonly config: McpServerConfig;
	readonly served: ServedThread;
	readonly threads: Threads;
	readonly threadId: string;
	readonly signal: AbortSignal;
}

async function elicit(request: ElicitationRequest, { config, served, threads, threadId, signal }: Elicited): Promise<ElicitationReply> {
	const thread = threads.get(threadId);
	const call = [...served.running].at(-1);
	const policy = call?.settings.approvalPolicy ?? thread?.settings.approvalPolicy;
	if (thread === null || policy === undefined || !mayAsk(policy, 'mcp_elicitations')) return DECLINED;
	const { message, meta } = request;
	const question: ElicitationQuestion = {
		itemId: call?.callId ?? '',
		serverName: config.name,
		purpose: 'serverAsks',
		message,
		meta,
		form:
			request.mode === 'form' ? { mode: 'form', schema: request.schema } : { mode: 'url', url: request.url, elicitationId: request.elicitationId },
	};
	const answer = call === undefined ? await ask(thread, signal, question) : await call.approver.elicitation(question, signal);
	if (answer.type === 'elicited') return { action: answer.action, content: answer.content, meta: answer.meta };
	return answer.type === 'cancel' ? { action: 'cancel', content: null, meta: null } : DECLINED;
}
