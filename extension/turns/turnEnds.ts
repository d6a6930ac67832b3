import type { ServerNotificationParams } from '../../server/protocol/serverMessages.ts';

type Turn = ServerNotificationParams<'turn/completed'>['turn'];

export interface EndSituation {
	readonly turn: Pick<Turn, 'status' | 'durationMs' | 'error'>;
	/** What the person set. */
	readonly isOn: boolean;
	readonly afterSeconds: number;
	readonly windowFocused: boolean;
	/** A thread that a person of this window knows; not one of an agent, whose parent tells when all is done. */
	readonly isOwn: boolean;
}

export type EndNotice =
	| { readonly type: 'done'; readonly durationMs: number }
	| { readonly type: 'failed'; readonly durationMs: number; readonly message: string }
	/** Nothing is worth a notification. */
	| { readonly type: 'none' };

/** What a person who is elsewhere is told of a turn that ended. Who stopped it knows. */
export function endNotice({ turn, isOn, afterSeconds, windowFocused, isOwn }: EndSituation): EndNotice {
	const durationMs = turn.durationMs ?? 0;
	if (!isOn || windowFocused || !isOwn || durationMs < afterSeconds * 1000) return { type: 'none' };
	switch (turn.status) {
		case 'completed':
			return { type: 'done', durationMs };
		case 'failed':
			return { type: 'failed', durationMs, message: turn.error?.message ?? '' };
		case 'interrupted':
		case 'inProgress':
			return { type: 'none' };
	}
}

/** For people: `45 s`, `3 min`, `1 h 5 min`. */
export function durationText(ms: number): string {
	const seconds = Math.round(ms / 1000);
	if (seconds < 60) return `${seconds} s`;
	const minutes = Math.round(seconds / 60);
	if (minutes < 60) return `${minutes} min`;
	return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
