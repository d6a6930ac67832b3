import { randomUUID } from 'node:crypto';
import { appendFile, cp, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { descendants, endProcesses, groupMembers, processesWithVariable, runningAppServers } from './processTree.ts';
import { fetchVscode, startVscode } from './vscode.ts';

/** Every process of a run carries this variable, so that the end of the run finds also those that left its process group. */
const markVariable = 'TILLER_RUN';

export interface RunOptions {
	/** Folder of Tiller's state. An isolated run makes one of its own. */
	readonly codexHome?: string;
	/** Files that stand in an isolated run's CODEX_HOME from the start: path -> content. */
	readonly codexHomeFiles?: Readonly<Record<string, string>>;
	/** Further variables for VS Code and all it starts. */
	readonly env?: Readonly<Record<string, string>>;
	/** Folders of other extensions that are installed in this run. */
	readonly extensions?: readonly string[];
	readonly settings?: Readonly<Record<string, unknown>>;
	readonly workspaceTrust: 'on' | 'off';
	/** Isolated: an empty HOME and CODEX_HOME, removed at the end; nothing of the user is read or changed. */
	readonly home: 'isolated' | 'user';
	/** A secret for the first address; without it every program of this machine may connect. */
	readonly connectionToken?: string;
	readonly say: (line: string) => void;
}

export interface VscodeRun {
	readonly authority: string;
	/** Temporary folder of this run; removed by `end`. */
	readonly folder: string;
	readonly codexHome: string;
	/** What VS Code's server wrote. */
	readonly logFile: string;
	/** Resolves when VS Code has ended, by itself or through `end`. */
	readonly ended: Promise<void>;
	/** The living processes of this run. */
	processes(): Promise<readonly number[]>;
	/** Ends every process of this run, the app-server too, and removes its temporary folder. */
	end(): Promise<void>;
}

/** Starts VS Code with fresh settings and state, and knows how to end all of it again. */
export async function startRun(options: RunOptions): Promise<VscodeRun> {
	const vscode = await fetchVscode(options.say);
	// The real path: macOS hands out a temporary folder behind a link, and VS Code compares paths.
	const folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'tiller-run-')));
	const dataDir = path.join(folder, 'vscode');
	const home = path.join(folder, 'home');
	const codexHome = options.codexHome ?? (options.home === 'isolated' ? path.join(folder, 'codex') : userCodexHome());
	const logFile = path.join(folder, 'vscode.log');
	const mark = randomUUID();
	const env: NodeJS.ProcessEnv = { ...inheritedEnv(), ...options.env, [markVariable]: mark };
	// A setting of scope `machine` counts only in the settings of the machine that extensions run on.
	for (const kind of ['User', 'Machine']) {
		await mkdir(path.join(dataDir, 'data', kind), { recursive: true });
		await writeFile(path.join(dataDir, 'data', kind, 'settings.json'), JSON.stringify({ ...quietSettings, ...options.settings }, undefined, '\t'));
	}
	for (const extension of options.extensions ?? [])
		await cp(extension, path.join(dataDir, 'extensions', path.basename(extension)), { recursive: true });
	if (options.home === 'isolated') {
		await mkdir(home);
		await mkdir(codexHome, { recursive: true });
		for (const [name, content] of Object.entries(options.codexHomeFiles ?? {})) {
			await mkdir(path.dirname(path.join(codexHome, name)), { recursive: true });
			await writeFile(path.join(codexHome, name), content);
		}
		Object.assign(env, { HOME: home, USERPROFILE: home, CODEX_HOME: codexHome });
		for (const name of ['XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'XDG_STATE_HOME', 'OPENAI_API_KEY', 'OPENAI_BASE_URL']) {
			delete env[name];
		}
		Object.assign(env, options.env);
	}
	const tokenFile = options.connectionToken === undefined ? undefined : path.join(folder, 'connection-token');
	if (tokenFile !== undefined) {
		await writeFile(tokenFile, options.connectionToken ?? '', { mode: 0o600 });
	}
	const appServersBefore = new Set((await runningAppServers(codexHome)).map((record) => record.pid));
	let log = Promise.resolve();
	const server = await startVscode({
		vscode,
		dataDir,
		env,
		workspaceTrust: options.workspaceTrust,
		...(tokenFile === undefined ? {} : { connectionTokenFile: tokenFile }),
		log: (text) => {
			log = log.then(() => appendFile(logFile, text)).catch(() => undefined);
		},
	}).catch(async (error: unknown) => {
		await rm(folder, { recursive: true, force: true });
		throw error;
	});

	const group = server.process.pid;
	async function processes(): Promise<readonly number[]> {
		const found = new Set(group === undefined ? [] : [...(await groupMembers(group)), ...(await descendants(group))]);
		const marked = await processesWithVariable(markVariable, mark);
		// Where the environment of a process cannot be read: the app-servers that were not there before.
		const detached = marked ?? (await runningAppServers(codexHome)).map((record) => record.pid).filter((pid) => !appServersBefore.has(pid));
		return [...found.union(new Set(detached))];
	}
	async function endAll(): Promise<void> {
		// What is about to end can still start something; a second look finds it.
		for (let round = 0; round < 5; round++) {
			const living = await processes();
			if (living.length === 0) {
				break;
			}
			await endProcesses(living);
		}
		await server.ended;
		await log;
		await rm(folder, { recursive: true, force: true, maxRetries: 5 });
	}
	let ending: Promise<void> | undefined;
	return {
		authority: server.authority,
		folder,
		codexHome,
		logFile,
		ended: server.ended,
		processes,
		end: () => {
			ending ??= endAll();
			return ending;
		},
	};
}

function userCodexHome(): string {
	const named = process.env['CODEX_HOME'];
	return named !== undefined && named !== '' ? path.resolve(named) : path.join(os.homedir(), '.codex');
}

/** Our environment without what belongs to npm or to a VS Code in whose terminal we may have been started. */
function inheritedEnv(): NodeJS.ProcessEnv {
	const foreign = /^(npm_|VSCODE_|ELECTRON_|NODE_OPTIONS$|TERM_PROGRAM|TILLER_)/i;
	return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}

/** Nothing that goes to the network or covers the page. */
const quietSettings = {
	'telemetry.telemetryLevel': 'off',
	'update.mode': 'none',
	'extensions.autoCheckUpdates': false,
	'extensions.autoUpdate': false,
	'extensions.ignoreRecommendations': true,
	'workbench.enableExperiments': false,
	'workbench.startupEditor': 'none',
	'workbench.tips.enabled': false,
	'workbench.secondarySideBar.defaultVisibility': 'hidden',
	'git.openRepositoryInParentFolders': 'never',
	'chat.disableAIFeatures': true,
};
