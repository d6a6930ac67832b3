import type { ModelInfo, ReasoningEffort, ReasoningSummary, Verbosity } from '../model/model.ts';
import type { SandboxPolicy } from '../sandbox/policy.ts';
import type { ApprovalPolicy, TurnSettings } from '../turn/settings.ts';

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
	readonly approvalPolicy: ApprovalPolicy;
	readonly approvalsReviewer: 'user' | 'auto_review';
	readonly sandbox: SandboxPolicy;
	/** The built-in profile that the sandbox comes from when nobody chose one; null when somebody did. */
	readonly defaultProfile: ':workspace' | ':read-only' | null;
	readonly webSearch: TurnSettings['webSearch'];
	/** Null: our own. */
	readonly baseInstructions: string | null;
	readonly developerInstructions: string | null;
}

export type SettingsOverrides = Partial<ThreadSettings>;

export function freezeSettings(
	settings: ThreadSettings,
	options: { model: ModelInfo; shell: TurnSettings['shell']; outputSchema: unknown },
): TurnSettings {
	return Object.freeze({
		model: options.model,
		provider: settings.provider,
		effort: settings.effort ?? options.model.defaultEffort,
		summary: settings.summary,
		verbosity: settings.verbosity ?? options.model.defaultVerbosity,
		serviceTier: settings.serviceTier,
		cwd: settings.cwd,
		approvalPolicy: settings.approvalPolicy,
		sandbox: settings.sandbox,
		outputSchema: options.outputSchema ?? null,
		shell: options.shell,
		webSearch: settings.webSearch,
	});
}
