import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import { UnusableProgramError } from './appServer.ts';
import type { Translate } from './translate.ts';
import type { Launcher } from './appServer.ts';
import type { ConnectionLog } from './connection.ts';
import { UnprovenPipeError } from '../../server/protocol/wire/pipeProof.ts';
import { serverPid } from './runFolder.ts';
import type { RunFiles } from './runFolder.ts';
import { connectWebSocket } from './webSocketTransport.ts';
import type { Transport } from './webSocketTransport.ts';

export interface BundledLauncherOptions {
	readonly t: Translate;
	readonly script: string;
	readonly files: RunFiles;
	readonly env: Readonly<Record<string, string>>;
	readonly log: ConnectionLog;
}

const START_TIMEOUT_MS = 15_000;
/** Seconds that the server waits for the next client: longer than a window needs to reload. */
const LINGER_SECONDS = 60;
const MAX_LOG_BYTES = 5_000_000;

/** The server that comes with the extension. It outlives the window, so that a reload finds it with its turns and questions. */
export function bundledLauncher(options: BundledLauncherOptions): Launcher {
	const { files } = options;
	return {
		async connect(signal) {
			const running = await tryConnect(options, signal);
			if (running === null && !fs.existsSync(options.script)) {
				throw new UnusableProgramError(options.t('The server that comes with Tiller is missing ({0}). Install the extension again.', options.script));
			}
			return running ?? (await startAndConnect(options, signal));
		},
		async endServer() {
			// The written process id is believed only while a server answers on its socket: else it may be another program's by now.
			const running = await tryConnect(options, AbortSignal.timeout(2_000)).catch(() => null);
			const pid = serverPid(files);
			running?.close();
			if (running === null || pid === null) return;
			process.kill(pid, 'SIGTERM');
			await ended(pid);
		},
	};
}

/** Null when nothing listens there. */
async function tryConnect({ files, t }: BundledLauncherOptions, signal: AbortSignal): Promise<Transport | null> {
	try {
		return await connectWebSocket(files, signal);
	} catch (error) {
		signal.throwIfAborted();
		const code = error instanceof Error && 'code' in error ? error.code : null;
		if (code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ECONNRESET' || code === 'EPIPE') return null;
		if (error instanceof UnprovenPipeError) {
			throw new UnusableProgramError(
				t(
					"Another program uses the name of Tiller's pipe ({0}) and cannot prove that it is your Tiller server. Nothing was sent to it. Close that program, or set CODEX_HOME to another folder.",
					files.socket,
				),
			);
		}
		throw error;
	}
}

async function startAndConnect(options: BundledLauncherOptions, signal: AbortSignal): Promise<Transport> {
	const exit = startServer(options);
	const deadline = Date.now() + START_TIMEOUT_MS;
	for (let waitMs = 10; Date.now() < deadline; waitMs = Math.min(waitMs * 1.5, 250)) {
		const transport = await tryConnect(options, signal);
		if (transport !== null) return transport;
		// Code 0 means that another window was first: its server answers in a moment.
		if (exit.failure !== null) throw new Error(exit.failure);
		await new Promise((resolve) => setTimeout(resolve, waitMs));
	}
	throw new Error(options.t('The server did not answer within {0} s.', START_TIMEOUT_MS / 1000));
}

function startServer({ script, files, env, log, t }: BundledLauncherOptions): { failure: string | null } {
	const result: { failure: string | null } = { failure: null };
	shortenLog(files.log);
	const stderr = fs.openSync(files.log, 'a', 0o600);
	try {
		const args = [script, 'app-server', '--listen', `unix://${files.socket}`, '--linger', String(LINGER_SECONDS), '--state-file', files.state];
		const child = spawn(process.execPath, args, { detached: true, stdio: ['ignore', 'ignore', stderr], env, cwd: os.homedir(), windowsHide: true });
		child.on('error', (error) => {
			result.failure = t('The server could not be started: {0}', error.message);
		});
		child.on('exit', (code, killedBy) => {
			if (code === 0) return;
			result.failure = code === null ? t('The server was ended by {0}.', killedBy ?? '?') : t('The server ended with code {0}.', code);
			log.warn(result.failure);
		});
		child.unref();
	} finally {
		fs.closeSync(stderr);
	}
	return result;
}

/** The log is appended to for as long as the file lives; one that has grown large is begun anew. */
function shortenLog(file: string): void {
	const size = fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0;
	if (size > MAX_LOG_BYTES) fs.truncateSync(file);
}

/** Waits until a process is gone, and kills it when it does not go by itself. */
async function ended(pid: number): Promise<void> {
	for (let waited = 0; alive(pid); waited += 25) {
		if (waited === 3_000) process.kill(pid, 'SIGKILL');
		if (waited > 5_000) throw new Error(`process ${pid} does not end`);
		await new Promise((resolve) => setTimeout(resolve, 25));
	}
}

function alive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
}
