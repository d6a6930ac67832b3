import fs from 'node:fs';
import path from 'node:path';
import { bounded, youngHeap } from '../platform/youngHeap.ts';
import { TreeSitterShellParser } from '../approval/shell/shellParser.ts';
import { isEnabled } from '../config/values/features.ts';
import type { Config } from '../config/config.ts';
import { contextConfigOf } from '../config/values/contextConfig.ts';
import { environmentPolicyOf } from '../config/values/environmentPolicy.ts';
import { readTreeUse } from '../exec/processUse.ts';
import { type GeneratedImage, GeneratedImages } from '../files/generatedImages.ts';
import { beforeChange } from '../handlers/thread/changingThread.ts';
import { configHandlers } from '../handlers/config.ts';
import { experimentalFeatureHandlers } from '../handlers/experimentalFeature.ts';
import { chooseRoute, networkHandlers } from '../handlers/host/network.ts';
import { modelProviderHandlers } from '../handlers/account/modelProvider.ts';
import { permissionProfileHandlers } from '../handlers/permissionProfile.ts';
import { initializeHandlers } from '../handlers/initialize.ts';
import { languageModelHandlers } from '../handlers/account/languageModel.ts';
import { resourceHandlers } from '../handlers/host/resources.ts';
import type { ConfigScope } from '../items/settings.ts';
import { startNotices } from './startNotices.ts';
import { ClientLanguageModels } from '../session/clientLanguageModels.ts';
import { askForAttestation } from '../session/clientAttestation.ts';
import { Dispatcher } from '../session/dispatcher.ts';
import { IdleThreads, THREAD_IDLE_MS } from '../session/idleThreads.ts';
import { inPhases } from '../thread/threadObserver.ts';
import { Threads } from '../thread/threads.ts';
import { type CommandTools, createCommandTools } from '../tools/commands/commandTools.ts';
import { runUserShell } from '../tools/commands/userShell.ts';
import { appFeature, createAppCatalogue } from './appFeature.ts';
import { type ApprovalServices, approvalFeature, createApprovalServices } from './approvalServices.ts';
import { changeFeature, type ChangeServices, createChangeServices } from './changeServices.ts';
import { createThreadScope } from './createThreadScope.ts';
import { sharedThreadFeature } from './stores/sharedThreadFeature.ts';
import type { Feature } from './feature.ts';
import { firstThread, WarmUp } from './warmUp.ts';
import { Features } from './features.ts';
import { hookFeature, managedHooks } from './hookFeature.ts';
import { createGround, type Ground, type GroundOptions } from './ground.ts';
import { accountFeature, deviceKeyFeature, echoFeature, memoryFeature, windowsSandboxFeature, worktreeFeature } from './localFeatures.ts';
import { machineFeature } from './machineServices.ts';
import { createSkillServices, skillFeature, type SkillServices } from './skillFeature.ts';
import { mcpFeature } from './mcpFeature.ts';
import { createMcpServices } from './mcpServices.ts';
import { migrationFeature } from './migrationFeature.ts';
import { createModelServices, type ModelServices } from './modelServices.ts';
import { createNetworkServices, type NetworkSurroundings } from './networkServices.ts';
import { feedbackFeature } from './observability/feedbackFeature.ts';
import { createTelemetryServices, telemetryFeature, type TelemetryServices } from './observability/telemetryFeature.ts';
import { realtimeFeature } from './realtimeFeature.ts';
import { createPluginServices, pluginFeature, pluginSkills } from './pluginFeature.ts';
import { activityFeature, agentFeature, createActivities, goalFeature, reviewFeature, settingsSource, threadFeature } from './threadFeatures.ts';
import { askingFeature, clientToolFeature, commandFeature, commitFeature, fileToolFeature, sideQuestionFeature } from './toolFeatures.ts';
import { hostPlatform } from '../platform/host.ts';
import { notifyAll } from '../session/ownMembers.ts';

export interface ProcessOptions extends GroundOptions {
	/** How long a thread that nobody follows, and in which nothing happens, stays in memory; else as long as other servers do. */
	readonly threadIdleMs?: number | undefined;
	/** Other surroundings of the network than this machine's. */
	readonly network?: NetworkSurroundings;
}

/** What connections need of the process. */
export interface ServerProcess {
	readonly ground: Ground;
	readonly features: Features;
	readonly dispatcher: Dispatcher;
	/** Running turns are recorded as interrupted, children killed. */
	dispose(): Promise<void>;
}

/** Makes every service that lives as long as the process: the ground, what threads are made of, the threads, and then the features, which may use them. */
export function createProcess(options: ProcessOptions): ServerProcess {
	const ground = createGround(options);
	const { home, store, log, leases, clients, requests, subscriptions } = ground;
	const languageModels = new ClientLanguageModels(clients, requests);
	const telemetry = createTelemetryServices(ground, () => models);
	const models = createModelServices({
		...ground,
		languageModels,
		attest: askForAttestation(ground),
		watch: (client, endpoint) => telemetry.threads.watchModel(client, endpoint),
	});
	const approvals = createApprovalServices(ground);
	const network = createNetworkServices({
		...ground,
		routeEnv: ground.route.env,
		host: ground.processes,
		hosts: approvals.hosts,
		...options.network,
	});
	const changes = createChangeServices(ground, approvals);
	const commands = createCommands(ground, { approvals, network, changes });

	const plugins = createPluginServices(ground);

	const mcp = createMcpServices(ground, plugins);
	const apps = createAppCatalogue(ground, mcp);
	const skills = createSkillServices(ground, plugins);
	plugins.onDidChange(() => skills.catalogue.rootsChanged());
	const features = new Features(log);
	const images = new GeneratedImages(home);
	const threads = createThreads(ground, { features, models, network, telemetry, images, modelInput: skills.modelInput });
	const activity = createActivities(ground, () => threads);
	const idle = new IdleThreads({
		threads,
		clients,
		subscriptions,
		log,
		idleMs: options.threadIdleMs ?? idleOf(ground.configs.lenient().config),
		isBusy: (threadId) => commands.isRunning(threadId),
	});
	features.add(
		telemetryFeature(telemetry),
		{
			name: 'start',
			handlers: initializeHandlers({
				home,
				version: ground.version,
				platform: hostPlatform,
				arch: process.arch,
				network: (settings) => chooseRoute(ground.route, settings),
				warm: (session) => {
					ground.shared.open();
					void ground.helpers.path();
					// Whoever needs them hears of a failure.
					ground.requirements.ready().catch(() => {});
					for (const notice of startNotices({ ...ground, checkProvider: models.checkProvider })) notifyAll([session], notice);
					warmUp.begin();
				},
			}),
			dispose: () => warmUp.dispose(),
		},
		heapFeature(),
		threadFeature(ground, {
			threads,
			models,
			approvals,
			changes: changes.changes,
			images,
			ready: (id) => mcp.ready(id),
			answered: (id) => mcp.begin(id),
			...activity,
		}),
		activityFeature(ground, { threads, ...activity }),
		approvalFeature(ground, { ...approvals, others: [mcp.tools, mcp.starts] }, threads),
		changeFeature(ground, changes, threads),
		{
			name: 'models',
			handlers: {
				...models.handlers,
				...modelProviderHandlers({
					configs: ground.configs,
					keys: ground.providerKeys,
					providers: models.providers,
					defaultProvider: () => models.defaultProvider(ground.config()),
					threads: () => threads.loaded,
				}),
				...languageModelHandlers(languageModels),
			},
			dispose: () => models.dispose(),
		},
		accountFeature(ground, models, mcp.accountChanged),
		{ name: 'network', handlers: networkHandlers(ground.route) },
		{ name: 'configuration', handlers: { ...configHandlers(ground), ...experimentalFeatureHandlers(ground), ...permissionProfileHandlers(ground) } },
		machineFeature(ground, network, threads),
		{
			name: 'resources',
			handlers: resourceHandlers({
				threads,
				listCommands: commands.listCommands,
				indexerPid: ground.local.indexerPid,
				readTreeUse,
				pid: process.pid,
				gauges: () => ({
					'app.requests.in_flight': dispatcher.inFlight,
					'app.clients.connected': clients.all().length,
					'app.threads.loaded': threads.loaded.length,
					'app.turns.running': threads.loaded.filter(({ activeTurnId }) => activeTurnId !== null).length,
				}),
			}),
		},
		skillFeature(ground, skills),
		// From here on in the order in which a model sees the tools.
		commandFeature(ground, { commands, proxies: network.proxies, threads }),
		goalFeature(ground, threads),
		askingFeature(ground, approvals),
		appFeature(ground, { threads, catalogue: apps, offered: mcp.offeredApps }),
		mcpFeature(ground, { threads, services: mcp, canSearch: models.hasHostedTools }),
		fileToolFeature(ground, { patches: changes.patches, makesImages: models.makesImages }),
		agentFeature(ground, threads),
		reviewFeature(ground, threads),
		hookFeature(ground, {
			managed: () => managedHooks(ground.requirements.current().hooks?.value),
			ofPlugins: async (snapshot) =>
				isEnabled(snapshot.config, 'plugin_hooks')
					? (await plugins.active(snapshot)).flatMap(({ id, contents: { hooks } }) => (hooks === null ? [] : [{ pluginId: id, ...hooks }]))
					: [],
		}),
		pluginFeature(ground, plugins, { skillsOf: pluginSkills, usableApps: (waitMs) => apps.usable(waitMs) }),
		migrationFeature(ground, { threads, settings: settingsSource(ground, models), plugins, forget: (id) => changes.changes.forget(id) }),
		realtimeFeature(ground, { threads, models }),
		deviceKeyFeature(ground),
		feedbackFeature(ground),
		memoryFeature(ground),
		windowsSandboxFeature(ground),
		worktreeFeature(ground, threads),
		sideQuestionFeature,
		commitFeature(ground),
		echoFeature,
		clientToolFeature,
		sharedThreadFeature(ground, threads),
		{ name: 'idle threads', kept: [idle] },
	);

	const dispatcher = new Dispatcher({
		serverRequests: requests,
		log,
		spans: telemetry.spans,
		beforeChange: beforeChange({ threads, store, clients, subscriptions, leases }),
		handlers: features.handlers,
	});
	const warmUp = new WarmUp({
		steps: firstThread(ground, models),
		isBusy: () => dispatcher.inFlight > 0,
		failed: (error) => log.debug('the first thread may have to wait', { error }),
	});
	clients.onLeft((threadId) => idle.left(threadId));
	return {
		ground,
		features,
		dispatcher,
		dispose: async () => {
			idle.dispose();
			await threads.close();
			await features.dispose();
			network.proxies.dispose();
			leases.dispose();
			await ground.dispose();
		},
	};
}

type NetworkServices = ReturnType<typeof createNetworkServices>;

/** As many as a person can keep in sight: a server, a watcher or two, and some that were forgotten. */
const MAX_IN_BACKGROUND = 8;

/** After each turn: a long thread takes no more memory than it needs. */
function heapFeature(): Feature {
	const look = bounded(youngHeap);
	return {
		name: 'memory of the process',
		observers: [{ phase: 'afterwards', attach: () => ({ event: ({ type }) => (type === 'turnEnded' ? look() : undefined) }) }],
	};
}

function createCommands(
	ground: Ground,
	{ approvals, network, changes }: { readonly approvals: ApprovalServices; readonly network: NetworkServices; readonly changes: ChangeServices },
): CommandTools {
	const { env, assets, config, log, processes, shells, helpers, limits } = ground;
	return createCommandTools({
		...approvals,
		...network,
		...changes,
		host: processes,
		shells,
		helpers: () => helpers.path(),
		limits,
		parser: new TreeSitterShellParser({ read: (name) => fs.promises.readFile(path.join(assets, name)) }, (error) =>
			log.error('the shell grammar could not be loaded: every command counts as unknown', { error }),
		),
		env,
		environmentPolicy: (scope) => environmentPolicyOf(config(scope)),
		mostInBackground: (scope) => config(scope).tiller?.background_commands ?? MAX_IN_BACKGROUND,
		mostPollMs: (scope) => config(scope).background_terminal_max_timeout,
		asksForMore: (scope) => isEnabled(config(scope), 'exec_permission_approvals'),
	});
}

function createThreads(
	ground: Ground,
	{
		features,
		models,
		network,
		telemetry,
		images,
		modelInput,
	}: {
		readonly features: Features;
		readonly models: ModelServices;
		readonly network: NetworkServices;
		readonly telemetry: TelemetryServices;
		readonly images: GeneratedImages;
		readonly modelInput: SkillServices['modelInput'];
	},
): Threads {
	const { home, version, config, log, store, leases, subscriptions, processes, shell, shells } = ground;
	const environmentPolicy = (scope?: ConfigScope) => environmentPolicyOf(config(scope));
	const surroundings = {
		...models,
		log,
		home,
		features,
		shell,
		toolWatch: telemetry.threads.toolWatch,
		inputItem: modelInput,
		userShell: (request: Parameters<typeof runUserShell>[1]) =>
			runUserShell({ host: processes, sandbox: network.sandbox, shells, environmentPolicy, shell }, request),
		room: (threadId: string) => subscriptions.room(threadId),
		saveImage: (threadId: string, image: GeneratedImage) =>
			images.save(threadId, image).catch((error: unknown) => {
				log.warn('a generated picture could not be saved', { thread: threadId, error });
				return null;
			}),
		contextConfig: (scope: ConfigScope) => contextConfigOf(config(scope)),
		reviewerPolicy: (scope: ConfigScope) => ground.requirements.current().reviewerPolicy?.value ?? config(scope).auto_review?.policy ?? null,
	};
	return new Threads({
		home,
		version,
		store,
		leases: { acquire: (id) => leases.acquire(id), release: (id) => leases.release(id), isHeld: (id) => leases.holder(id) !== null },
		observers: inPhases(
			() => features.observers,
			(error) => log.error('an observer of a thread failed', { error }),
		),
		baseInstructions: models.baseInstructions,
		ports: (thread) => telemetry.threads.loading(thread.id, () => createThreadScope(surroundings, thread)),
	});
}

function idleOf({ thread_unload_delay_secs: seconds }: Config): number {
	return seconds === undefined ? THREAD_IDLE_MS : seconds * 1000;
}
