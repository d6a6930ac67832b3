import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { patient } from '../support/deadline.ts';
import { listProcesses } from './processTree.ts';

/** The npm package `code-server` carries the whole VS Code server and web workbench; this one holds VS Code 1.139.1. */
const packageVersion = '4.139.1';

/** Names the folder where the home is one of a test. */
export const cacheVariable = 'TILLER_CACHE';

/** Folder of everything that is fetched once and kept: `$XDG_CACHE_HOME/tiller`, else `~/.cache/tiller`. */
export function cacheFolder(): string {
	const named = process.env[cacheVariable];
	if (named !== undefined && path.isAbsolute(named)) return named;
	const base = process.env['XDG_CACHE_HOME'];
	return path.join(base !== undefined && path.isAbsolute(base) ? base : path.join(os.homedir(), '.cache'), 'tiller');
}

/**
 * Folder of VS Code, fetched from the npm registry when it is not in the cache yet.
 * Two starts at the same time are safe: each fetches into a folder of its own, and the first to finish renames it into place.
 */
export async function fetchVscode(say: (line: string) => void): Promise<string> {
	const cache = cacheFolder();
	const name = `vscode-${packageVersion}`;
	const home = path.join(cache, name);
	const vscode = path.join(home, 'node_modules', 'code-server', 'lib', 'vscode');
	if (existsSync(home)) {
		await addTypeScript(vscode).catch((error: unknown) => say(`VS Code's TypeScript is missing here: ${String(error)}`));
		return vscode;
	}
	await mkdir(cache, { recursive: true });
	await removeAbandoned(cache, name);
	say(`Fetching VS Code (code-server ${packageVersion} from npm, 0.6 GB) into ${home}: about 20 seconds, only this once.`);
	const partial = await mkdtemp(path.join(cache, `${name}.partial-${process.pid}-`));
	const started = Date.now();
	const tick = setInterval(() => say(`  still fetching, ${Math.round((Date.now() - started) / 1000)} s`), 10_000);
	try {
		await npm(partial, ['install', '--prefix', partial, '--no-save', '--no-package-lock', ...quiet, `code-server@${packageVersion}`]);
		say('  VS Code itself is here; now the packages it needs.');
		const inner = path.join(partial, path.relative(home, vscode));
		// Not `ci`: the lock file in the package lacks entries that a newer npm asks for. `install` still keeps to what it pins.
		await npm(inner, ['install', '--omit=dev', ...quiet]);
		await addTypeScript(inner);
		await rename(partial, home).catch((error: unknown) => {
			// Another start was faster: a folder that is not empty cannot be replaced.
			if (!existsSync(home)) {
				throw error;
			}
		});
	} finally {
		clearInterval(tick);
		await rm(partial, { recursive: true, force: true });
	}
	say(`  done in ${Math.round((Date.now() - started) / 1000)} s.`);
	return vscode;
}

/** Its install scripts compile native parts that nothing here needs. */
const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];

/** What VS Code's own extensions share is no part of its package: without it nothing is known of problems in TypeScript and JavaScript. */
async function addTypeScript(vscode: string): Promise<void> {
	const extensions = path.join(vscode, 'extensions');
	if (existsSync(path.join(extensions, 'node_modules', 'typescript'))) return;
	await npm(extensions, ['install', '--omit=dev', '--no-package-lock', ...quiet]);
}

/** Removes what fetches left behind that were killed. The folder's name tells which process made it. */
async function removeAbandoned(cache: string, name: string): Promise<void> {
	const living = new Set((await listProcesses()).map((row) => row.pid));
	for (const entry of await readdir(cache)) {
		const maker = new RegExp(`^${RegExp.escape(name)}\\.partial-(\\d+)-`).exec(entry)?.[1];
		if (maker !== undefined && !living.has(Number(maker))) {
			await rm(path.join(cache, entry), { recursive: true, force: true });
		}
	}
}

/** npm of the machine, also when this program itself was started by npm. */
function npm(cwd: string, args: readonly string[]): Promise<void> {
	const cli = process.env['npm_execpath'];
	const [command, first] = cli !== undefined && /\.c?js$/.test(cli) ? [process.execPath, [cli]] : ['npm', []];
	return new Promise((resolve, reject) => {
		const child = spawn(command, [...first, ...args], {
			cwd,
			stdio: ['ignore', 'pipe', 'pipe'],
			shell: process.platform === 'win32' && first.length === 0,
		});
		let output = '';
		const keep = (chunk: Buffer) => {
			output = (output + chunk.toString()).slice(-4000);
		};
		child.stdout.on('data', keep);
		child.stderr.on('data', keep);
		const killTogether = () => child.kill();
		process.once('exit', killTogether);
		child.once('error', (error) =>
			reject(new Error(`npm could not be started: ${error.message}. It is needed once, to fetch VS Code.`, { cause: error })),
		);
		child.once('close', (code) => {
			process.off('exit', killTogether);
			if (code === 0) {
				resolve();
			} else {
				reject(
					new Error(`Fetching VS Code failed (npm ${args[0] ?? ''} ended with ${String(code)}). Is the npm registry reachable?\n${output.trim()}`),
				);
			}
		});
	});
}

export interface VscodeOptions {
	/** Folder as `fetchVscode` returns it. */
	readonly vscode: string;
	/** Settings, state and logs of this run. */
	readonly dataDir: string;
	readonly env: NodeJS.ProcessEnv;
	/** Off: every folder counts as trusted. */
	readonly workspaceTrust: 'on' | 'off';
	/** A secret that the first address must carry; without it every program of this machine may connect. */
	readonly connectionTokenFile?: string;
	readonly log: (text: string) => void;
}

export interface RunningVscode {
	/** `127.0.0.1:port`, also the authority of `vscode-remote` addresses. */
	readonly authority: string;
	readonly process: ChildProcess;
	/** Resolves when the server has ended, by itself or through `endVscode`. */
	readonly ended: Promise<void>;
}

/** Starts the VS Code server on a free port of the loopback and resolves when it accepts connections. */
export async function startVscode(options: VscodeOptions): Promise<RunningVscode> {
	const token = options.connectionTokenFile === undefined ? ['--without-connection-token'] : ['--connection-token-file', options.connectionTokenFile];
	const args = [
		path.join(options.vscode, 'out', 'server-main.js'),
		...['--host', '127.0.0.1', '--port', '0', ...token, '--accept-server-license-terms'],
		...['--server-data-dir', options.dataDir, '--telemetry-level', 'off'],
		// Without this a built VS Code ignores the extension under development.
		'--enable-smoke-test-driver',
		...(options.workspaceTrust === 'off' ? ['--disable-workspace-trust'] : []),
	];
	// A process group of its own: Ctrl-C in the terminal reaches only us, and we end the group in order.
	const child = spawn(process.execPath, args, { env: options.env, stdio: ['ignore', 'pipe', 'pipe'], detached: process.platform !== 'win32' });
	const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
	const port = await new Promise<string>((resolve, reject) => {
		let output = '';
		const limitMs = patient(60_000);
		const limit = setTimeout(() => reject(new Error(`VS Code did not start within ${limitMs / 1000} seconds:\n${output}`)), limitMs);
		const read = (chunk: Buffer) => {
			options.log(chunk.toString());
			if (output.length < 20_000) {
				output += chunk.toString();
				const port = /listening on (\d+)/.exec(output)?.[1];
				if (port !== undefined) {
					clearTimeout(limit);
					resolve(port);
				}
			}
		};
		child.stdout.on('data', read);
		child.stderr.on('data', read);
		child.once('error', reject);
		child.once('close', (code) => {
			clearTimeout(limit);
			reject(new Error(`VS Code ended with ${String(code)} while starting:\n${output}`));
		});
	}).catch(async (error: unknown) => {
		child.kill('SIGKILL');
		throw error;
	});
	return { authority: `127.0.0.1:${port}`, process: child, ended };
}

export interface WorkbenchAddress {
	readonly authority: string;
	readonly folder: string;
	/** Folder of the extension under development. */
	readonly extension: string;
	/** A port at which the extension host can be looked into. */
	readonly inspectPort?: number;
	/** A module with `run()` that VS Code loads into the extension host and runs. */
	readonly tests?: string;
	readonly connectionToken?: string;
}

/** The address that opens the folder with the extension under development loaded. */
export function workbenchAddress(address: WorkbenchAddress): string {
	const remote = (file: string) => `vscode-remote://${address.authority}${encodeURI(file.split(path.sep).join('/'))}`;
	const payload = [
		['extensionDevelopmentPath', remote(address.extension)],
		['skipWelcome', 'true'],
		...(address.tests === undefined ? [] : [['extensionTestsPath', remote(address.tests)]]),
		...(address.inspectPort === undefined ? [] : [['inspect-extensions', String(address.inspectPort)]]),
	];
	const token = address.connectionToken === undefined ? '' : `tkn=${encodeURIComponent(address.connectionToken)}&`;
	const folder = encodeURIComponent(address.folder.split(path.sep).join('/')).replaceAll('%2F', '/');
	const kind = address.folder.endsWith('.code-workspace') ? 'workspace' : 'folder';
	return `http://${address.authority}/?${token}${kind}=${folder}&payload=${encodeURIComponent(JSON.stringify(payload))}`;
}
