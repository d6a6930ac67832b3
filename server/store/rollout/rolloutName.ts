import path from 'node:path';

const NAME =
	/^rollout-(\d{4}-\d\d-\d\d)T(\d\d-\d\d-\d\d)?.*?-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}))?\.jsonl(\.zst)?$/i;

/** How the name of a packed rollout ends, behind its usual name. */
export const PACKED = '.zst';

/** What the name of a rollout file says. */
export interface RolloutName {
	/** As it is when the file is not packed: a rollout keeps it when it is packed and unpacked. */
	readonly name: string;
	/** `YYYY-MM-DD`. */
	readonly day: string;
	/** Of the thread. */
	readonly id: string;
	/** Of the file: that of the thread, but for the files that the thread goes on in after turns were taken back. */
	readonly rolloutId: string;
	/** Local, as the name has it: `YYYY-MM-DDTHH:MM:SS`. */
	readonly began: string;
	readonly packed: boolean;
}

/** Null for a file that is no rollout. */
export function parseRolloutName(file: string): RolloutName | null {
	const name = path.basename(file);
	const [, day, time, thread, rollout, packed] = NAME.exec(name) ?? [];
	if (day === undefined || thread === undefined) return null;
	const id = thread.toLowerCase();
	return {
		name: packed === undefined ? name : name.slice(0, -PACKED.length),
		day,
		id,
		rolloutId: rollout?.toLowerCase() ?? id,
		began: `${day}T${time?.replaceAll('-', ':') ?? '00:00:00'}`,
		packed: packed !== undefined,
	};
}

/** Whether the first of two rollouts of one thread began later: only the newest counts. */
export function isNewer(a: RolloutName, b: RolloutName): boolean {
	if (a.began !== b.began) return a.began > b.began;
	// Ids of files grow with the time; the thread's own file is the oldest.
	if ((a.rolloutId === a.id) !== (b.rolloutId === b.id)) return b.rolloutId === b.id;
	return a.rolloutId > b.rolloutId;
}

/** Null where the file began with its thread: another one of it says when that was only by the thread's id, which counts the time. */
export function createdAt(file: string): number | null {
	const name = parseRolloutName(file);
	if (name === null || name.rolloutId === name.id || name.id[14] !== '7') return null;
	return Number.parseInt(name.id.replaceAll('-', '').slice(0, 12), 16);
}

/** Where a rollout lies by the day in its name, below the sessions of a home. */
export function datedPath(home: string, file: string): string {
	const date = /^rollout-(\d{4})-(\d\d)-(\d\d)T/.exec(path.basename(file));
	const folder = date ? path.join(date[1] ?? '', date[2] ?? '', date[3] ?? '') : '';
	return path.join(home, 'sessions', folder, path.basename(file));
}
