import type { RateLimitSnapshot, RateLimitWindow } from './model.ts';
import { isRecord, numberOf, recordOf, textOf } from './jsonRecord.ts';

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

const usedPercentHeader = /^x-(.+)-(?:primary|secondary)-used-percent$/;

/** One snapshot for each limit that the headers of an answer tell of (`x-<limit>-primary-used-percent` and so on). */
export function rateLimitsFromHeaders(headers: Headers): readonly RateLimitSnapshot[] {
	const limits = new Set<string>();
	for (const name of Object.keys(headers)) {
		const limit = usedPercentHeader.exec(name)?.[1];
		if (limit !== undefined) limits.add(limit);
	}
	return [...limits].map((limit) => {
		const header = (name: string) => {
			const value = headers[`x-${limit}-${name}`];
			return typeof value === 'string' ? value : null;
		};
		const window = (which: 'primary' | 'secondary') =>
			limitWindow(numeric(header(`${which}-used-percent`)), numeric(header(`${which}-window-minutes`)), numeric(header(`${which}-reset-at`)));
		return { limitId: limit.replaceAll('-', '_'), limitName: header('limit-name'), primary: window('primary'), secondary: window('secondary') };
	});
}

/** The snapshot of a `codex.rate_limits` event. */
export function rateLimitsFromEvent(event: Readonly<Record<string, unknown>>): RateLimitSnapshot {
	const limits = recordOf(event.rate_limits);
	const window = (value: unknown) =>
		isRecord(value) ? limitWindow(numberOf(value.used_percent), numberOf(value.window_minutes), numberOf(value.reset_at)) : null;
	return {
		limitId: textOf(event.metered_limit_name) ?? textOf(event.limit_name) ?? 'codex',
		limitName: textOf(event.limit_name),
		primary: window(limits.primary),
		secondary: window(limits.secondary),
	};
}

function limitWindow(usedPercent: number | null, windowMinutes: number | null, resetsAt: number | null): RateLimitWindow | null {
	return usedPercent === null ? null : { usedPercent: Math.min(100, Math.max(0, usedPercent)), windowMinutes, resetsAt };
}

function numeric(text: string | null): number | null {
	return text === null || text.trim() === '' ? null : numberOf(Number(text));
}
