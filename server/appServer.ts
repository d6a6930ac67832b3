import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { TreeSitterShellParser } from './approval/shellParser.ts';
import { AuthFile } from './auth/authFile.ts';
import { TimeLimits } from './exec/timeLimits.ts';
import { codexHome, type Config } from './config/config.ts';
import { redactSecrets } from './config/redact.ts';
import { FeatureSwitches, isEnabled } from './config/features.ts';
import { ConfigService } from './config/configService.ts';
import { type ConfigFlags, NO_FLAGS } from './config/configFlags.ts';
import { configPlaces } from './config/configPlaces.ts';
import { environmentPolicyOf, profileModeOf } from './config/environmentPolicy.ts';
import { HelperFolder, helperPrograms } from './exec/helperFolder.ts';
import { LoginShells } from './exec/loginShells.ts';
import { readTreeUse } from './exec/processUse.ts';
import { NodeProcessHost } from './exec/processHost.ts';
import { detectShell } from './exec/shell.ts';
import { accountHandlers } from './handlers/account.ts';
import { backgroundTerminalHandlers } from './handlers/backgroundTerminals.ts';
import { collaborationModeHandlers } from './handlers/collaborationMode.ts';
import { configHandlers } from './handlers/config.ts';
import { elicitationHandlers } from './handlers/elicitation.ts';
import { experimentalFeatureHandlers } from './handlers/experimentalFeature.ts';
import { guardianHandlers } from './handlers/guardian.ts';
import { initializeHandlers } from './handlers/initialize.ts';
import { threadHandlers, type ThreadServices } from './handlers/thread.ts';
import { threadContentHandlers } from './handlers/threadContent.ts';
import { threadForkHandlers } from './handlers/threadFork.ts';
import { threadGoalHandlers } from './handlers/threadGoal.ts';
import { threadChangeHandlers } from './handlers/threadChange.ts';
import { threadHistoryHandlers } from './handlers/threadHistory.ts';
import { threadListHandlers } from './handlers/threadList.ts';
import { resourceHandlers } from './handlers/resources.ts';
import { reviewHandlers } from './handlers/review.ts';
import { turnHandlers } from './handlers/turn.ts';
import { turnQueueHandlers } from './handlers/turnQueue.ts';
import { usageHandlers } from './handlers/usage.ts';
import { defaultModel } from './model/catalogue.ts';
import { createModelServices } from './modelServices.ts';
import { Clients } from './session/clients.ts';
import { IdleThreads, THREAD_IDLE_MS } from './session/idleThreads.ts';
import { Dispatcher } from './session/dispatcher.ts';
import { ServerRequests } from './session/serverRequests.ts';
import { Session } from './session/session.ts';
import { ThreadSubscriptions } from './session/threadSubscriptions.ts';
import { createApprovalServices } from './approvalServices.ts';
import { createChangeServices } from './changeServices.ts';
import { createMachineServices } from './machineServices.ts';
import { beforeChange, takeOver } from './handlers/changingThread.ts';
import { createNetworkServices, type NetworkSurroundings } from './networkServices.ts';
import { createLocalStore } from './localStore.ts';
import { UsageHistory } from './store/usageHistory.ts';
import { ThreadLeases } from './store/threadLease.ts';
import { createLogger, type Logger, parseLogLevel } from './telemetry/logger.ts';
import { agentLimits } from './config/agentLimits.ts';
import { AgentThreads } from './agents/agentThreads.ts';
import { contextItems, instructionSources } from './thread/contextItems.ts';
import { withNotifyCommand } from './thread/notifyCommand.ts';
import { Threads } from './thread/threads.ts';
import { createCommandTools } from './tools/commandTools.ts';
import { createTools } from './tools/tools.ts';
import { runUserShell } from './tools/userShell.ts';
import { inputItem } from './model/inputMessage.ts';
import type { Connection } from './transport/connection.ts';
import type { ConfigScope } from './items/settings.ts';
import { configScopeOf } from './thread/freezeSettings.ts';
import { configWarning } from './projection/configWarning.ts';
import manifest from '../package.json' with { type: 'json' };

export interface AppServerOptions {
	readonly env: NodeJS.ProcessEnv;
	/** The folder with what lies beside the bundle. */
	readonly assets: string;
	/** How long a thread that nobody follows, and in which nothing happens, stays in memory; else as long as other servers do. */
	readonly threadIdleMs?: number | undefined;
	/** What the command line sets. */
	readonly flags?: ConfigFlags;
	/** Another folder of the administrator than this machine's. No configuration and no variable gets here. */
	readonly systemFolder?: string;
	/** Other surroundings of the network than this machine's. */
	readonly network?: NetworkSurroundings;
	/** Gets the log, a line at a time without its end. */
	readonly writeLog: (line: string) => void;
}

/** The server as an object, without anything that it listens on: connections are handed to it. */
export interface AppServer {
	readonly home: string;
	readonly log: Logger;
	readonly clients: Clients;
	/** From now on the connection is a client of this server. */
	accept(connection: Connection): void;
	/** Running turns are recorded as interrupted, children killed, what was sent is delivered. */
	close(): Promise<void>;
}

/** How long clients may take at the end to read what was sent to them, in milliseconds. */
const DRAIN_MS = 500;

/** The composition root: every service is made here. */
export function createAppServer(options: AppServerOptions): AppServer {
	const { env } = options;
	const home = codexHome(env, os.homedir());
	const auth = new AuthFile(home);
	const log = createLogger({
		level: parseLogLevel(env.RUST_LOG),
		format: env.LOG_FORMAT === 'json' ? 'json' : 'text',
		write: options.writeLog,
		redact: (line) =>
			redactSecrets(
				line,
				[env.OPENAI_API_KEY, auth.apiKey()].filter((key) => typeof key === 'string'),
			),
	});
	const local = createLocalStore({ home, assets: options.assets, log });
	const { store } = local;
	const clients = new Clients();
	const requests = new ServerRequests();
	const subscriptions = new ThreadSubscriptions(clients, requests);

	const switches = new FeatureSwitches();
	const configs = new ConfigService({
		places: configPlaces(home, { platform: process.platform, env, systemFolder: options.systemFolder }),
		flags: options.flags ?? NO_FLAGS,
		switches,
		onProblem: (problem) => {
			log.warn(problem.message);
			subscriptions.broadcast(configWarning(problem));
		},
	});
	const config = (scope?: ConfigScope): Config => (scope === undefined ? configs.lenient().config : configs.snapshot(scope).config);
	const models = createModelServices({ home, env, version: manifest.version, log, config, storedKey: () => auth.apiKey() });
	const shell = detectShell(env);
	const processes = new NodeProcessHost();
	const shellParser = new TreeSitterShellParser({ read: (name) => fs.promises.readFile(path.join(options.assets, name)) }, (error) =>
		log.error('the shell grammar could not be loaded: every command counts as unknown', { error }),
	);
	const limits = new TimeLimits();
	const approvals = createApprovalServices({ home, configs, config, log, clients, subscriptions, threads: () => threads, limits });
	const { permissions, hosts } = approvals;
	const { sandbox, proxies } = createNetworkServices({ host: processes, env, home, assets: options.assets, hosts, ...options.network });
	const machine = createMachineServices({
		home,
		cwd: process.cwd(),
		env,
		host: processes,
		sandbox,
		config: () => configs.snapshot().config,
		log,
		assets: options.assets,
		threads: () => threads.loaded.map(({ settings }) => ({ cwd: settings.cwd, policy: settings.sandbox })),
	});
	const fileChanges = createChangeServices({ home, env, log, clients, requests, subscriptions, approvals, store, threads: () => threads });
	const { changes, patches } = fileChanges;
	const shells = new LoginShells({
		host: processes,
		env,
		folder: path.join(home, 'tiller', 'shell'),
		mode: (scope) => profileModeOf(config(scope)),
		onProblem: (message) => log.warn(message),
	});
	const helpers = new HelperFolder({
		home,
		programs: helperPrograms(options.assets),
		onProblem: (error) => log.warn('commands have no apply_patch of ours', { error }),
	});
	const commands = createCommandTools({
		shells,
		helpers: () => helpers.path(),
		patches,
		changes,
		permissions,
		hosts,
		proxies,
		host: processes,
		limits,
		sandbox,
		parser: shellParser,
		rules: approvals.rules,
		grants: approvals.grants,
		env,
		environmentPolicy: (scope) => environmentPolicyOf(config(scope)),
	});
	const agents: AgentThreads = new AgentThreads({
		threads: () => threads,
		store,
		clients: subscriptions,
		log,
		limits: (threadId) => agentLimits(config(scopeOf(threadId))),
		pick: (count) => Math.floor(Math.random() * count),
	});
	const tools = createTools({
		agents,
		permissions,
		mayRequestPermissions: (scope) => isEnabled(config(scope), 'request_permissions_tool'),
		patches,
		commands,
		goalOf: (threadId) => threads.get(threadId)?.goal ?? null,
	});

	const scopeOf = (threadId: string): ConfigScope | undefined => {
		const thread = threads.get(threadId);
		return thread === null ? undefined : configScopeOf(thread.settings);
	};
	const leases = new ThreadLeases(home);
	const notifiedThread = (id: string) => {
		const thread = threads.get(id);
		return thread && { cwd: thread.settings.cwd, client: thread.meta.originator };
	};
	const threads: Threads = new Threads({
		home,
		leases: { acquire: (id) => leases.acquire(id), release: (id) => leases.release(id), isHeld: (id) => leases.holder(id) !== null },
		version: manifest.version,
		store,
		observer: withNotifyCommand(approvals.observe(agents.observe(subscriptions)), {
			command: (threadId) => config(scopeOf(threadId)).notify,
			thread: notifiedThread,
			log,
		}),
		baseInstructions: models.baseInstructions,
		ports: (originator) => ({
			log,
			originator,
			shell,
			modelInfo: models.modelInfo,
			modelClient: models.modelClient,
			tools: (thread) => tools.of(thread),
			contextItems: (settings, thread) =>
				contextItems({
					settings,
					previous: thread.previous,
					developerInstructions: thread.settings.developerInstructions,
					modelInstructions: models.ownManner({ slug: settings.model.slug, provider: settings.provider, scope: settings.configScope }).instructions,
					home,
					maxBytes: config(settings.configScope).project_doc_max_bytes,
					now: Date.now(),
					warn: thread.warn,
				}),
			baseInstructions: models.baseInstructions,
			inputItem,
			userShell: (request) =>
				runUserShell({ host: processes, sandbox, shells, environmentPolicy: (scope) => environmentPolicyOf(config(scope)), shell }, request),
			cleanUp: (threadId) => tools.endThread(threadId),
			room: (threadId) => subscriptions.room(threadId),
		}),
	});

	const threadServices = { threads, store, clients, subscriptions };
	const lifeServices: ThreadServices = {
		...threadServices,
		home,
		configs,
		cwd: process.cwd(),
		takeOver: (id) => takeOver(leases, id),
		defaultProvider: models.defaultProvider,
		defaultModel,
		ownManner: models.ownManner,
		checkProvider: models.checkProvider,
		instructionSources: (settings) =>
			instructionSources({ cwd: settings.cwd, home, maxBytes: config(configScopeOf(settings)).project_doc_max_bytes }),
	};
	const dispatcher = new Dispatcher({
		serverRequests: requests,
		log,
		beforeChange: beforeChange({ ...threadServices, leases }),
		handlers: {
			...initializeHandlers({
				home,
				version: manifest.version,
				platform: process.platform,
				arch: process.arch,
				warm: () => void helpers.path(),
			}),
			...threadHandlers(lifeServices),
			...threadForkHandlers(lifeServices),
			...threadContentHandlers(threadServices),
			...threadGoalHandlers({ threads, store, enabled: () => isEnabled(config(), 'goals') }),
			...threadHistoryHandlers({ ...threadServices, refusesItemLists: () => config().tiller?.refuse_item_lists ?? false }),
			...threadListHandlers(threadServices),
			...threadChangeHandlers({ ...threadServices, forget: (threadId) => changes.forget(threadId) }),
			...approvals.handlers(),
			...fileChanges.handlers(),
			...turnHandlers({ ...threadServices, home, configs }),
			...turnQueueHandlers({ threads, home, configs }),
			...guardianHandlers({ threads, audit: approvals.audit }),
			...reviewHandlers({ ...threadServices, reviewModel: (scope) => config(scope).review_model ?? null }),
			...models.handlers,
			...accountHandlers({ auth, subscriptions, requiresAuth: models.requiresAuth }),
			...configHandlers({ configs }),
			...collaborationModeHandlers(),
			...experimentalFeatureHandlers({ switches, config }),
			...machine.handlers,
			...elicitationHandlers({ threads, limits }),
			...backgroundTerminalHandlers({ threads, ...commands }),
			...resourceHandlers({ threads, listCommands: commands.listCommands, indexerPid: local.indexerPid, readTreeUse, pid: process.pid }),
			...usageHandlers({ threads, usage: new UsageHistory(store) }),
		},
	});

	const idle = new IdleThreads({
		threads,
		clients,
		subscriptions,
		log,
		idleMs: options.threadIdleMs ?? THREAD_IDLE_MS,
		isBusy: (threadId) => tools.isRunning(threadId),
	});
	clients.onLeft((threadId) => idle.left(threadId));

	fs.mkdirSync(home, { recursive: true, mode: 0o700 });
	let nextSession = 1;
	return {
		home,
		log,
		clients,
		accept: (connection) => {
			const session = new Session(nextSession++, connection);
			clients.add(session);
			connection.listen({
				message: (value, bytes) => dispatcher.receive(session, value, bytes),
				malformed: (problem) => dispatcher.malformed(session, problem),
				closed: (reason) => {
					if (reason !== null) log.warn('a connection was closed', { connection: session.id, client: session.client?.name, reason });
					clients.remove(session);
					requests.forget(session, (method) => method !== 'item/fileChange/apply' && method !== 'item/fileChange/readUnsaved');
					machine.forget(session);
				},
			});
		},
		close: async () => {
			idle.dispose();
			await threads.close();
			local.dispose();
			await processes.dispose();
			proxies.dispose();
			models.dispose();
			machine.dispose();
			shells.dispose();
			await helpers.dispose();
			// A client that does not read is not waited for.
			await Promise.race([Promise.all(clients.all().map((session) => session.connection.drained())), delay(DRAIN_MS, undefined, { ref: false })]);
		},
	};
}
