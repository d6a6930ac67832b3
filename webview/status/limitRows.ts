import type { LimitInfo, ThreadStatusInfo } from '../channel/statusInfo.ts';
import { strings } from '../strings.ts';

/** The limits and credits of the account as names and values. */
export function limitRows({ limits, credits }: Pick<ThreadStatusInfo, 'limits' | 'credits'>): readonly (readonly [name: string, value: string])[] {
	const rows = limits.map((limit) => [limitName(limit), limitValue(limit)] as const);
	if (!credits) return rows;
	const value = credits.unlimited ? strings.status.unlimited : (credits.balance ?? strings.status.available);
	return [...rows, [strings.status.credits, value]];
}

function limitName({ name, minutes }: LimitInfo): string {
	const own = minutes === null ? strings.status.limit : strings.status.limitOf(span(minutes));
	return name === null ? own : `${name}: ${own}`;
}

function limitValue({ usedPercent, resetsAt }: LimitInfo): string {
	const used = strings.status.used(usedPercent);
	return resetsAt === null ? used : `${used}, ${strings.status.resets(time(resetsAt))}`;
}

function span(minutes: number): string {
	if (minutes % 1440 === 0) return strings.status.days(minutes / 1440);
	return minutes % 60 === 0 ? strings.status.hours(minutes / 60) : strings.status.minutes(minutes);
}

/** `seconds`: Unix time. */
function time(seconds: number): string {
	return new Date(seconds * 1000).toLocaleString(undefined, { dateStyle: 'short', timeStyle: 'short' });
}
