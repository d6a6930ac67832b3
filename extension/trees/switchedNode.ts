interface Selections<T> {
	readonly before: readonly T[];
	readonly switched: readonly T[];
	/** After it was switched back. */
	readonly after: readonly T[];
}

/**
 * The node whose selection was switched and switched back; the selected one where no row has the keyboard, so that nothing was switched. Null
 * when that cannot be told: while a tree is redrawn its selection seems to be empty, so it counts only when nothing else has changed.
 */
export function switchedNode<T extends object>({ before, switched, after }: Selections<T>): T | null {
	if (missingIn(before, after).length + missingIn(after, before).length > 0) return null;
	const changed = [...missingIn(before, switched), ...missingIn(switched, before)];
	return changed.length > 1 ? null : (changed[0] ?? before[0] ?? null);
}

/** The nodes of a tree are made anew with each redraw. */
function missingIn<T extends object>(these: readonly T[], those: readonly T[]): readonly T[] {
	const keys = new Set(these.map((each) => JSON.stringify(each)));
	return those.filter((each) => !keys.has(JSON.stringify(each)));
}
