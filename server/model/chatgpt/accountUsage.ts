import type { RateLimitSnapshot, RateLimitWindow } from '../../items/modelInfo.ts';
import { countOf, isRecord, type JsonRecord, numberOf, recordOf, textOf } from '../http/jsonRecord.ts';
import { type ChatgptBackend, statusFailure } from './chatgptBackend.ts';

const WHAT = 'The limits of the account could not be read';
const MAIN = 'codex';

/** All limits of the account, its own first (S191). Rejects as `ChatgptBackend.ask`, and with an error for an answer that is none. */
export async function readUsage(backend: ChatgptBackend, signal: AbortSignal): Promise<readonly RateLimitSnapshot[]> {
	const { status, body } = await backend.ask({ method: 'GET', path: backend.servicePath('usage') }, signal);
	if (status !== 200) throw statusFailure(WHAT, status);
	const limits = limitsIn(body);
	if (limits === null) throw new Error(`${WHAT}: the answer of ChatGPT cannot be read.`);
	return limits;
}

export type NudgeStatus = 'sent' | 'cooldown_active';

/** Has ChatGPT write to the owner of the workspace that credits, or a higher limit, are needed. */
export async function sendNudge(backend: ChatgptBackend, creditType: 'credits' | 'usage_limit', signal: AbortSignal): Promise<NudgeStatus> {
	const path = backend.servicePath('accounts/send_add_credits_nudge_email');
	const { status } = await backend.ask({ method: 'POST', path, body: { credit_type: creditType } }, signal);
	if (status === 429) return 'cooldown_active';
	if (status < 200 || status > 299) throw statusFailure('The email could not be sent', status);
	return 'sent';
}

function limitsIn(body: string): readonly RateLimitSnapshot[] | null {
	let usage: JsonRecord;
	try {
		usage = recordOf(JSON.parse(body));
	} catch {
		return null;
	}
	const planType = textOf(usage.plan_type);
	if (planType === null) return null;
	const more = Array.isArray(usage.additional_rate_limits) ? usage.additional_rate_limits.filter(isRecord) : [];
	return [
		{
			limitId: MAIN,
			limitName: null,
			...windowsOf(usage.rate_limit),
			credits: creditsOf(usage.credits),
			planType,
			reachedType: textOf(recordOf(usage.rate_limit_reached_type).type),
		},
		...more.flatMap((limit): readonly RateLimitSnapshot[] => {
			const limitId = textOf(limit.metered_feature) ?? textOf(limit.limit_name);
			if (limitId === null || limitId === MAIN) return [];
			return [{ limitId, limitName: textOf(limit.limit_name), ...windowsOf(limit.rate_limit), credits: null, planType, reachedType: null }];
		}),
	];
}

function windowsOf(limit: unknown): Pick<RateLimitSnapshot, 'primary' | 'secondary'> {
	const { primary_window: primary, secondary_window: secondary } = recordOf(limit);
	return { primary: windowOf(primary), secondary: windowOf(secondary) };
}

function windowOf(value: unknown): RateLimitWindow | null {
	const { used_percent: used, limit_window_seconds: seconds, reset_at: resetAt } = recordOf(value);
	const usedPercent = numberOf(used);
	if (usedPercent === null) return null;
	const length = numberOf(seconds);
	return {
		usedPercent: Math.min(100, Math.max(0, usedPercent)),
		windowMinutes: length === null || length <= 0 ? null : Math.ceil(length / 60),
		resetsAt: countOf(resetAt),
	};
}

function creditsOf(value: unknown): RateLimitSnapshot['credits'] {
	const { has_credits: hasCredits, unlimited, balance } = recordOf(value);
	if (typeof hasCredits !== 'boolean' || typeof unlimited !== 'boolean') return null;
	return { hasCredits, unlimited, balance: textOf(balance)?.trim() || null };
}
