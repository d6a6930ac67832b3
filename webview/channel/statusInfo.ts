/** What the panel of context and usage is told besides the thread itself. */
import type { ServerProcess } from '../../server/protocol/host/resources.ts';
import type { TokenUsageBreakdown } from '../../server/protocol/thread/threadChange.ts';
import type { ThreadContextReadResponse } from '../../server/protocol/thread/threadStatus.ts';
import { flag, type Is, list, nullable, number, numberOrNull, object, text, textOrNull, wire } from './shape.ts';

export type Money = Is<typeof money>;
const money = object({
	/** ISO 4217. */
	currency: text,
	amount: number,
});

/** From the prices in the settings. Empty: nothing that has a price was used. */
export type CostInfo = Is<typeof costInfo>;
const costInfo = object({
	turn: list(money),
	thread: list(money),
	/** Of all threads. */
	today: list(money),
	/** Models that were used and have no price. */
	unpriced: list(text),
});

/** What one of our processes takes, or several together. */
export type ResourceRow = Is<typeof resourceRow>;
const resourceRow = object({
	kind: wire<ServerProcess['kind'] | 'extensionHost'>()(text),
	/** Of a `command`. */
	command: textOrNull,
	processes: number,
	/** Of one processor; null before there are two looks to compare. */
	cpuPercent: numberOrNull,
	memoryBytes: number,
	startedAtMs: numberOrNull,
	stop: nullable(object({ threadId: text, processId: text })),
});

export type ResourceInfo = Is<typeof resourceInfo>;
export const resourceInfo = object({
	rows: list(resourceRow),
	/** False when the server does not know its processes' use. */
	serverTells: flag,
});

const tokens = wire<TokenUsageBreakdown>()(
	object({ totalTokens: number, inputTokens: number, cachedInputTokens: number, outputTokens: number, reasoningOutputTokens: number }),
);

/** What the newest model request filled of the context window. */
export type ContextUsage = Is<typeof contextUsage>;
export const contextUsage = object(
	{ usedTokens: number, window: numberOrNull },
	/** Of the newest request, and of all of the thread together. */
	{ last: tokens, total: tokens },
);

/** One window of a limit of the account. */
export type LimitInfo = Is<typeof limitInfo>;
const limitInfo = object({
	/** Null when there is but one limit. */
	name: textOrNull,
	minutes: numberOrNull,
	usedPercent: number,
	/** Unix seconds. */
	resetsAt: numberOrNull,
});

/** What is asked for when somebody looks at it. */
export type ThreadStatusInfo = Is<typeof threadStatusInfo>;
export const threadStatusInfo = object(
	{
		/** Null when the server does not tell. */
		context: nullable(wire<ThreadContextReadResponse>()(object({ tokens: number, parts: list(object({ kind: text, tokens: number })) }))),
		limits: list(limitInfo),
	},
	{
		/** What the account has besides its plan; null when it has none, or nobody says. `balance` as the service writes it. */
		credits: nullable(object({ unlimited: flag, balance: textOrNull })),
		/** Null when no prices are known, or the server does not tell what was used. */
		cost: nullable(costInfo),
	},
);
