/** Which thread a tab shows that comes back: the one that its page has kept, or else one of those that tabs are known to have shown. */
export function threadOfTab(kept: string | null, known: readonly string[]): { readonly thread: string | null; readonly left: readonly string[] } {
	if (known.length === 0) return { thread: kept, left: [] };
	const at = Math.max(0, known.indexOf(kept ?? ''));
	const thread = known[at] ?? '';
	return { thread: thread === '' ? null : thread, left: known.toSpliced(at, 1) };
}
