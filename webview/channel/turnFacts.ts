/** What the host knows of a turn besides its items. Types only. */

/** A file that the agent's patch could not be merged into; shown until the person dismisses it or the file is changed. */
export interface FileConflict {
	readonly itemId: string;
	readonly path: string;
	readonly message: string;
}

/** What a turn changed on the disk, also by commands. */
export interface TurnChanges {
	readonly files: number;
	/** Taken back by the person. */
	readonly undone: boolean;
}

/** What VS Code's language servers knew before and after a turn; `before - fixed + addedCount` is `after`. */
export interface TurnProblems {
	readonly before: number;
	readonly after: number;
	readonly fixed: number;
	/** The first of those that came in the turn. */
	readonly added: readonly {
		/** As the agent finds it: relative to its folder, or absolute. */
		readonly path: string;
		/** From 1. */
		readonly line: number;
		readonly severity: 'error' | 'warning';
		readonly message: string;
		readonly source: string;
	}[];
	readonly addedCount: number;
	/** In files of which nothing was known at the one time or the other. */
	readonly notCompared: number;
}

/** What of the agent's changes waits for a decision, in the whole workspace. */
export interface ReviewCount {
	readonly files: number;
}

/** The newest `turn/plan/updated` of a turn. */
export interface TurnPlan {
	readonly explanation: string | null;
	readonly steps: readonly { readonly step: string; readonly status: 'pending' | 'inProgress' | 'completed' }[];
}
