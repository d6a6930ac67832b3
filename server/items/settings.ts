import type { ModeKind } from './modes.ts';

import type { ModelInfo, ReasoningEffort, ReasoningSummary, Verbosity } from './modelInfo.ts';
import type { SandboxPolicy } from '../sandbox/policy/policy.ts';

export type ApprovalPolicy = 'untrusted' | 'on-failure' | 'on-request' | 'never' | GranularPolicy;

/** Like `on-request`, but only questions of these kinds reach a person; the others are refused. Names as in configurations and records. */
export interface GranularPolicy {
	readonly granular: {
		/** Leaving the sandbox, and commands that destroy. */
		readonly sandbox_approval: boolean;
		/** What a rule with `prompt` wants to be asked. */
		readonly rules: boolean;
		readonly skill_approval: boolean;
		readonly request_permissions: boolean;
		readonly mcp_elicitations: boolean;
	};
}

/** How the model talks. */
export type Personality = 'none' | 'friendly' | 'pragmatic';

/** For whom a configuration is asked. */
export interface ConfigScope {
	/** Absolute. */
	readonly cwd: string;
	readonly request: Readonly<Record<string, unknown>>;
	readonly threadConfig: Readonly<Record<string, unknown>>;
}

/** Everything a turn was started with. Frozen: a change of settings is for the next turn. */
export interface TurnSettings {
	readonly model: ModelInfo;
	readonly provider: string;
	readonly effort: ReasoningEffort | null;
	readonly summary: ReasoningSummary | null;
	readonly verbosity: Verbosity | null;
	readonly serviceTier: string | null;
	/** Absolute. */
	readonly cwd: string;
	/** Which configuration counts: that of the thread's folder, with what its start asked for. */
	readonly configScope: ConfigScope;
	/** Whether tools may touch the machine at all. */
	readonly hasEnvironment: boolean;
	readonly approvalPolicy: ApprovalPolicy;
	readonly sandbox: SandboxPolicy;
	readonly outputSchema: unknown;
	/** The user's shell: the program and its name. */
	readonly shell: { readonly path: string; readonly name: string };
	readonly mode: ModeKind;
	/** What the mode asks of the model; null when nobody chose a mode. */
	readonly modeInstructions: string | null;
	/** Null when nobody chose one. */
	readonly personality: Personality | null;
	/** Whether the thread may have a goal. */
	readonly goals: boolean;
	readonly webSearch: 'disabled' | 'cached' | 'indexed' | 'live';
	/** The turn answers a question beside a thread: it reads and never writes, whatever was allowed elsewhere. */
	readonly onlyReads?: true;
}
