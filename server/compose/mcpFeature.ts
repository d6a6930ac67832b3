import { mcpPromptHandlers } from '../handlers/integrations/mcpPrompts.ts';
import { mcpServerHandlers } from '../handlers/integrations/mcpServer.ts';
import type { TurnSettings } from '../items/settings.ts';
import type { McpConnection } from '../mcp/connection.ts';
import { type OfferedTool, ThreadServers } from '../mcp/threadServers.ts';
import { type DynamicToolSpec, namespaced } from '../store/dynamicToolSpec.ts';
import { configScopeOf } from '../thread/freezeSettings.ts';
import type { ThreadFacts } from '../thread/threadPorts.ts';
import type { Threads } from '../thread/threads.ts';
import { instructionsOf, mcpTool, mcpToolSpec } from '../mcp/calls/mcpTool.ts';
import type { Tool } from '../tools/tool.ts';
import { type FoundTool, toolFinder, toolSearch } from '../tools/toolSearch.ts';
import type { ToolSource } from '../tools/toolSource.ts';
import type { Feature } from './feature.ts';
import type { Ground } from './ground.ts';
import { type McpServices, ownServersOf, type ServedThread } from './mcpServices.ts';

/** More tools than this are searched for instead of offered all at once, whatever the provider. */
const MAX_OFFERED = 100;

interface Given {
	readonly threads: Threads;
	readonly services: McpServices;
	/** Whether models of the turn's provider can search for tools. */
	readonly canSearch: (settings: TurnSettings) => boolean;
}

/** Tools, resources and prompts of MCP servers. Before the tools of files, so that one search finds all that was not offered at once. */
export function mcpFeature({ cwd }: Ground, { threads, services, canSearch }: Given): Feature {
	const { configs, served, threadless } = services;
	const asked = { threads, services, cwd };
	return {
		name: 'MCP servers',
		handlers: { ...mcpServerHandlers(asked), ...mcpPromptHandlers(asked) },
		tools: (thread) => {
			const snapshot = configs.lenient(configScopeOf(thread.settings));
			const servers = new ThreadServers({
				cwd: thread.settings.cwd,
				ports: (config) => services.threadPorts(config, { served: () => own, threads, threadId: thread.id, folder: thread.settings.cwd }),
				known: (config) => services.known.of(config, thread.settings.cwd),
				waitedInVain: (config) => services.known.waitedInVain(config, thread.settings.cwd),
				appOf: (config, tool) => services.appOf(config, tool, own.snapshot),
				broken: (name, problem) => setImmediate(() => services.tell(thread.id, name, { type: 'failed', message: problem, access: 'notRefused' })),
			});
			const own: ServedThread = { servers, snapshot, running: new Set() };
			served.set(thread.id, own);
			thread.scope.own('MCP servers', async () => {
				served.delete(thread.id);
				services.tools.forget(thread.id);
				await servers.close();
			});
			servers.start(ownServersOf(snapshot));
			servers.startWith(services.serversOf(snapshot));
			return sourceOf(thread, own, { services, canSearch });
		},
		observers: [
			{
				phase: 'afterwards',
				attach: (threadId) => ({
					event: ({ type }) => {
						if (type === 'turnStarted') served.get(threadId)?.servers.turnStarted();
						if (type === 'turnEnded') served.get(threadId)?.servers.turnEnded();
					},
				}),
			},
		],
		dispose: async () => {
			await services.close();
			await threadless.close();
		},
	};
}

function sourceOf({ meta }: ThreadFacts, own: ServedThread, { services, canSearch }: Pick<Given, 'services' | 'canSearch'>): ToolSource {
	const { servers, running } = own;
	/** What the thread's model has searched for where it cannot search by itself. */
	const revealed = new Set<string>();
	let known: { readonly marks: readonly unknown[]; readonly tools: readonly Tool[] } | null = null;
	return {
		snapshot: async (settings, signal) => {
			await servers.settle(signal);
			if (servers.all.length === 0) return [];
			const search = canSearch(settings);
			const marks = [search, revealed.size, own.snapshot, ...servers.all.flatMap(marksOf)];
			if (known !== null && known.marks.length === marks.length && known.marks.every((mark, at) => mark === marks[at])) return known.tools;
			const offered = servers.offered();
			const many = offered.length > MAX_OFFERED;
			const isDeferred = (tool: FoundTool) => many && (search || !revealed.has(keyOf(tool)));
			const tools = offered.map((each) => mcpTool(each, { grants: services.tools, running }, { deferred: isDeferred(each) }));
			const specs = many ? offered.map(deferredSpec) : [];
			const finder = search
				? toolSearch(many ? [...meta.dynamicTools, ...specs] : [])
				: toolFinder(specs, (found) => {
						for (const tool of found) revealed.add(keyOf(tool));
					});
			known = { marks, tools: finder === null ? tools : [finder, ...tools] };
			return known.tools;
		},
	};
}

const keyOf = ({ namespace, name }: FoundTool) => `${namespace}\n${name}`;

/** What a list of tools is made from. */
const marksOf = (connection: McpConnection): readonly unknown[] => [connection.config, connection.tools, connection.state.type];

function deferredSpec(offered: OfferedTool): DynamicToolSpec {
	const { description, parameters } = mcpToolSpec(offered);
	return { ...namespaced(offered.namespace, instructionsOf(offered)), name: offered.name, description, inputSchema: parameters, deferLoading: true };
}
