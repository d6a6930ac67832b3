/** Names and alternatives of names; anything else is a regular expression. */
const PLAIN = /^[A-Za-z0-9_|]*$/;
/** Longer ones are refused: a pattern of a file must not cost time. */
const MAX_CHARACTERS = 1000;

/** Other names under which a tool is known to those who write hooks. */
const ALIASES: Readonly<Record<string, readonly string[]>> = { apply_patch: ['Edit', 'Write'] };

/** Why a matcher cannot be used; null when it can. */
export function matcherProblem(matcher: string): string | null {
	if (matcher.length > MAX_CHARACTERS) return `longer than ${MAX_CHARACTERS} characters`;
	if (PLAIN.test(matcher) || matcher === '*') return null;
	try {
		new RegExp(matcher);
		return null;
	} catch (error) {
		return error instanceof Error ? error.message : String(error);
	}
}

/** Whether a hook is meant for this tool, source or trigger. `matcher` is one that `matcherProblem` accepts. */
export function matches(matcher: string | null, subject: string): boolean {
	if (matcher === null || matcher === '' || matcher === '*') return true;
	const subjects = [subject, ...(ALIASES[subject] ?? [])];
	if (PLAIN.test(matcher)) return matcher.split('|').some((name) => subjects.includes(name));
	const pattern = new RegExp(matcher);
	return subjects.some((name) => pattern.test(name));
}
