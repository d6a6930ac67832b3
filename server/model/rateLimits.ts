import type { RateLimitSnapshot, RateLimitWindow } from '../items/modelInfo.ts';
import { countOf, isRecord, numberOf, recordOf, textOf } from './http/jsonRecord.ts';

const MAIN = 'codex';

export type RateLimitHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

const limitHeader = /^x-(.+)-(?:(?:primary|secondary)-used-percent|credits-has-credits)$/;

/** One snapshot for each limit that the headers of an answer tell of (`x-<limit>-primary-used-percent` and so on). */
export function rateLimitsFromHeaders(headers: RateLimitHeaders): readonly RateLimitSnapshot[] {
	const limits = new Set<string>();
	for (const name of Object.keys(headers)) {
		const limit = limitHeader.exec(name)?.[1];
		if (limit !== undefined) limits.add(limit);
	}
	return [...limits].map((limit) => {
		const header = (name: string) => {
			const value = headers[`x-${limit}-${name}`];
			return typeof value === 'string' ? value : null;
		};
		const window = (which: 'primary' | 'secondary') =>
			limitWindow(numeric(header(`${which}-used-percent`)), numeric(header(`${which}-window-minutes`)), numeric(header(`${which}-reset-at`)));
		return {
			limitId: limit.replaceAll('-', '_'),
			limitName: header('limit-name'),
			primary: window('primary'),
			secondary: window('secondary'),
			credits: creditsIn(headers, limit) ?? creditsIn(headers, MAIN),
			planType: null,
			reachedType: header('rate-limit-reached-type'),
		};
	});
}

/** The snapshot of a `codex.rate_limits` event. */
export function rateLimitsFromEvent(event: Readonly<Record<string, unknown>>): RateLimitSnapshot {
	const limits = recordOf(event.rate_limits);
	const window = (value: unknown) =>
		isRecord(value) ? limitWindow(numberOf(value.used_percent), numberOf(value.window_minutes), numberOf(value.reset_at)) : null;
	const account = recordOf(event.credits);
	const flag = (value: unknown) => (typeof value === 'boolean' ? value : null);
	return {
		limitId: textOf(event.metered_limit_name) ?? textOf(event.limit_name) ?? 'codex',
		limitName: textOf(event.limit_name),
		primary: window(limits.primary),
		secondary: window(limits.secondary),
		credits: credits(flag(account.has_credits), flag(account.unlimited), textOf(account.balance)),
		planType: textOf(event.plan_type),
		reachedType: textOf(event.rate_limit_reached_type),
	};
}

function limitWindow(usedPercent: number | null, windowMinutes: number | null, resetsAt: number | null): RateLimitWindow | null {
	return usedPercent === null
		? null
		: { usedPercent: Math.min(100, Math.max(0, usedPercent)), windowMinutes: countOf(windowMinutes), resetsAt: countOf(resetsAt) };
}

function credits(hasCredits: boolean | null, unlimited: boolean | null, balance: string | null): RateLimitSnapshot['credits'] {
	return hasCredits === null || unlimited === null ? null : { hasCredits, unlimited, balance: balance?.trim() || null };
}

/** The account has credits, whatever limit they are told beside. */
function creditsIn(headers: RateLimitHeaders, limit: string): RateLimitSnapshot['credits'] {
	const header = (name: string) => {
		const value = headers[`x-${limit}-credits-${name}`];
		return typeof value === 'string' ? value : null;
	};
	return credits(truth(header('has-credits')), truth(header('unlimited')), header('balance'));
}

/** The limit that an answer was measured by, in words; null when it is the account's own (S192). */
export function namedLimit(headers: RateLimitHeaders): string | null {
	const active = headers['x-codex-active-limit'];
	if (typeof active !== 'string' || active === '' || active === MAIN) return null;
	const name = headers[`x-${active.replaceAll('_', '-')}-limit-name`];
	return typeof name === 'string' && name.trim() !== '' ? name.trim() : active;
}

function truth(text: string | null): boolean | null {
	switch (text?.toLowerCase()) {
		case 'true':
		case '1':
			return true;
		case 'false':
		case '0':
			return false;
		default:
			return null;
	}
}

function numeric(text: string | null): number | null {
	return text === null || text.trim() === '' ? null : numberOf(Number(text));
}
