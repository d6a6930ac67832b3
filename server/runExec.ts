import { text as readAll } from 'node:stream/consumers';
import manifest from '../package.json' with { type: 'json' };
import { createAppServer } from './appServer.ts';
import type { ConfigFlags } from './config/layers/configFlags.ts';
import { EXIT, runTask, type Task } from './nonInteractive/runTask.ts';
import { linkedPair } from './transport/linkedPair.ts';

export interface ExecOptions extends Omit<Task, 'version'> {
	/** `-` reads the task from standard input. */
	readonly text: string;
	/** The folder with what lies beside the bundle. */
	readonly assets: string;
	/** What the command line sets of the configuration. */
	readonly flags: ConfigFlags;
}

/** How long the end of an interrupted run may take, in milliseconds. */
const END_MS = 2000;

/** `exec`: one task without a person. The answer goes to standard output, what happens meanwhile to standard error. Resolves with the exit code. */
export async function runExec(options: ExecOptions): Promise<number> {
	const text = options.text === '-' ? await readAll(process.stdin) : options.text;
	if (text.trim() === '') {
		process.stderr.write('the task is empty\n');
		return 2;
	}
	const interrupted = new AbortController();
	const stop = () => {
		// Whoever presses it twice does not want to wait, and nobody waits longer than this.
		if (interrupted.signal.aborted) process.exit(EXIT.interrupted);
		interrupted.abort();
		setTimeout(() => process.exit(EXIT.interrupted), END_MS).unref();
	};
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
	// Who reads the answer may go away: then there is nobody to go on for.
	process.stdout.on('error', stop);
	process.stderr.on('error', () => {});

	const log = (line: string) => process.stderr.write(`${line}\n`);
	const isLogWanted = (process.env.RUST_LOG ?? '') !== '';
	const server = createAppServer({ env: process.env, assets: options.assets, flags: options.flags, writeLog: isLogWanted ? log : () => {} });
	const pair = linkedPair();
	server.accept(pair.server);
	const output = { result: (line: string) => process.stdout.write(`${line}\n`), progress: log };
	const code = await runTask(pair.client, { ...options, text, version: manifest.version }, { output, signal: interrupted.signal });
	await server.close();
	await new Promise((resolve) => process.stdout.write('', resolve));
	return code;
}
