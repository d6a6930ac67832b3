import { applyPatch, reversePatch, structuredPatch } from 'diff';

/** Lines around a change that have to be as they were. */
const CONTEXT_LINES = 2;
const TIMEOUT_MS = 2000;

/**
 * Brings the change from `from` to `to` into a text that was changed elsewhere since. Places where it is already so are left. Null when one
 * of its places was changed in another way.
 */
export function changeAround(live: string, { from, to }: { readonly from: string; readonly to: string }): string | null {
	if (live === from) return to;
	if (live === to || from === to) return live;
	const patch = structuredPatch('', '', from, to, '', '', { context: CONTEXT_LINES, timeout: TIMEOUT_MS });
	if (patch === undefined) return null;
	let text = live;
	// From the end to the beginning, so that the places of those before stay where the patch says.
	for (const hunk of patch.hunks.toReversed()) {
		const one = { ...patch, hunks: [hunk] };
		const result = applyPatch(text, one);
		if (result !== false) text = result;
		else if (applyPatch(text, reversePatch(one)) === false) return null;
	}
	return text;
}
