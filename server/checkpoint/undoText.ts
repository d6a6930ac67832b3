import { applyPatch, structuredPatch } from 'diff';

/** Lines around a change that have to be as they were. */
const CONTEXT_LINES = 2;
const TIMEOUT_MS = 2000;

/**
 * Brings the change from `from` to `to` into a text that was changed elsewhere since. Null when it was changed in the same place.
 * Line ends of the live text are kept where it differs from `from` only in them.
 */
export function changeAround(live: string, { from, to }: { readonly from: string; readonly to: string }): string | null {
	if (live === from) return to;
	if (live === to || from === to) return live;
	const patch = structuredPatch('', '', from, to, '', '', { context: CONTEXT_LINES, timeout: TIMEOUT_MS });
	if (patch === undefined) return null;
	const result = applyPatch(live, patch, { fuzzFactor: 0, autoConvertLineEndings: true });
	return result === false ? null : result;
}
