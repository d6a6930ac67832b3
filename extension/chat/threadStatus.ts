import type { GetAccountRateLimitsResponse, RateLimitSnapshot } from '../../server/protocol/account/account.ts';
import type { LimitInfo, ThreadStatusInfo } from '../../webview/channel/statusInfo.ts';
import type { CostInfo } from '../../webview/channel/statusInfo.ts';
import { costOf, type Prices } from '../resources/cost.ts';
import type { Client } from '../server/client.ts';

/** What the page's panel shows of a thread. What a server does not tell is left out. */
export async function readThreadStatus(client: Client, threadId: string, prices: Prices): Promise<ThreadStatusInfo> {
	const [context, limits, cost] = await Promise.all([
		client.request('thread/context/read', { threadId }).catch(() => null),
		client.request('account/rateLimits/read', undefined).catch(() => null),
		readCost(client, threadId, prices).catch(() => null),
	]);
	const credits = limits?.rateLimits.credits ?? null;
	return {
		context,
		limits: limits === null ? [] : limitsOf(limits),
		credits: credits?.hasCredits ? { unlimited: credits.unlimited, balance: credits.balance } : null,
		cost,
	};
}

/** Without prices nothing is asked for: reading what was used takes the server some work. */
async function readCost(client: Client, threadId: string, prices: Prices): Promise<CostInfo | null> {
	if (Object.keys(prices).length === 0) return null;
	const midnight = new Date();
	midnight.setHours(0, 0, 0, 0);
	const { thread, since } = await client.request('usage/read', { threadId, since: Math.floor(midnight.getTime() / 1000) });
	const [turn, whole, today] = [thread?.lastTurn?.total, thread?.total, since].map((usage) => costOf(usage ?? [], prices));
	return {
		turn: turn?.amounts ?? [],
		thread: whole?.amounts ?? [],
		today: today?.amounts ?? [],
		unpriced: [...new Set([...(whole?.unpriced ?? []), ...(today?.unpriced ?? [])])],
	};
}

/** Every window of every limit; named where there are several. */
export function limitsOf({ rateLimits, rateLimitsByLimitId }: GetAccountRateLimitsResponse): readonly LimitInfo[] {
	const snapshots: readonly RateLimitSnapshot[] = rateLimitsByLimitId === null ? [rateLimits] : Object.values(rateLimitsByLimitId);
	return snapshots.flatMap(({ limitId, limitName, primary, secondary }) =>
		[primary, secondary].flatMap((window) =>
			window === null
				? []
				: [
						{
							name: snapshots.length === 1 ? null : (limitName ?? limitId),
							minutes: window.windowDurationMins,
							usedPercent: window.usedPercent,
							resetsAt: window.resetsAt,
						},
					],
		),
	);
}
