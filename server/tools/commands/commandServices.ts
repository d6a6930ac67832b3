import type { ConfigScope } from '../../items/settings.ts';
import type { HostQuestions } from '../../approval/hostQuestions.ts';
import type { PermissionGrants } from '../../approval/grants/permissionGrants.ts';
import type { RuleBook } from '../../approval/ruleBook.ts';
import type { SessionGrants } from '../../approval/grants/sessionGrants.ts';
import type { WorkspaceGrants } from '../../approval/grants/workspaceGrants.ts';
import type { ShellParser } from '../../approval/shell/shellParser.ts';
import type { EnvironmentPolicy } from '../../exec/environment.ts';
import type { LoginShells } from '../../exec/loginShells.ts';
import type { Terminals } from '../../exec/terminals.ts';
import type { ChangeRecorder } from '../../patch/changeRecorder.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import type { PatchRunner } from '../patch/patchRunner.ts';
import type { RunningCommands } from './runningCommands.ts';

/** What the tools of commands work with. */
export interface CommandServices {
	readonly terminals: Terminals;
	readonly running: RunningCommands;
	readonly sandbox: Sandbox;
	readonly parser: ShellParser;
	readonly rules: RuleBook;
	readonly grants: SessionGrants;
	/** What was allowed in all threads of a folder. */
	readonly workspaces: WorkspaceGrants;
	readonly permissions: PermissionGrants;
	/** Whether a command may ask for permissions beyond the sandbox for itself. */
	readonly asksForMore: (scope: ConfigScope) => boolean;
	/** How many commands of a thread may run on after a turn. */
	readonly mostInBackground: (scope: ConfigScope) => number;
	/** How long a look at a command without writing may wait for output, in milliseconds; undefined: the tool's own limit. */
	readonly mostPollMs: (scope: ConfigScope) => number | undefined;
	/** Asks about hosts, in the turn that runs. */
	readonly hosts: Pick<HostQuestions, 'enter' | 'leave' | 'endThread'>;
	/** The server's own environment. */
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly environmentPolicy: (scope: ConfigScope) => EnvironmentPolicy;
	readonly shells: LoginShells;
	readonly helpers: () => Promise<string | null>;
	/** For a command that is nothing but a patch. */
	readonly patches: Pick<PatchRunner, 'run'>;
	/** Keeps what commands change. */
	readonly changes: ChangeRecorder;
}
