import type { ConfigScope } from '../../items/settings.ts';
import { v7 as uuid } from 'uuid';
import { commandEnvironment, type EnvironmentPolicy } from '../../exec/environment.ts';
import type { LoginShells } from '../../exec/loginShells.ts';
import { OutputBuffer } from '../../exec/outputBuffer.ts';
import { type ExitStatus, type ProcessHost, type RunningProcess, SpawnError, type SpawnRequest } from '../../exec/process.ts';
import { outputText } from '../../platform/outputText.ts';
import { type Shell, shellArgv } from '../../platform/shellPlan.ts';
import type { ResponseItem } from '../../items/responseItem.ts';
import type { TurnEvent } from '../../items/events.ts';
import type { CommandItem } from '../../items/item.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { truncateForModel } from './commandOutput.ts';

export interface UserShellServices {
	readonly host: ProcessHost;
	/** Restricts nothing of a person's own commands, but for the network where an administrator requires it. */
	readonly sandbox: Sandbox;
	readonly environmentPolicy: (scope: ConfigScope) => EnvironmentPolicy;
	readonly shell: Shell;
	/** What the user's profile sets up. */
	readonly shells: LoginShells;
}

export interface UserShellRequest {
	readonly threadId: string;
	readonly turnId: string;
	/** Absolute. */
	readonly cwd: string;
	readonly configScope: ConfigScope;
	readonly command: string;
	/** Of the output that the model gets, in tokens. */
	readonly maxTokens: number;
	/** Ends the command. */
	readonly signal: AbortSignal;
	emit(event: TurnEvent): void;
}

/**
 * Runs a command that the person typed, as a terminal would: no sandbox, no approval. Shows it as an item and returns what the model
 * is told of it. Never rejects; resolves when the item is complete.
 */
export async function runUserShell(services: UserShellServices, request: UserShellRequest): Promise<ResponseItem> {
	const { turnId, cwd, command, signal, emit } = request;
	const argv = shellArgv(services.shell, command, 'login');
	const startedAt = Date.now();
	const began = performance.now();
	const item: CommandItem = {
		type: 'command',
		id: uuid(),
		argv,
		cwd,
		processId: null,
		source: 'userShell',
		actions: [{ type: 'unknown', command }],
		status: 'inProgress',
		output: null,
		exitCode: null,
		durationMs: null,
	};
	emit({ type: 'itemStarted', turnId, at: startedAt, item });
	const output = new OutputBuffer();
	const decoder = outputText(argv);
	const show = (delta: string) => {
		if (delta === '') return;
		output.append(Buffer.from(delta));
		emit({ type: 'commandOutput', turnId, itemId: item.id, delta });
	};
	const exit = await run(services, request, {
		itemId: item.id,
		onOutput: (chunk) => show(decoder.decode(chunk)),
	});
	show(decoder.end());
	const text = exit.problem ?? output.text();
	const durationMs = Math.round(performance.now() - began);
	const status = exit.exitCode === 0 && !signal.aborted ? 'completed' : 'failed';
	emit({ type: 'itemCompleted', turnId, at: Date.now(), item: { ...item, status, output: text, exitCode: exit.exitCode, durationMs } });
	return messageOf({ command, exitCode: exit.exitCode, durationMs, text: truncateForModel(text, request.maxTokens) });
}

async function run(
	{ host, sandbox, shells, shell, environmentPolicy }: UserShellServices,
	{ threadId, cwd, configScope, command, signal }: UserShellRequest,
	{ itemId, onOutput }: { readonly itemId: string; readonly onOutput: (chunk: Uint8Array) => void },
): Promise<{ readonly exitCode: number; readonly problem: string | null }> {
	try {
		const { argv, base } = await shells.command(shell, command, configScope);
		const env = commandEnvironment({ base, policy: environmentPolicy(configScope), threadId, network: 'enabled' });
		const owner = { threadId, itemId, argv, cwd };
		const prepared = await sandbox.prepare({ argv, cwd, policyCwd: cwd, env, policy: { type: 'dangerFullAccess' }, owner });
		if (prepared.kind === 'refused') return { exitCode: -1, problem: `The command was not run, because ${prepared.reason}` };
		const process = await started(host, { argv: prepared.argv, cwd, env: prepared.env, tty: null, stdin: 'closed' }, prepared.release);
		const kill = () => void process.kill();
		const unsubscribe = process.onOutput(onOutput);
		signal.addEventListener('abort', kill, { once: true });
		if (signal.aborted) kill();
		try {
			return { exitCode: codeOf(await process.exited), problem: null };
		} finally {
			signal.removeEventListener('abort', kill);
			unsubscribe();
		}
	} catch (error) {
		const message = error instanceof SpawnError || error instanceof Error ? error.message : String(error);
		return { exitCode: -1, problem: `The command could not be started: ${message}` };
	}
}

async function started(host: ProcessHost, request: SpawnRequest, release: () => void): Promise<RunningProcess> {
	try {
		const process = await host.spawn(request);
		void process.exited.then(release);
		return process;
	} catch (error) {
		release();
		throw error;
	}
}

/** Death by a signal is no code of the program's own. */
function codeOf(exit: ExitStatus): number {
	return exit.signal === null ? exit.exitCode : -1;
}

function messageOf(end: { readonly command: string; readonly exitCode: number; readonly durationMs: number; readonly text: string }): ResponseItem {
	const result = `Exit code: ${end.exitCode}\nDuration: ${(end.durationMs / 1000).toFixed(4)} seconds\nOutput:\n${end.text}\n`;
	const text = `<user_shell_command>\n<command>\n${end.command}\n</command>\n<result>\n${result}</result>\n</user_shell_command>`;
	return { type: 'message', role: 'user', content: [{ type: 'input_text', text }] };
}
