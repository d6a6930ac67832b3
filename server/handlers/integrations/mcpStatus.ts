import type { McpConnection, ServerState } from '../../mcp/connection.ts';
import type { KnownServer } from '../../mcp/knownServers.ts';
import type { McpSignIn } from '../../mcp/oauth/mcpSignIn.ts';
import type { ListedTool, McpClient } from '../../mcp/sdk/mcpClient.ts';
import { type McpServerConfig, offersTool } from '../../mcp/serverConfig.ts';
import type { McpAuthStatus, McpServerConnectionStatus, McpServerInfo, McpServerStatus } from '../../protocol/integrations/mcp.ts';
import type { Resource, ResourceTemplate, Tool } from '../../protocol/integrations/mcp.ts';
import type { JsonValue } from '../../protocol/wire/jsonValue.ts';

const LIST_MS = 60_000;

/** What is said of a server of which nothing is known but its name. */
export function emptyStatus(name: string): McpServerStatus {
	return { name, tools: {}, resources: [], resourceTemplates: [], authStatus: 'unsupported' };
}

/** Without asking the server or its provider. */
export function knownStatus(config: McpServerConfig, known: KnownServer): McpServerStatus {
	const tools = typeof known !== 'object' || known === null || !config.enabled ? [] : known.tools.filter(({ name }) => offersTool(config, name));
	return { ...emptyStatus(config.name), tools: byName(tools), isPending: true, ...pluginOf(config) };
}

export interface StatusSources {
	/** With its resources. */
	readonly full: boolean;
	readonly signIn: McpSignIn;
	/** Calls the work with a connection; null: it is switched off. */
	withServer<T>(work: (connection: McpConnection) => Promise<T>): Promise<T> | null;
}

/** A server as it answers now. One that cannot be started is listed without what it has. */
export async function statusOf(config: McpServerConfig, { full, signIn, withServer }: StatusSources): Promise<McpServerStatus> {
	const [authStatus, listed] = await Promise.all([signIn.status(config), withServer((connection) => listsOf(connection, full))]);
	return { ...emptyStatus(config.name), ...listed, authStatus, ...pluginOf(config) };
}

/** What newer clients want to know besides. `state`: of the thread that they ask about; null: of none, or of one that does not have it. */
export function wholeStatus(status: McpServerStatus, config: McpServerConfig | null, state: ServerState | null): McpServerStatus {
	return {
		serverInfo: null,
		serverCapabilities: null,
		toolListMeta: null,
		...status,
		environmentId: null,
		runtimeStatus: config?.enabled === false && state !== null ? 'disabled' : state && runtimeStatus(state, status.authStatus),
		httpOrigin: config?.transport.type === 'http' ? originOf(config.transport.url) : null,
		pluginId: status.pluginId ?? null,
		toolsError: status.error ?? null,
	};
}

function runtimeStatus(state: ServerState, authStatus: McpAuthStatus): McpServerConnectionStatus {
	switch (state.type) {
		case 'idle':
			return 'notStarted';
		case 'starting':
			return 'starting';
		case 'ready':
			return 'connected';
		case 'closed':
			return 'cancelled';
		case 'failed':
			// Where nobody can sign in, asking for it would help nobody.
			return state.access !== 'notRefused' && (authStatus === 'notLoggedIn' || authStatus === 'oAuth') ? 'authenticationRequired' : 'failed';
		default:
			return state satisfies never;
	}
}

const originOf = (url: string): string | null => (URL.canParse(url) ? new URL(url).origin : null);
const byName = (tools: readonly ListedTool[]) => Object.fromEntries(tools.map(({ name, raw }) => [name, raw as Tool]));
const pluginOf = ({ plugin }: McpServerConfig) => (plugin === null ? {} : { pluginId: plugin.id });

async function listsOf(connection: McpConnection, full: boolean) {
	await connection.start();
	const { state, config } = connection;
	if (state.type === 'failed') return { error: state.message };
	const tools = byName((connection.tools ?? []).filter(({ name }) => offersTool(config, name)));
	const toolListMeta = connection.toolListMeta as JsonValue;
	if (state.type !== 'ready') return { tools, toolListMeta };
	const { client } = state;
	const said = { tools, toolListMeta, serverInfo: infoOf(client), serverCapabilities: client.capabilities as JsonValue };
	if (!full || !client.has.resources) return said;
	const list = (what: 'resources' | 'resourceTemplates') => client.list(what, AbortSignal.timeout(LIST_MS)).catch(() => []);
	const [resources, resourceTemplates] = await Promise.all([list('resources'), list('resourceTemplates')]);
	return { ...said, resources: resources as unknown as Resource[], resourceTemplates: resourceTemplates as unknown as ResourceTemplate[] };
}

function infoOf({ info }: McpClient): McpServerInfo | null {
	if (info === null) return null;
	const text = (value: unknown) => (typeof value === 'string' ? value : null);
	return {
		name: text(info.name) ?? '',
		title: text(info.title),
		version: text(info.version) ?? '',
		description: text(info.description),
		icons: Array.isArray(info.icons) ? (info.icons as JsonValue[]) : null,
		websiteUrl: text(info.websiteUrl),
	};
}
