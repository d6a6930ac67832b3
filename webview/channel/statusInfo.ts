/** What the panel of context and usage is told besides the thread itself. Types only; `extension/` may import them too. */
import type { ServerProcess } from '../../server/protocol/host/resources.ts';
import type { TokenUsageBreakdown } from '../../server/protocol/thread/threadChange.ts';
import type { ThreadContextReadResponse } from '../../server/protocol/thread/threadStatus.ts';

export interface Money {
	/** ISO 4217. */
	readonly currency: string;
	readonly amount: number;
}

/** From the prices in the settings. Empty: nothing that has a price was used. */
export interface CostInfo {
	readonly turn: readonly Money[];
	readonly thread: readonly Money[];
	/** Of all threads. */
	readonly today: readonly Money[];
	/** Models that were used and have no price. */
	readonly unpriced: readonly string[];
}

/** What one of our processes takes, or several together. */
export interface ResourceRow {
	readonly kind: ServerProcess['kind'] | 'extensionHost';
	/** Of a `command`. */
	readonly command: string | null;
	readonly processes: number;
	/** Of one processor; null before there are two looks to compare. */
	readonly cpuPercent: number | null;
	readonly memoryBytes: number;
	readonly startedAtMs: number | null;
	readonly stop: { readonly threadId: string; readonly processId: string } | null;
}

export interface ResourceInfo {
	readonly rows: readonly ResourceRow[];
	/** False when the server does not know its processes' use. */
	readonly serverTells: boolean;
}

/** What the newest model request filled of the context window. */
export interface ContextUsage {
	readonly usedTokens: number;
	readonly window: number | null;
	/** Of the newest request, and of all of the thread together. */
	readonly last?: TokenUsageBreakdown;
	readonly total?: TokenUsageBreakdown;
}

/** One window of a limit of the account. */
export interface LimitInfo {
	/** Null when there is but one limit. */
	readonly name: string | null;
	readonly minutes: number | null;
	readonly usedPercent: number;
	/** Unix seconds. */
	readonly resetsAt: number | null;
}

/** What is asked for when somebody looks at it. `context` is null when the server does not tell. */
export interface ThreadStatusInfo {
	readonly context: ThreadContextReadResponse | null;
	readonly limits: readonly LimitInfo[];
	/** What the account has besides its plan; null when it has none, or nobody says. `balance` as the service writes it. */
	readonly credits?: { readonly unlimited: boolean; readonly balance: string | null } | null;
	/** Null when no prices are known, or the server does not tell what was used. */
	readonly cost?: CostInfo | null;
}
