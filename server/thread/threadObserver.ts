import type { TurnEvent } from '../items/events.ts';
import type { ThreadListener } from './threadPorts.ts';

/** How many lines of a file there are of each kind that this program does not know. */
export interface UnknownLines {
	readonly path: string;
	readonly kinds: ReadonlyMap<string, number>;
}

/** What an observer hears of one thread: of all of it, or only of what it has a method for. */
export interface ObservedThread extends ThreadListener {
	/** The events of a rollout, before the thread can be used. */
	replay(events: readonly TurnEvent[], given: { readonly runsElsewhere: boolean }): void;
}

/** When an observer hears of something: `record` keeps it, `tell` brings it to clients, `afterwards` does what follows from it. */
const phases = ['record', 'tell', 'afterwards'] as const;

/**
 * Looks at what happens in threads; it cannot change or stop anything (a `Guard` can). All of one phase hear of something before
 * those of the next. The thread's own records are written before all of them. Must not throw: an exception is logged.
 */
export interface Observer {
	readonly phase: (typeof phases)[number];
	/** Called when a thread is loaded. */
	attach?(threadId: string): Partial<ObservedThread>;
	/** Lines of its file cannot be read. */
	warnOfDamage?(threadId: string, damage: { readonly path: string; readonly lines: number }): void;
	/** Lines of its file are of kinds that this program does not know. */
	warnOfUnknown?(threadId: string, unknown: UnknownLines): void;
	/** The thread is no longer loaded. */
	detach?(threadId: string): void;
}

export interface ThreadObservers {
	attach(threadId: string): ObservedThread;
	warnOfDamage(threadId: string, damage: { readonly path: string; readonly lines: number }): void;
	warnOfUnknown(threadId: string, unknown: UnknownLines): void;
	detach(threadId: string): void;
}

/** Everybody who looks on, in phases. `observers` is asked again for each thread. */
export function inPhases(observers: () => readonly Observer[], failed: (error: unknown) => void): ThreadObservers {
	const ordered = () => phases.flatMap((phase) => observers().filter((observer) => observer.phase === phase));
	const attempt = (work: () => void): void => {
		try {
			work();
		} catch (error) {
			failed(error);
		}
	};
	return {
		attach: (threadId) => {
			const attached = ordered().flatMap((observer) => observer.attach?.(threadId) ?? []);
			const tell = (work: (listener: Partial<ObservedThread>) => void): void => {
				for (const listener of attached) attempt(() => work(listener));
			};
			return {
				event: (event) => tell((listener) => listener.event?.(event)),
				statusChanged: (status) => tell((listener) => listener.statusChanged?.(status)),
				goalChanged: (goal, turnId) => tell((listener) => listener.goalChanged?.(goal, turnId)),
				inboxChanged: (view) => tell((listener) => listener.inboxChanged?.(view)),
				asked: (question) => tell((listener) => listener.asked?.(question)),
				closed: (question, answer, by) => tell((listener) => listener.closed?.(question, answer, by)),
				saved: () => tell((listener) => listener.saved?.()),
				replay: (events, given) => tell((listener) => listener.replay?.(events, given)),
			};
		},
		warnOfDamage: (threadId, damage) => {
			for (const observer of ordered()) attempt(() => observer.warnOfDamage?.(threadId, damage));
		},
		warnOfUnknown: (threadId, unknown) => {
			for (const observer of ordered()) attempt(() => observer.warnOfUnknown?.(threadId, unknown));
		},
		detach: (threadId) => {
			for (const observer of ordered()) attempt(() => observer.detach?.(threadId));
		},
	};
}
