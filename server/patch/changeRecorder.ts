import type { PlannedChange } from './computeChanges.ts';
import type { ApplyResult } from './fileChangeApplier.ts';

/** What changes files: one item of a turn. */
export interface ChangeSource {
	readonly threadId: string;
	readonly turnId: string;
	readonly itemId: string;
}

/** A command on its way: what it changes is looked for when it has ended. */
export interface CommandWatch {
	/** Never rejects; resolves when everything that was changed so far is recorded. */
	ended(): Promise<void>;
}

/** Keeps what files were before the agent changed them, so that it can be undone. Never rejects: work goes on without it. */
export interface ChangeRecorder {
	/** Resolves when the old content is safe, before the files are written. `realOf`: each path of the changes without its links. */
	beforePatch(source: ChangeSource, changes: readonly PlannedChange[], realOf: (path: string) => string): Promise<void>;
	/** After the files were written or not: what was recorded and did not come about is taken back. */
	afterPatch(source: ChangeSource, changes: readonly PlannedChange[], results: readonly ApplyResult[]): Promise<void>;
	/** `roots`: the folders that the command may write to, as far as undo covers them. Resolves when the command may start. */
	beforeCommand(source: ChangeSource, roots: readonly string[]): Promise<CommandWatch>;
	/** Records what commands that still run have changed so far. */
	endTurn(source: Pick<ChangeSource, 'threadId' | 'turnId'>): Promise<void>;
}

/** For who wants no undo: nothing is kept. */
export const recordsNothing: ChangeRecorder = {
	beforePatch: async () => {},
	afterPatch: async () => {},
	beforeCommand: async () => ({ ended: async () => {} }),
	endTurn: async () => {},
};
