import type { GetAccountRateLimitsResponse, RateLimitSnapshot } from '../../server/protocol/account.ts';
import type { LimitInfo, ThreadStatusInfo } from '../../webview/channel/messages.ts';
import type { Client } from '../server/client.ts';

/** What the page's panel shows of a thread. What a server does not tell is left out. */
export async function readThreadStatus(client: Client, threadId: string): Promise<ThreadStatusInfo> {
	const [context, limits, commands] = await Promise.all([
		client.request('thread/context/read', { threadId }).catch(() => null),
		client.request('account/rateLimits/read', undefined).catch(() => null),
		client.request('thread/backgroundTerminals/list', { threadId }).catch(() => null),
	]);
	return { context, limits: limits === null ? [] : limitsOf(limits), commands: commands?.data ?? [] };
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
