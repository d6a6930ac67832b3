/** A problem as it is kept and compared: what a language server says of a place in a file. */
export interface Problem {
	readonly uri: string;
	/** From 1. */
	readonly line: number;
	readonly column: number;
	readonly severity: 'error' | 'warning';
	readonly message: string;
	/** What reported it and under which code, such as `ts 2304`. */
	readonly source: string;
}

/** What is known of the problems of the workspace at one time. */
export interface ProblemState {
	readonly problems: readonly Problem[];
	/** URIs of the documents that language servers have before them. */
	readonly open: ReadonlySet<string>;
}

/** Files that the agent's patches made or deleted in between, as URIs. */
export interface FileLife {
	readonly created: ReadonlySet<string>;
	readonly deleted: ReadonlySet<string>;
}

/** `before - fixed + added.length` is `after`. */
export interface ProblemDelta {
	readonly before: number;
	readonly after: number;
	readonly fixed: number;
	readonly added: readonly Problem[];
	/** Problems of files of which nothing was known at the one time or the other; they count nowhere else. */
	readonly notCompared: number;
}

/**
 * Many language servers know only the files that are open. So a file counts only when something can be said of it at both times: it was
 * open, it had problems, or it did not exist. Lines move with every edit, so a problem is the same one when its file, words and source are.
 */
export function compareProblems(before: ProblemState, after: ProblemState, { created, deleted }: FileLife): ProblemDelta {
	const filesBefore = new Set(before.problems.map(({ uri }) => uri));
	const filesAfter = new Set(after.problems.map(({ uri }) => uri));
	const knownBefore = (uri: string): boolean => before.open.has(uri) || filesBefore.has(uri) || created.has(uri);
	// Of a file that was closed meanwhile many servers take back what they said. One that was never open is looked after by itself.
	const knownAfter = (uri: string): boolean => after.open.has(uri) || filesAfter.has(uri) || deleted.has(uri) || !before.open.has(uri);
	const counts = ({ uri }: Problem): boolean => knownBefore(uri) && knownAfter(uri);
	const old = before.problems.filter(counts);
	const current = after.problems.filter(counts);
	const added = without(current, old);
	const same = current.length - added.length;
	return {
		before: old.length,
		after: current.length,
		fixed: old.length - same,
		added,
		notCompared: before.problems.length - old.length + (after.problems.length - current.length),
	};
}

/** Those of `problems` that have no counterpart in `others`; of several equal ones those farthest from where the others are. */
function without(problems: readonly Problem[], others: readonly Problem[]): readonly Problem[] {
	const left = new Map<string, Problem[]>();
	for (const problem of others) left.set(keyOf(problem), [...(left.get(keyOf(problem)) ?? []), problem]);
	const take = (problem: Problem, fits: (other: Problem) => boolean): boolean => {
		const candidates = left.get(keyOf(problem)) ?? [];
		const index = candidates.findIndex(fits);
		if (index >= 0) candidates.splice(index, 1);
		return index >= 0;
	};
	// First what stayed in its line, so that it is not taken for one that moved.
	const moved = problems.filter((problem) => !take(problem, ({ line }) => line === problem.line));
	return moved.filter((problem) => !take(problem, () => true));
}

export function keyOf({ uri, severity, message, source }: Problem): string {
	return JSON.stringify([uri, severity, message, source]);
}
