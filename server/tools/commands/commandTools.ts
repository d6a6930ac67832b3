import type { ConfigScope } from '../../items/settings.ts';
import type { HostQuestions } from '../../approval/hostQuestions.ts';
import type { PermissionGrants } from '../../approval/grants/permissionGrants.ts';
import type { RuleBook } from '../../approval/ruleBook.ts';
import type { WorkspaceGrants } from '../../approval/grants/workspaceGrants.ts';
import type { SessionGrants } from '../../approval/grants/sessionGrants.ts';
import type { ShellParser } from '../../approval/shell/shellParser.ts';
import type { EnvironmentPolicy } from '../../exec/environment.ts';
import type { LoginShells } from '../../exec/loginShells.ts';
import type { ProcessHost } from '../../exec/process.ts';
import type { ChangeRecorder } from '../../patch/changeRecorder.ts';
import { Terminals } from '../../exec/terminals.ts';
import type { TimeLimits } from '../../exec/timeLimits.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { execCommandTool } from './execCommand.ts';
import { olderShellTools } from './olderShells.ts';
import type { PatchRunner } from '../patch/patchRunner.ts';
import { RunningCommands } from './runningCommands.ts';
import type { Tool } from '../tool.ts';
import { writeStdinTool } from './writeStdin.ts';

export interface CommandToolsOptions {
	readonly host: ProcessHost;
	readonly limits: TimeLimits;
	readonly sandbox: Sandbox;
	readonly parser: ShellParser;
	readonly rules: RuleBook;
	readonly grants: SessionGrants;
	/** What was allowed in all threads of a folder. */
	readonly workspaces: WorkspaceGrants;
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly environmentPolicy: (scope: ConfigScope) => EnvironmentPolicy;
	readonly shells: LoginShells;
	/** A folder of programs that commands find before all others; null where there is none. */
	readonly helpers: () => Promise<string | null>;
	readonly patches: Pick<PatchRunner, 'run'>;
	readonly changes: ChangeRecorder;
	readonly permissions: PermissionGrants;
	/** Whether a command may ask for permissions beyond the sandbox for itself. */
	readonly asksForMore: (scope: ConfigScope) => boolean;
	/** How many commands of a thread may run on after a turn. */
	readonly mostInBackground: (scope: ConfigScope) => number;
	readonly mostPollMs: (scope: ConfigScope) => number | undefined;
	readonly hosts: HostQuestions;
}

export interface CommandTools {
	/** `sessions`: commands may run on after their call, and are looked at and typed into. `calls`: each ends with its call. */
	readonly tools: { readonly sessions: readonly Tool[]; readonly calls: readonly Tool[] };
	/** Whether a command of the thread still runs. */
	isRunning(threadId: string): boolean;
	/** The commands of a thread that still run, the oldest first. */
	listCommands(threadId: string): readonly RunningCommandFacts[];
	/** Ends one of them. False when it does not run. */
	endCommand(threadId: string, id: number): Promise<boolean>;
	/** Ends what a thread left running. */
	endThread(threadId: string): Promise<void>;
	/** Threads of which commands run or can be read. */
	readonly threads: readonly string[];
}

/** A running command, for lists. */
export interface RunningCommandFacts {
	/** The number by which the model speaks to it. */
	readonly id: number;
	readonly itemId: string;
	readonly turnId: string;
	readonly command: string;
	readonly cwd: string;
	readonly pid: number;
	/** Unix milliseconds. */
	readonly startedAt: number;
}

/** The tools that run commands, with what they share. The process host stays the caller's to dispose. */
export function createCommandTools(options: CommandToolsOptions): CommandTools {
	const terminals = new Terminals(options.host, { limits: options.limits });
	const running = new RunningCommands(terminals);
	const {
		sandbox,
		parser,
		env,
		environmentPolicy,
		shells,
		helpers,
		patches,
		changes,
		permissions,
		workspaces,
		asksForMore,
		mostInBackground,
		mostPollMs,
		rules,
		grants,
		hosts,
	} = options;
	const services = {
		terminals,
		running,
		grants,
		sandbox,
		parser,
		env,
		environmentPolicy,
		shells,
		helpers,
		patches,
		changes,
		permissions,
		workspaces,
		asksForMore,
		mostInBackground,
		mostPollMs,
		rules,
		hosts,
	};
	return {
		tools: {
			sessions: [execCommandTool(services), writeStdinTool(services), ...olderShellTools(services, { offersScript: false })],
			calls: olderShellTools(services, { offersScript: true }),
		},
		isRunning: (threadId) => terminals.list(threadId).length > 0,
		listCommands: (threadId) =>
			running.list(threadId).map(({ terminal, facts, card }) => ({
				id: terminal.id,
				itemId: facts.id,
				turnId: card.turnId,
				command: terminal.command,
				cwd: facts.cwd,
				pid: terminal.pid,
				startedAt: card.startedAt,
			})),
		async endCommand(threadId, id) {
			const command = running.list(threadId).find(({ terminal }) => terminal.id === id);
			if (command) await running.kill(command);
			return command !== undefined;
		},
		get threads() {
			return running.threads;
		},
		endThread: (threadId) => running.endThread(threadId),
	};
}
