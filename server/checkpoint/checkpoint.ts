/** What a file was at one moment. `notKept`: it was there, and its content is not in the store. */
export type FileState =
	| { readonly type: 'absent' }
	| { readonly type: 'file'; readonly hash: string; readonly bytes: number; readonly mode: number | null }
	| { readonly type: 'notKept'; readonly reason: NotKeptReason };

export type NotKeptReason = 'tooLarge' | 'unreadable';

export const ABSENT: FileState = { type: 'absent' };

export type ChangedBy = 'patch' | 'command' | 'restore';

/** One change of one file, as it was recorded. */
export interface RecordedChange {
	/** Absolute. */
	readonly path: string;
	/** The path without links, as it was then: a link that is put in its place later leads to another file. */
	readonly real: string;
	readonly by: ChangedBy;
	readonly before: FileState;
	readonly after: FileState;
}

/** All that one turn, or one restore, did to one file. */
export interface NetChange {
	readonly path: string;
	/** Null when the path led to different files meanwhile. */
	readonly real: string | null;
	readonly by: readonly ChangedBy[];
	readonly before: FileState;
	readonly after: FileState;
}

/** A step that can be taken back: a turn, or a restore. */
export interface Checkpoint {
	/** The turn's id, or the restore's own. */
	readonly id: string;
	readonly kind: 'turn' | 'restore';
	/** Of a restore: the steps that it took back. */
	readonly of: readonly string[];
	/** Unix milliseconds of its first change. */
	readonly at: number;
	readonly changes: readonly RecordedChange[];
	/** Folders in which files changed by commands could not be kept, with the reason. */
	readonly uncovered: readonly { readonly root: string; readonly reason: string }[];
}

export function sameState(a: FileState, b: FileState): boolean {
	if (a.type === 'file' && b.type === 'file') return a.hash === b.hash;
	return a.type === 'absent' && b.type === 'absent';
}

/** What is left of several changes in their order: from the first state to the last one of each file, without those that came back. */
export function netChanges(changes: readonly RecordedChange[]): readonly NetChange[] {
	const net = new Map<string, NetChange>();
	for (const { path, real, by, before, after } of changes) {
		const known = net.get(path);
		if (known) net.set(path, { ...known, after, real: known.real === real ? real : null, by: known.by.includes(by) ? known.by : [...known.by, by] });
		else net.set(path, { path, real, by: [by], before, after });
	}
	return [...net.values()].filter((change) => !sameState(change.before, change.after)).sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The checkpoints that are taken back at present: by a restore that was not taken back itself. */
export function undoneIds(checkpoints: readonly Checkpoint[]): ReadonlySet<string> {
	const undone = new Set<string>();
	for (const { id, kind, of } of checkpoints.toReversed()) {
		if (kind === 'restore' && !undone.has(id)) for (const each of of) undone.add(each);
	}
	return undone;
}
