import type { WorktreeChange } from '../../server/protocol/host/worktree.ts';
import { mergeTexts, normalize } from '../edits/mergeTexts.ts';
import { hasMarkers, type MarkerNames, mergeWithMarkers } from './mergeWithMarkers.ts';

/** Of the person's file, at this moment. */
export type FolderFile =
	| { readonly type: 'missing' }
	| { readonly type: 'text'; readonly text: string; readonly isUnsaved: boolean }
	/** No text; `isAlike`: byte for byte what the worktree has. */
	| { readonly type: 'bytes'; readonly isAlike: boolean }
	| { readonly type: 'refused'; readonly message: string };

/** Why a file is left as it is. */
export type RefusalReason = 'link' | 'submodule' | 'changedHere' | 'deletedHere' | 'unsaved' | 'unresolved' | 'noText';

export type ChangeDecision =
	/** The folder has it. */
	| { readonly type: 'there' }
	| { readonly type: 'create' }
	| { readonly type: 'write'; readonly text: string; readonly hasConflict: boolean }
	| { readonly type: 'delete' }
	/** Nothing but whether it is a program. */
	| { readonly type: 'mode'; readonly executable: boolean }
	/** Its bytes, as they are in the worktree. */
	| { readonly type: 'copy' }
	| { readonly type: 'refused'; readonly reason: RefusalReason }
	| { readonly type: 'unusable'; readonly message: string };

interface Mode {
	/** Whether the person's file is a program; null where there is none, or nothing says so. */
	readonly isExecutable: boolean | null;
}

const refused = (reason: RefusalReason): ChangeDecision => ({ type: 'refused', reason });

/** What bringing one change of a worktree into the person's folder does. */
export function decideChange(change: WorktreeChange, live: FolderFile, { isExecutable, ...names }: MarkerNames & Mode): ChangeDecision {
	const decision = decideContents(change, live, names);
	const { executable } = change;
	const isNews = executable !== null && isExecutable !== null && executable !== isExecutable;
	return decision.type === 'there' && change.status !== 'deleted' && isNews ? { type: 'mode', executable } : decision;
}

function decideContents(change: WorktreeChange, live: FolderFile, names: MarkerNames): ChangeDecision {
	if (change.kind === 'link' || change.kind === 'submodule') return refused(change.kind);
	if (live.type === 'refused') return { type: 'unusable', message: live.message };
	if (change.kind === 'binary') return decideBytes(change, live);
	if (live.type === 'bytes') return refused('noText');
	const { before, after } = change;
	if (after === null) {
		if (live.type === 'missing') return { type: 'there' };
		if (live.isUnsaved) return refused('unsaved');
		return normalize(live.text) === normalize(before ?? '') ? { type: 'delete' } : refused('changedHere');
	}
	if (live.type === 'missing') return before === null ? { type: 'create' } : refused('deletedHere');
	return decideText({ before: before ?? '', live: live.text, after }, names);
}

function decideBytes({ status, unchangedInFolder }: WorktreeChange, live: FolderFile): ChangeDecision {
	if (status === 'deleted' ? live.type === 'missing' : live.type === 'bytes' && live.isAlike) return { type: 'there' };
	if (live.type === 'text' && live.isUnsaved) return refused('unsaved');
	if (!unchangedInFolder) return refused(live.type === 'missing' ? 'deletedHere' : 'changedHere');
	return { type: status === 'deleted' ? 'delete' : 'copy' };
}

function decideText(texts: { readonly before: string; readonly live: string; readonly after: string }, names: MarkerNames): ChangeDecision {
	const { before, live, after } = texts;
	if (normalize(live) === normalize(after)) return { type: 'there' };
	const merged = mergeTexts(before, live, after);
	if (merged.type === 'merged') return merged.text === normalize(live) ? { type: 'there' } : { type: 'write', text: merged.text, hasConflict: false };
	if (hasMarkers(live)) return refused('unresolved');
	return { type: 'write', text: mergeWithMarkers(texts, names), hasConflict: true };
}
