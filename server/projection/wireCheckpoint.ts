import { type NetChange, netChanges, type RecordedChange } from '../checkpoint/checkpoint.ts';
import type { CheckpointFile } from '../protocol/thread/checkpoint.ts';
import type { ServerNotification } from '../protocol/serverMessages.ts';

export function toWireCheckpointFile({ path, by, before, after }: NetChange): CheckpointFile {
	const change = before.type === 'absent' ? 'added' : after.type === 'absent' ? 'deleted' : 'modified';
	return { path, change, by: [...by], kept: before.type !== 'notKept' };
}

/** `changes`: the ones that are new; `from`: how many the thread had before. */
export function toCheckpointUpdated(
	where: { readonly threadId: string; readonly checkpointId: string },
	{ changes, from }: { readonly changes: readonly RecordedChange[]; readonly from: number },
): ServerNotification {
	return { method: 'thread/checkpoint/updated', params: { ...where, from, files: netChanges(changes).map(toWireCheckpointFile) } };
}
