export type HookRunStatus = 'running' | 'completed' | 'failed' | 'blocked' | 'stopped';

export interface HookRunEntry {
	readonly kind: 'warning' | 'stop' | 'feedback' | 'context' | 'error';
	readonly text: string;
}

/** One run of a hook: its definition as far as people want to know it, and what came of it. Times are Unix milliseconds. */
export interface HookRun {
	/** The same in its start and its end. */
	readonly id: string;
	readonly event: 'preToolUse' | 'permissionRequest' | 'postToolUse' | 'preCompact' | 'postCompact' | 'sessionStart' | 'userPromptSubmit' | 'stop';
	readonly scope: 'thread' | 'turn';
	readonly sourcePath: string;
	readonly source: 'system' | 'user' | 'project' | 'mdm' | 'sessionFlags' | 'plugin' | 'cloudRequirements' | 'legacyManagedConfigFile';
	readonly displayOrder: number;
	readonly status: HookRunStatus;
	readonly statusMessage: string | null;
	readonly startedAt: number;
	readonly completedAt: number | null;
	readonly durationMs: number | null;
	readonly entries: readonly HookRunEntry[];
}

/** What a hook wants the model to go on with. */
export interface HookPromptFragment {
	readonly text: string;
	readonly hookRunId: string;
}
