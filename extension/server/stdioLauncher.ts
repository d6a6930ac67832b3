import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import os from 'node:os';
import { UnusableProgramError } from './appServer.ts';
import type { Launcher } from './appServer.ts';
import type { Translate } from './translate.ts';
import { NewlineReader, NewlineWriter } from './stdioTransport.ts';

export interface StdioLauncherOptions {
	readonly t: Translate;
	readonly program: string;
	readonly args: readonly string[];
	readonly env: Readonly<Record<string, string>>;
	/** One line that the program wrote to stderr. */
	readonly onStderr: (line: string) => void;
}

/** Another app-server program, spoken to over its standard streams. It ends with the window. */
export function stdioLauncher(options: StdioLauncherOptions): Launcher {
	let child: ChildProcess | null = null;
	return {
		async connect(signal) {
			signal.throwIfAborted();
			const started = spawn(options.program, [...options.args], { env: options.env, cwd: os.homedir(), stdio: 'pipe', windowsHide: true });
			child = started;
			await new Promise<void>((resolve, reject) => {
				started.once('spawn', resolve);
				started.once('error', (error) => reject(startFailure(options, error)));
			});
			started.on('error', (error) => options.onStderr(error.message));
			started.once('exit', (code, killedBy) => options.onStderr(`${options.program} ended with ${killedBy ?? `code ${code ?? 'unknown'}`}.`));
			followLines(started.stderr, options.onStderr);
			return {
				reader: new NewlineReader(started.stdout),
				writer: new NewlineWriter(started.stdin),
				close: () => {
					started.stdin.end();
					endLater(started);
				},
			};
		},
		async endServer() {
			const ending = child;
			if (ending === null || ending.exitCode !== null || ending.signalCode !== null) return;
			ending.kill('SIGTERM');
			await new Promise<void>((resolve) => ending.once('exit', () => resolve()));
		},
	};
}

function startFailure({ program, t }: StdioLauncherOptions, error: NodeJS.ErrnoException): Error {
	const reasons: Readonly<Record<string, string>> = { ENOENT: t('there is no such program'), EACCES: t('it is not an executable file') };
	const reason = reasons[error.code ?? ''];
	if (reason === undefined) return new Error(t('{0} (setting tiller.server.path) could not be started: {1}', program, error.message));
	return new UnusableProgramError(
		t(
			'{0} could not be started: {1}. Correct the setting tiller.server.path, or clear it to use the server that comes with Tiller.',
			program,
			reason,
		),
	);
}

/** A program that does not end although its input ended is killed. */
function endLater(child: ChildProcess): void {
	if (child.exitCode !== null || child.signalCode !== null) return;
	const timer = setTimeout(() => child.kill('SIGKILL'), 3_000);
	timer.unref();
	child.once('exit', () => clearTimeout(timer));
}

function followLines(stream: NodeJS.ReadableStream, onLine: (line: string) => void): void {
	let rest = '';
	stream.setEncoding('utf8');
	stream.on('data', (chunk: string) => {
		const lines = (rest + chunk).split('\n');
		rest = lines.pop() ?? '';
		for (const line of lines) onLine(line);
	});
	stream.on('end', () => {
		if (rest !== '') onLine(rest);
	});
}
