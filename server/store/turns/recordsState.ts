import { readBytes } from '../rollout/backwardLines.ts';
import type { LinePlace } from '../rollout/lineMark.ts';
import type { RolloutBytes } from '../rollout/rolloutBytes.ts';
import type { RolloutView } from '../rollout/rolloutView.ts';
import type { IndexSummary } from './keptIndex.ts';

/** So many bytes before the end tell whether a file is the one that was read before. */
const FINGERPRINT_BYTES = 64;

/** Whether what was kept is of these records, as they are or before they grew. */
export function isOf(view: RolloutView, summary: IndexSummary): boolean {
	if (summary.identity !== identityOf(view) || summary.size > view.size) return false;
	if (summary.size === view.size && summary.mtimeMs !== view.mtimeMs) return false;
	return fingerprintAt(view, summary.size).equals(Buffer.from(summary.fingerprint, 'base64'));
}

/** The file itself, and the parts of others that it goes on from. */
export function identityOf({ identity, parts }: RolloutView): string {
	return JSON.stringify([identity, parts.slice(0, -1)]);
}

export function fingerprintAt(file: RolloutBytes, end: number): Buffer {
	const length = Math.min(end, FINGERPRINT_BYTES);
	return readBytes(file, Buffer.alloc(length), end - length);
}

/** Clocks of file systems are no finer than this. */
const SAME_MOMENT_MS = 2000;

/**
 * Another one whenever the records may be others. Null where they go on from other files, whose state is not looked at, and where they changed
 * so lately that another change of the same moment could not be told from it.
 */
export function stampOf(view: RolloutView, now: number): string | null {
	if (view.shared > 0 || view.missing !== null || now - view.mtimeMs < SAME_MOMENT_MS) return null;
	return [identityOf(view), view.size, view.mtimeMs].join(' ');
}

export const placeOf = (place: LinePlace | null) => place && { start: place.start, end: place.end };
