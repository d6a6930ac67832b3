import type { ReviewVerdict, RiskLevel, UserAuthorization } from '../items/approvalReview.ts';

const RISKS: readonly RiskLevel[] = ['low', 'medium', 'high', 'critical'];
const AUTHORIZATIONS: readonly UserAuthorization[] = ['unknown', 'low', 'medium', 'high'];

/**
 * Reads a reviewer's answer. Whatever is not a clear permission denies: an answer without its form, and a permission that goes
 * against the reviewer's own rules.
 */
export function readVerdict(answer: string): ReviewVerdict {
	const value = parse(answer);
	const risk = RISKS.find((each) => each === value?.risk_level) ?? null;
	const authorization = AUTHORIZATIONS.find((each) => each === value?.user_authorization) ?? 'unknown';
	const rationale = typeof value?.rationale === 'string' && value.rationale.trim() !== '' ? value.rationale.trim() : null;
	if (value?.outcome !== 'allow' && value?.outcome !== 'deny') return failed('its answer was not in the form that was asked for');
	if (value.outcome === 'deny') return { status: 'denied', risk: risk ?? 'high', authorization, rationale: rationale ?? 'No reason was given.' };
	if (risk === null) return failed('it allowed the action without saying how risky it is');
	if (risk === 'critical' || (risk === 'high' && authorization !== 'high')) {
		const why = `The reviewer would have allowed it, but a ${risk} risk needs more than it saw of the user's wish.`;
		return { status: 'denied', risk, authorization, rationale: rationale === null ? why : `${why} It said: ${rationale}` };
	}
	return { status: 'approved', risk, authorization, rationale };
}

/** A review that did not come about denies. */
export function failed(why: string): ReviewVerdict {
	return { status: 'denied', risk: 'high', authorization: 'unknown', rationale: `The automatic review failed: ${why}.` };
}

function parse(answer: string): Readonly<Record<string, unknown>> | null {
	for (const candidate of [answer, answer.slice(answer.indexOf('{'), answer.lastIndexOf('}') + 1)]) {
		try {
			const value: unknown = JSON.parse(candidate);
			if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Readonly<Record<string, unknown>>;
		} catch {
			// The next one may be it.
		}
	}
	return null;
}
