import type { SandboxPolicy } from '../sandbox/policy/policy.ts';
import type { ModeKind } from './modes.ts';
import type { ReasoningEffort, ReasoningSummary, Verbosity } from './modelInfo.ts';
import type { ApprovalPolicy, Personality, TurnSettings } from './settings.ts';

/** What a thread's next turn will run with. Overrides of a turn stay for those after it. */
export interface ThreadSettings {
	readonly model: string;
	readonly provider: string;
	/** Null: the model's own. */
	readonly effort: ReasoningEffort | null;
	readonly summary: ReasoningSummary | null;
	readonly verbosity: Verbosity | null;
	readonly serviceTier: string | null;
	/** Absolute. */
	readonly cwd: string;
	/** The folders that the client works in, as it named them; left out, or null: the working directory. */
	readonly workspaceRoots?: readonly string[] | null;
	/** What a request, and the owner of the session, configured for this thread beyond the files. */
	readonly configured: Configured;
	readonly environment: Environment;
	readonly approvalPolicy: ApprovalPolicy;
	readonly approvalsReviewer: 'user' | 'auto_review';
	readonly sandbox: SandboxPolicy;
	/** The named profile that the sandbox comes from; null when it comes from none. */
	readonly activeProfile: ActiveProfile | null;
	/** As the person wants it (null: nobody chose), and the ways that are allowed (null: all). */
	readonly webSearch: { readonly chosen: TurnSettings['webSearch'] | null; readonly allowed: readonly TurnSettings['webSearch'][] | null };
	/** Whether the thread may have a goal. */
	readonly goals: boolean;
	/** Null: our own. */
	readonly baseInstructions: string | null;
	readonly developerInstructions: string | null;
	/** Null: nobody chose one, which is Default without a word about it. */
	readonly mode: ChosenMode | null;
	readonly personality: Personality | null;
	/** Null: our own. */
	readonly compactPrompt: string | null;
	/** Tokens that a turn may spend before a person is asked; null: no limit. */
	readonly tokenCap: number | null;
	/** Size of a request, in tokens, from which on it is compacted. Null: nine tenths of the model's window. */
	readonly compactAt: number | null;
	/** It answers a question beside another thread, and only reads. Fixed when it begins; so are its sandbox and its approval policy. */
	readonly onlyReads?: true;
}

/** Tables as in config.toml; empty where nobody said anything. */
export interface Configured {
	/** `config` of the request that started or resumed the thread. */
	readonly request: Readonly<Record<string, unknown>>;
	/** Above it. */
	readonly threadConfig: Readonly<Record<string, unknown>>;
}

export interface ActiveProfile {
	readonly id: string;
	/** Absolute; writable beyond what the profile says. */
	readonly additionalWritableRoots: readonly string[];
}

/** Where a turn's tools work: in the thread's folder, in another one, or nowhere. */
export type Environment = { readonly type: 'thread' } | { readonly type: 'folder'; readonly cwd: string } | { readonly type: 'none' };

/** A way of working that a client chose. */
export interface ChosenMode {
	readonly kind: ModeKind;
	/** Null: our own of this mode. */
	readonly instructions: string | null;
}

export type SettingsOverrides = Partial<ThreadSettings>;
