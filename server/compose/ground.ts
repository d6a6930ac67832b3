import os from 'node:os';
import path from 'node:path';
import { type Keyring, loadNativeKeyring, SystemKeyring } from '../auth/keyring.ts';
import { codexHome, type Config } from '../config/config.ts';
import { type ConfigFlags, NO_FLAGS } from '../config/layers/configFlags.ts';
import { configPlaces } from '../config/layers/configPlaces.ts';
import { ConfigService } from '../config/layers/configService.ts';
import { ManagedPreferences, preferenceFolders } from '../config/layers/managedPreferences.ts';
import { CloudRequirements, CloudRequirementsError } from '../requirements/cloudRequirements.ts';
import { requiredByPreferences, RequirementsService } from '../requirements/requirementsService.ts';
import { noThreadConfig, type ThreadConfigLoader } from '../config/threadConfig.ts';
import { configuredFlag, FeatureSwitches } from '../config/values/features.ts';
import { profileModeOf, showsKeys } from '../config/values/environmentPolicy.ts';
import { redactSecrets } from '../config/redact.ts';
import { HelperFolder, helperPrograms } from '../exec/helperFolder.ts';
import { LoginShells } from '../exec/loginShells.ts';
import { NodeProcessHost } from '../exec/processHost.ts';
import { hostEnvironment } from '../platform/environment.ts';
import { hostPlatform, hostSystem } from '../platform/host.ts';
import { detectShell } from '../platform/shellPlan.ts';
import { TimeLimits } from '../exec/timeLimits.ts';
import type { ConfigScope } from '../items/settings.ts';
import { configWarning } from '../projection/warnings.ts';
import { pipesFolder } from '../sandbox/policy/fileView.ts';
import { Clients } from '../session/clients.ts';
import { ServerRequests } from '../session/serverRequests.ts';
import { ThreadSubscriptions } from '../session/threadSubscriptions.ts';
import { ThreadLeases } from '../store/threadLease.ts';
import { LogStore } from '../telemetry/logStore.ts';
import { createLogger, logFormat, parseLogLevel } from '../telemetry/logger.ts';
import { createAccountServices } from './accountServices.ts';
import { createLocalStore } from './stores/localStore.ts';
import { SharedThreads, storeSecrets, threadStoreAddress } from './stores/sharedThreads.ts';
import { NetworkRoute } from '../network/networkRoute.ts';
import { HttpTransport } from '../model/http/httpStream.ts';
import { transportFetch } from '../model/http/transportFetch.ts';
import { otelSecrets } from '../otel/otelSettings.ts';
import { serverSecrets } from '../mcp/serverSecrets.ts';
import { KeyCommands } from '../model/keyCommands.ts';
import { ProviderKeys } from '../model/providerKeys.ts';
import { providerSecrets } from '../model/providerSecrets.ts';
import manifest from '../../package.json' with { type: 'json' };

export interface GroundOptions {
	readonly env: NodeJS.ProcessEnv;
	/** The folder with what lies beside the bundle. */
	readonly assets: string;
	/** What the command line sets. */
	readonly flags?: ConfigFlags;
	/** Another folder of the administrator than this machine's. No configuration and no variable gets here. */
	readonly systemFolder?: string;
	/** Another keyring than the system's. */
	readonly keyring?: Keyring;
	/** What the owner of the session fixes for its threads; else nothing. */
	readonly threadConfig?: ThreadConfigLoader;
	/** Gets the log, a line at a time without its end. */
	readonly writeLog: (line: string) => void;
}

/** What everything else stands on: the home and its files, the log, the clients, the programs of the machine. Knows no threads. */
export type Ground = ReturnType<typeof createGround>;

export function createGround({
	env: given,
	assets,
	flags = NO_FLAGS,
	systemFolder,
	threadConfig = noThreadConfig,
	keyring,
	writeLog,
}: GroundOptions) {
	const env = hostEnvironment(given, hostSystem);
	const home = codexHome(env, os.homedir());
	const route = new NetworkRoute(env);
	const transport = new HttpTransport(route.env, () => route.tls);
	route.onChange(() => transport.wayChanged());
	// The log is there before the configuration, which it has to tell of.
	let secrets: () => readonly string[] = () => [];
	const redact = (text: string) =>
		redactSecrets(
			text,
			[env.OPENAI_API_KEY, ...secrets()].filter((key) => typeof key === 'string'),
		);
	const logs = new LogStore({
		file: () => (configuredFlag(config(), 'sqlite') === false ? null : path.join(home, 'tiller', 'logs.sqlite')),
		redact,
		now: Date.now,
	});
	const log = createLogger({
		level: parseLogLevel(env.RUST_LOG),
		format: logFormat(env.LOG_FORMAT),
		write: writeLog,
		redact,
		keep: (entry) => logs.add(entry),
	});
	const switches = new FeatureSwitches();
	const local = createLocalStore({ home, assets, log });
	const shared = new SharedThreads({ home, assets, log, local: local.store, address: () => threadStoreAddress(env, config()) });
	const leases = new ThreadLeases(home, undefined, () => shared.machines);
	shared.leases = leases;
	const clients = new Clients();
	const requests = new ServerRequests();
	const subscriptions = new ThreadSubscriptions(clients, requests);
	const places = configPlaces(home, { platform: hostPlatform, env, systemFolder });
	const cloud = new CloudRequirements({
		home,
		fetch: transportFetch(transport, 'ChatGPT'),
		accountKnown: () => credentials.ready(),
		account: () => {
			const signIn = credentials.current();
			return signIn?.type === 'chatgpt' ? { ...signIn, plan: signIn.planName } : null;
		},
		baseUrl: () => {
			const configured = configs.unpinned(['chatgpt_base_url']);
			return typeof configured === 'string' ? configured : 'https://chatgpt.com/backend-api';
		},
	});
	const managed = new ManagedPreferences({ folders: preferenceFolders(hostPlatform, () => os.userInfo().username) });
	const requirements = new RequirementsService({ places, cloud, preferences: () => requiredByPreferences(managed) });
	const configs = new ConfigService({
		places,
		flags,
		switches,
		preferences: () => managed.table('config_toml_base64'),
		pins: requirements,
		checkWrite: (edit) => requirements.checkWrite(edit),
		onProblem: (problem) => {
			log.warn(problem.message);
			// Not known yet, or to be loaded again: whoever needs them is told.
			if (problem instanceof CloudRequirementsError) return;
			subscriptions.broadcast(configWarning(problem.text, { place: problem.place }));
		},
	});
	const providerKeys = new ProviderKeys(env);
	const keys = keyring ?? new SystemKeyring({ load: () => loadNativeKeyring(assets) });
	const { credentials, logins, backend } = createAccountServices({
		home,
		env,
		version: manifest.version,
		log,
		clients,
		requests,
		transport,
		keyring: keys,
		setting: (path) => configs.unpinned(path),
	});
	const config = (scope?: ConfigScope): Config => (scope === undefined ? configs.lenient().config : configs.snapshot(scope).config);
	let known: { readonly from: unknown; readonly version: number; readonly values: readonly string[] } = { from: undefined, version: 0, values: [] };
	secrets = () => {
		const from = config();
		const { version, env: keyed } = providerKeys;
		if (from !== known.from || version !== known.version) {
			known = {
				from,
				version,
				values: [
					...providerSecrets(from.model_providers, keyed),
					...serverSecrets(from.mcp_servers, env),
					...otelSecrets(from.otel),
					...storeSecrets(threadStoreAddress(env, from)),
				],
			};
		}
		return [...known.values, ...credentials.secrets(), ...keyCommands.secrets, ...route.secrets];
	};
	const processes = new NodeProcessHost({ pipesFolder: pipesFolder(home) });
	const keyCommands = new KeyCommands({ host: processes, env, home });
	const shells = new LoginShells({
		host: processes,
		env,
		folder: path.join(home, 'tiller', 'shell'),
		mode: (scope) => profileModeOf(config(scope)),
		onProblem: (message) => log.warn(message),
	});
	const helpers = new HelperFolder({
		home,
		programs: helperPrograms(assets),
		onProblem: (error) => log.warn('commands have no apply_patch of ours', { error }),
	});
	return {
		env,
		assets,
		version: manifest.version,
		home,
		/** The server's own working directory. */
		cwd: process.cwd(),
		configs,
		requirements,
		threadConfig,
		/** Of a thread; without a scope that of the home. A broken file never stops the reader. */
		config,
		switches,
		/** Loads nothing before it is used. */
		keyring: keys,
		route,
		transport,
		credentials,
		providerKeys,
		keyCommands,
		logins,
		backend,
		log,
		/** All that was logged lately, for who reports a fault. */
		logs,
		/** Takes out what must not leave: keys that are known, and what looks like one. */
		redact,
		local,
		/** The threads that other machines share. */
		shared,
		store: shared.store,
		leases,
		clients,
		requests,
		subscriptions,
		limits: new TimeLimits(),
		processes,
		/** Whether commands may read the files with our keys. */
		keys: () => (showsKeys(config()) ? ('shown' as const) : ('hidden' as const)),
		shell: detectShell({ env }),
		shells,
		helpers,
		async dispose() {
			await shared.dispose();
			local.dispose();
			await processes.dispose();
			shells.dispose();
			await helpers.dispose();
			logins.dispose();
			transport.dispose();
			logs.dispose();
		},
	};
}
