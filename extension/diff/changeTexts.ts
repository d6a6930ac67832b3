/** The two sides of a change, made from its diff: whole when the file still has the change, else only the changed places. Pure. */
import { applyPatch, parsePatch, reversePatch } from 'diff';
import type { FileUpdateChange } from '../../server/protocol/thread/item.ts';

export interface ChangeTexts {
	readonly before: string;
	readonly after: string;
}

/** `current` is the text of the file now; null when there is none. */
export function changeTexts(change: FileUpdateChange, current: string | null): ChangeTexts {
	if (change.kind.type === 'add') return { before: '', after: change.diff };
	if (change.kind.type === 'delete') return { before: change.diff, after: '' };
	return (current === null ? null : wholeTexts(change.diff, current)) ?? hunkTexts(change.diff);
}

function wholeTexts(diff: string, current: string): ChangeTexts | null {
	try {
		const [patch] = parsePatch(diff);
		if (patch === undefined || patch.hunks.length === 0) return null;
		const before = applyPatch(current, reversePatch(patch), { autoConvertLineEndings: true });
		if (before !== false) return { before, after: current };
		// Not applied (yet), or undone: the present text is the side before.
		const after = applyPatch(current, patch, { autoConvertLineEndings: true });
		return after === false ? null : { before: current, after };
	} catch {
		return null;
	}
}

/** Only what the diff itself shows. */
function hunkTexts(diff: string): ChangeTexts {
	const before: string[] = [];
	const after: string[] = [];
	for (const line of diff.split('\n')) {
		if (line.startsWith('@@')) {
			if (before.length > 0 || after.length > 0) {
				before.push('⋯');
				after.push('⋯');
			}
		} else if (line.startsWith('-')) before.push(line.slice(1));
		else if (line.startsWith('+')) after.push(line.slice(1));
		else if (line.startsWith(' ')) {
			before.push(line.slice(1));
			after.push(line.slice(1));
		}
	}
	return { before: `${before.join('\n')}\n`, after: `${after.join('\n')}\n` };
}
