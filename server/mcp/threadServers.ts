import { type ConnectionPorts, McpConnection } from './connection.ts';
import type { KnownServer } from './knownServers.ts';
import type { ListedTool } from './sdk/mcpClient.ts';
import { type ApprovalMode, type ConfiguredServers, type McpServerConfig, offersTool, sameConnection } from './serverConfig.ts';
import { appToolNames } from './calls/appNames.ts';
import { modelNames } from './calls/toolNames.ts';

export interface ThreadServersOptions {
	/** Absolute. */
	readonly cwd: string;
	/** What a connection to this server works with. */
	ports(config: McpServerConfig): ConnectionPorts;
	/** What is known of a server that has not answered yet. */
	known(config: McpServerConfig): KnownServer;
	/** A request went out without what this server offers. */
	waitedInVain(config: McpServerConfig): void;
	/** An entry of the configuration cannot be used. */
	broken(name: string, problem: string): void;
	/** The app that a tool of the gateway belongs to; null for tools of other servers. */
	appOf?(config: McpServerConfig, tool: ListedTool): OfferedApp | null;
}

/** An app of a ChatGPT account, as one of its tools knows it. */
export interface OfferedApp {
	readonly id: string;
	readonly name: string;
	readonly description: string | null;
	/** False: the configuration switches this tool off. */
	readonly isOffered: boolean;
	readonly approval: ApprovalMode;
}

/** A tool that may be called, and what models call it. */
export interface OfferedTool {
	readonly connection: McpConnection;
	readonly tool: ListedTool;
	readonly namespace: string;
	readonly name: string;
	/** Null for a tool of a server that the configuration names. */
	readonly app: OfferedApp | null;
}

/** A required server did not start. */
class RequiredServersError extends Error {}

/** So long a request waits for servers whose tools nobody knows yet, in milliseconds, once for each server in all threads: then it goes out without them. */
const GRACE_MS = 2_000;
/** So long after the others a server begins that did not start the last time, in milliseconds: what is in vain takes nothing from the first turn. */
const DEAD_PAUSE_MS = 1_000;

/** The servers of one thread. */
export class ThreadServers {
	readonly #options: ThreadServersOptions;
	readonly #connections = new Map<string, McpConnection>();
	#configured: ConfiguredServers = { servers: [], broken: [] };
	/** Servers that a request has waited for, also one of another thread in vain. */
	readonly #waitedFor = new WeakSet<McpConnection>();
	/** What of the configuration comes into force when the running turn has ended. */
	#next: ConfiguredServers | null = null;
	#isBusy = false;
	/** Until it is known which servers there are. */
	#joining: Promise<void> = Promise.resolve();
	/** Entries that cannot be used, as far as that was told. */
	readonly #told = new Set<string>();
	/** Known as dead when they were made: nobody waits for them. */
	readonly #dead = new WeakSet<McpConnection>();
	readonly #pauses = new Set<NodeJS.Timeout>();
	/** Whether the servers connect: from the first moment that holds nobody up. */
	#hasBegun = false;
	#isClosed = false;

	constructor(options: ThreadServersOptions) {
		this.#options = options;
	}

	/** They connect when somebody needs them, at the latest from `begin` on. */
	start(configured: ConfiguredServers): void {
		this.#configured = configured;
		for (const { name, problem } of configured.broken) {
			if (this.#told.has(name)) continue;
			this.#told.add(name);
			this.#options.broken(name, problem);
		}
		for (const config of configured.servers) {
			if (!config.enabled) continue;
			const known = this.#connections.get(config.name);
			if (known) known.config = config;
			else this.#add(config);
		}
	}

	/** Begins to connect, in parallel; returns at once. Called when whoever made the thread has their answer. */
	begin(): void {
		if (this.#hasBegun || this.#isClosed) return;
		this.#hasBegun = true;
		for (const connection of this.all) this.#connect(connection);
	}

	/** Those of the start with others that it takes time to find, such as those of plugins: whoever needs servers waits for them. Must not reject. */
	startWith(configured: Promise<ConfiguredServers>): void {
		const before = this.#configured;
		this.#joining = configured.then((all) => {
			if (!this.#isClosed && this.#configured === before) this.start(all);
		});
	}

	/** Rejects with `RequiredServersError`, which names every server that has to be there and is not. */
	async required(): Promise<void> {
		await this.#joining;
		const problems = this.#configured.broken.filter(({ required }) => required).map(({ name, problem }) => `${name}: ${problem}`);
		const needed = [...this.#connections.values()].filter(({ config }) => config.required);
		await Promise.all(needed.map((connection) => connection.start()));
		for (const { config, state } of needed)
			if (state.type !== 'ready') problems.push(`${config.name}: ${state.type === 'failed' ? state.message : 'it was stopped'}`);
		if (problems.length > 0) throw new RequiredServersError(`required MCP servers failed to initialize: ${problems.join('; ')}`);
	}

	/** By its name in the configuration; only one that is enabled. */
	get(name: string): McpConnection | null {
		return this.#connections.get(name) ?? null;
	}

	get all(): readonly McpConnection[] {
		return [...this.#connections.values()];
	}

	/** Waits a moment for servers that start for the first time: a model that does not know of them would say that it cannot help. */
	async settle(signal: AbortSignal): Promise<void> {
		this.begin();
		await this.#joining;
		const unknown = this.all.filter(
			(connection) =>
				connection.tools === null && !this.#waitedFor.has(connection) && !this.#dead.has(connection) && connection.state.type !== 'failed',
		);
		if (unknown.length === 0) return;
		for (const connection of unknown) this.#waitedFor.add(connection);
		const { promise: late, resolve } = Promise.withResolvers<void>();
		const timer = setTimeout(resolve, GRACE_MS);
		const stop = () => resolve();
		signal.addEventListener('abort', stop, { once: true });
		await Promise.race([late, Promise.all(unknown.map((connection) => connection.start()))]);
		clearTimeout(timer);
		signal.removeEventListener('abort', stop);
		if (signal.aborted) return;
		for (const { config, tools, state } of unknown) if (tools === null && state.type !== 'failed') this.#options.waitedInVain(config);
	}

	/** The tools that models are offered, sorted by server and name. */
	offered(): readonly OfferedTool[] {
		const known = this.all
			.map((connection) => ({ connection, tools: (connection.tools ?? []).filter(({ name }) => offersTool(connection.config, name)) }))
			.filter(({ tools }) => tools.length > 0)
			.sort((a, b) => (a.connection.config.name < b.connection.config.name ? -1 : 1));
		const owned = known.map(({ connection, tools }) => ({
			connection,
			tools: tools.map((tool) => ({ tool, app: this.#options.appOf?.(connection.config, tool) ?? null })),
		}));
		const plain = owned
			.map(({ connection, tools }) => ({ connection, tools: tools.filter(({ app }) => app === null).map(({ tool }) => tool) }))
			.filter(({ tools }) => tools.length > 0);
		const names = modelNames(plain.map(({ connection, tools }) => ({ name: connection.config.name, tools: tools.map(({ name }) => name) })));
		const ofServers = plain.flatMap(({ connection, tools }, server) =>
			tools.flatMap((tool, at): readonly OfferedTool[] => {
				const name = names[server]?.[at];
				return name === undefined ? [] : [{ connection, tool, ...name, app: null }];
			}),
		);
		return [...ofServers, ...owned.flatMap(({ connection, tools }) => appTools(connection, tools))];
	}

	/** The configuration has changed: in force at once, or with the end of the turn that runs. */
	reload(configured: ConfiguredServers): void {
		this.#next = configured;
		if (!this.#isBusy) this.#takeOver();
	}

	/** Another person may use other servers: in force at once, also in a turn that runs. Whoever needs servers waits for it. Must not reject. */
	reloadWith(configured: Promise<ConfiguredServers>): void {
		this.#joining = Promise.all([configured, this.#joining]).then(([all]) => {
			this.#next = all;
			this.#takeOver();
		});
	}

	turnStarted(): void {
		this.#isBusy = true;
	}

	turnEnded(): void {
		this.#isBusy = false;
		this.#takeOver();
	}

	async close(): Promise<void> {
		this.#isClosed = true;
		for (const pause of this.#pauses) clearTimeout(pause);
		const all = this.all;
		this.#connections.clear();
		await Promise.all(all.map((connection) => connection.close()));
	}

	#takeOver(): void {
		const next = this.#next;
		this.#next = null;
		if (next === null || this.#isClosed) return;
		this.#told.clear();
		for (const connection of this.all) {
			const config = next.servers.find(({ name }) => name === connection.config.name);
			if (config?.enabled === true && sameConnection(config, connection.config)) continue;
			this.#connections.delete(connection.config.name);
			void connection.close();
		}
		// One that failed gets another chance.
		for (const connection of this.all) if (connection.state.type === 'failed') void connection.restart();
		this.start(next);
	}

	#add(config: McpServerConfig): void {
		const known = this.#options.known(config);
		const listed = typeof known === 'object' ? known : null;
		const connection = new McpConnection(config, { cwd: this.#options.cwd, ports: this.#options.ports(config), listed });
		if (known === 'dead') this.#dead.add(connection);
		if (known === 'late') this.#waitedFor.add(connection);
		this.#connections.set(config.name, connection);
		if (this.#hasBegun) this.#connect(connection);
	}

	#connect(connection: McpConnection): void {
		if (!this.#dead.has(connection)) return void connection.start();
		const pause = setTimeout(() => {
			this.#pauses.delete(pause);
			void connection.start();
		}, DEAD_PAUSE_MS);
		pause.unref();
		this.#pauses.add(pause);
	}
}

/** Each app is a namespace of its own. */
function appTools(
	connection: McpConnection,
	tools: readonly { readonly tool: ListedTool; readonly app: OfferedApp | null }[],
): readonly OfferedTool[] {
	const byApp = new Map<string, { readonly tool: ListedTool; readonly app: OfferedApp }[]>();
	for (const { tool, app } of tools) if (app?.isOffered === true) byApp.set(app.id, [...(byApp.get(app.id) ?? []), { tool, app }]);
	return [...byApp.values()].flatMap((group) => {
		const [first] = group;
		if (first === undefined) return [];
		const names = appToolNames(
			connection.config.name,
			first.app,
			group.map(({ tool }) => tool.name),
		);
		return group.flatMap(({ tool, app }, at): readonly OfferedTool[] => {
			const name = names[at];
			return name === undefined ? [] : [{ connection, tool, ...name, app }];
		});
	});
}
