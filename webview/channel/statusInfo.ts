/** What the panel of context and usage is told besides the thread itself. Types only; `extension/` may import them too. */
import type { ServerProcess } from '../../server/protocol/host/resources.ts';

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
