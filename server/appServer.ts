import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { TreeSitterShellParser } from './approval/shellParser.ts';
import { AuthFile } from './auth/authFile.ts';
import { codexHome, ConfigError, type Config, readConfigFile, resolveConfig } from './config/config.ts';
import { redactSecrets } from './config/redact.ts';
import { environmentPolicyOf } from './config/environmentPolicy.ts';
import { NodeProcessHost } from './exec/processHost.ts';
import { detectShell } from './exec/shell.ts';
import { accountHandlers } from './handlers/account.ts';
import { configHandlers } from './handlers/config.ts';
import { initializeHandlers } from './handlers/initialize.ts';
import { modelHandlers } from './handlers/model.ts';
import { threadHandlers } from './handlers/thread.ts';
import { turnHandlers } from './handlers/turn.ts';
import { baseInstructions as ownInstructions } from './instructions/baseInstructions.ts';
import { bundledModels, defaultModel, modelInfo } from './model/catalogue.ts';
import { ModelClients } from './model/modelClients.ts';
import { demoProviderId, type Provider, resolveProviders } from './model/provider.ts';
import { StoredTurns } from './projection/storedTurns.ts';
import { Clients } from './session/clients.ts';
import { platformSandbox } from './sandbox/platformSandbox.ts';
import { ClientFileChanges } from './session/clientFileChanges.ts';
import { localApplier } from './patch/applyChanges.ts';
import { Dispatcher } from './session/dispatcher.ts';
import { ServerRequests } from './session/serverRequests.ts';
import { Session } from './session/session.ts';
import { ThreadSubscriptions } from './session/threadSubscriptions.ts';
import { LocalThreadStore } from './store/localThreadStore.ts';
import { createLogger, parseLogLevel } from './telemetry/logger.ts';
import { contextItems, instructionSources } from './thread/contextItems.ts';
import { Threads } from './thread/threads.ts';
import { createCommandTools } from './tools/commandTools.ts';
import { PatchRunner } from './tools/patchRunner.ts';
import { createTools } from './tools/tools.ts';
import { diskReader } from './patch/fileReader.ts';
import { diskLookup } from './sandbox/fileLookup.ts';
import { inputItem } from './turn/inputItem.ts';
import type { Connection, Listener } from './transport/connection.ts';
import { isLoopback, listen } from './transport/listen.ts';
import type { ListenAddress } from './transport/listenAddress.ts';
import { stdioConnection } from './transport/stdio.ts';
import { type WebSocketAuthOptions, webSocketAuth } from './transport/webSocketAuth.ts';
import manifest from '../package.json' with { type: 'json' };

export interface AppServerOptions {
	readonly listen: ListenAddress;
	readonly webSocketAuth: WebSocketAuthOptions;
	/** Seconds after the last client left; null: never ends by itself. */
	readonly lingerSeconds: number | null;
	/** Gets `{pid, socket}` while the server listens, for a client that has to find or end it. */
	readonly stateFile: string | null;
	/** The folder with what lies beside the bundle. */
	readonly assets: string;
}

/** How long a graceful end may take, in milliseconds. */
const SHUTDOWN_MS = 2000;

/** The composition root: every service is made here, and everything ends here. Resolves with the exit code. */
export async function runAppServer(options: AppServerOptions): Promise<number> {
	const env = process.env;
	const home = codexHome(env, os.homedir());
	const configPath = path.join(home, 'config.toml');
	const auth = new AuthFile(home);
	const log = createLogger({
		level: parseLogLevel(env.RUST_LOG),
		format: env.LOG_FORMAT === 'json' ? 'json' : 'text',
		write: (line) => process.stderr.write(`${line}\n`),
		redact: (line) =>
			redactSecrets(
				line,
				[env.OPENAI_API_KEY, auth.apiKey()].filter((key) => typeof key === 'string'),
			),
	});
	// Who started us may have closed the log; that is no reason to end.
	process.stderr.on('error', () => {});
	const store = new LocalThreadStore(home);
	const storedTurns = new StoredTurns(store);
	const clients = new Clients();
	const requests = new ServerRequests();
	const subscriptions = new ThreadSubscriptions(clients, requests);

	const config = (): Config => {
		try {
			return resolveConfig(readConfigFile(configPath), {});
		} catch (error) {
			if (error instanceof ConfigError) return {};
			throw error;
		}
	};
	const providers = (from: Config): ReadonlyMap<string, Provider> => resolveProviders(from.model_providers).providers;
	const apiKey = () => env.OPENAI_API_KEY?.trim() || auth.apiKey();
	/** Without a configured provider: OpenAI for who has a key, else the demo, so that it runs at once. */
	const defaultProvider = (from: Config) => from.model_provider ?? (apiKey() === null ? demoProviderId : 'openai');

	const models = new ModelClients({ env, version: manifest.version, log, apiKey });
	const shell = detectShell(env);
	const processes = new NodeProcessHost();
	const shellParser = new TreeSitterShellParser({ read: (name) => fs.promises.readFile(path.join(options.assets, name)) }, (error) =>
		log.error('the shell grammar could not be loaded: every command counts as unknown', { error }),
	);
	const applier = new ClientFileChanges({ clients, requests, otherwise: localApplier });
	const patches = new PatchRunner({ reader: diskReader, applier: () => applier, lookup: diskLookup, env, codexHome: home });
	const commands = createCommandTools({
		patches,
		host: processes,
		sandbox: platformSandbox(process.platform, { host: processes, env, codexHome: home }),
		parser: shellParser,
		home,
		env,
		environmentPolicy: () => environmentPolicyOf(config()),
		onProblem: (message) => log.warn(message),
	});
	const tools = createTools({ patches, commands });
	const baseInstructions = (settings: { readonly baseInstructions: string | null }) => settings.baseInstructions ?? ownInstructions;

	const threads = new Threads({
		home,
		version: manifest.version,
		store,
		observer: subscriptions,
		baseInstructions,
		ports: (originator) => ({
			log,
			originator,
			shell,
			modelInfo,
			modelClient: (id) => models.create(providers(config()).get(id) ?? failMissing(id)),
			tools: tools.all,
			contextItems: (settings, thread) =>
				contextItems({
					settings,
					previous: thread.previous,
					developerInstructions: thread.settings.developerInstructions,
					baseInstructions: baseInstructions(thread.settings),
					home,
					maxBytes: config().project_doc_max_bytes,
					now: Date.now(),
				}),
			baseInstructions,
			inputItem,
			cleanUp: (threadId) => tools.endThread(threadId),
		}),
	});

	const dispatcher = new Dispatcher({
		serverRequests: requests,
		log,
		handlers: {
			...initializeHandlers({ home, version: manifest.version, platform: process.platform, arch: process.arch }),
			...threadHandlers({
				home,
				configPath,
				cwd: process.cwd(),
				threads,
				store,
				clients,
				subscriptions,
				defaultProvider,
				defaultModel,
				checkProvider,
				instructionSources: (cwd) => instructionSources({ cwd, home, maxBytes: config().project_doc_max_bytes }),
				readTurns: (stored) => storedTurns.read(stored),
			}),
			...turnHandlers({ threads }),
			...modelHandlers({ models: () => bundledModels(defaultProvider(config())) }),
			...accountHandlers({ auth, subscriptions, requiresAuth: () => providers(config()).get(defaultProvider(config()))?.requiresAuth ?? false }),
			...configHandlers({ configPath }),
		},
	});

	const ending = Promise.withResolvers<number>();
	let nextSession = 1;
	const accept = (connection: Connection) => {
		const session = new Session(nextSession++, connection);
		clients.add(session);
		connection.listen({
			message: (value) => dispatcher.receive(session, value),
			malformed: (reason) => dispatcher.malformed(session, reason),
			closed: () => {
				clients.remove(session);
				requests.forget(session, (method) => method !== 'item/fileChange/apply');
				dispatcher.forget(session);
				if (connection.transport === 'stdio') ending.resolve(0);
			},
		});
	};

	fs.mkdirSync(home, { recursive: true, mode: 0o700 });
	const listener = await open(options, { home, log, accept });
	if (listener === 'already running') return 0;
	if (options.lingerSeconds !== null && listener) lingerOver({ clients, seconds: options.lingerSeconds, end: () => ending.resolve(0) });
	for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => ending.resolve(0));

	const code = await ending.promise;
	const deadline = setTimeout(() => process.exit(1), SHUTDOWN_MS);
	deadline.unref();
	await threads.close();
	await processes.dispose();
	models.dispose();
	await Promise.all(clients.all().map((session) => session.connection.drained()));
	await listener?.close();
	if (options.stateFile && listener) fs.rmSync(options.stateFile, { force: true });
	return code;
}

function failMissing(id: string): never {
	throw new ConfigError(`Model provider \`${id}\` not found`);
}

function checkProvider(id: string, config: Config): void {
	const { providers, problems } = resolveProviders(config.model_providers);
	const problem = problems.find(({ path: [table, name] }) => table === 'model_providers' && (name === id || name === undefined));
	if (problem) throw new ConfigError(`${problem.path.join('.')}: ${problem.message}`);
	if (!providers.has(id)) failMissing(id);
}

async function open(
	options: AppServerOptions,
	context: { home: string; log: ReturnType<typeof createLogger>; accept: (connection: Connection) => void },
): Promise<Listener | null | 'already running'> {
	if (options.listen.type === 'stdio') {
		context.accept(stdioConnection(process.stdin, process.stdout));
		return null;
	}
	if (options.listen.type === 'off') return null;
	const { listen: address } = options;
	if (address.type === 'webSocket' && !isLoopback(address.host) && options.webSocketAuth.mode === null) {
		context.log.warn('everyone who reaches this address can run commands here: configure --ws-auth first', { address: address.host });
	}
	const listener = await listen(address, { ...context, auth: webSocketAuth(options.webSocketAuth) });
	if (listener === null) {
		context.log.info('another server already listens there: this one is not needed');
		return 'already running';
	}
	if (options.stateFile) {
		fs.mkdirSync(path.dirname(options.stateFile), { recursive: true, mode: 0o700 });
		fs.writeFileSync(options.stateFile, JSON.stringify({ pid: process.pid, socket: listener.address }), { mode: 0o600 });
	}
	context.log.info('listening', { address: listener.address });
	return listener;
}

/** Ends the server some time after the last client left, unless another comes. Also when none ever came. */
function lingerOver({ clients, seconds, end }: { clients: Clients; seconds: number; end: () => void }): void {
	// A longer timer would fire at once.
	const ms = Math.min(seconds * 1000, 2 ** 31 - 1);
	let timer = setTimeout(end, ms);
	clients.onCount((count) => {
		clearTimeout(timer);
		if (count === 0) timer = setTimeout(end, ms);
	});
}
