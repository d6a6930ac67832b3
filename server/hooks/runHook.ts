import type { ProcessHost, RunningProcess } from '../exec/process.ts';
import type { HookEnd } from './hookOutput.ts';

export interface HookCommand {
	/** The program and its arguments. */
	readonly argv: readonly string[];
	/** Absolute. */
	readonly cwd: string;
	readonly env: Readonly<Record<string, string>>;
	/** Becomes stdin, as one JSON object. */
	readonly input: object;
	/** Seconds. */
	readonly timeoutSec: number;
}

/** More than this on stdout ends the hook: a program that never stops printing must not fill the memory. In bytes. */
const MAX_OUTPUT_BYTES = 4 * 1024 * 1024;
/** What is kept of stderr, in bytes; the rest is read and dropped. */
const MAX_ERROR_BYTES = 256 * 1024;

/**
 * Runs the command of a hook to its end, its time limit, or `signal`. Never rejects, and leaves no process of its group behind.
 * A hook that does not read its stdin is as good as one that does.
 */
export async function runHook(host: ProcessHost, command: HookCommand, signal: AbortSignal): Promise<HookEnd> {
	if (signal.aborted) return { type: 'failed', problem: INTERRUPTED };
	const { argv, cwd, env } = command;
	let running: RunningProcess;
	try {
		running = await host.spawn({ argv, cwd, env, tty: null, stdin: 'open' });
	} catch (error) {
		return { type: 'failed', problem: `The hook could not be started: ${error instanceof Error ? error.message : String(error)}.` };
	}
	const stdout: Uint8Array[] = [];
	const stderr: Uint8Array[] = [];
	const kept = { stdout: 0, stderr: 0 };
	let problem: string | null = null;
	const end = (why: string) => {
		problem ??= why;
		void running.kill(0);
	};
	running.onOutput((chunk, stream) => {
		const most = stream === 'stdout' ? MAX_OUTPUT_BYTES : MAX_ERROR_BYTES;
		const room = most - kept[stream];
		if (room > 0) (stream === 'stdout' ? stdout : stderr).push(Buffer.from(chunk.subarray(0, room)));
		kept[stream] += chunk.byteLength;
		if (stream === 'stdout' && kept.stdout > MAX_OUTPUT_BYTES)
			end(`The hook printed more than ${MAX_OUTPUT_BYTES / 1024 / 1024} MiB and was stopped.`);
	});
	const timer = setTimeout(() => end(`The hook did not end within ${command.timeoutSec} s and was stopped.`), command.timeoutSec * 1000);
	const interrupt = () => end(INTERRUPTED);
	signal.addEventListener('abort', interrupt, { once: true });
	// It may have come while the program was started.
	if (signal.aborted) interrupt();
	try {
		// It may end, or close its stdin, before it has read all.
		running.write(Buffer.from(`${JSON.stringify(command.input)}\n`)).then(
			() => running.closeStdin(),
			() => {},
		);
		const { exitCode } = await running.exited;
		// A program that a hook starts in the background ends with it.
		await running.kill(0);
		if (problem !== null) return { type: 'failed', problem };
		return { type: 'exited', exitCode, stdout: Buffer.concat(stdout).toString('utf8'), stderr: Buffer.concat(stderr).toString('utf8') };
	} finally {
		clearTimeout(timer);
		signal.removeEventListener('abort', interrupt);
	}
}

const INTERRUPTED = 'The hook was stopped because the turn was interrupted.';
