import type { TurnEvent } from '../items/events.ts';
import type { Question } from '../items/question.ts';
import type { HeldBy, ThreadLeases } from '../store/threadLease.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Observer } from '../thread/threadObserver.ts';
import { type ActivityFiles, type ToldActivity, watchFolder } from './activityFiles.ts';
import { type AskedQuestion, askedQuestion } from './askedQuestion.ts';
import { nextActivity, type TurnActivity } from './turnActivity.ts';

export interface ActivitiesOptions {
	readonly files: ActivityFiles;
	readonly leases: Pick<ThreadLeases, 'self' | 'others' | 'folder'>;
	/** Whether this server works in the thread, and others may know of it. */
	runsHere(threadId: string): boolean;
	readonly log: Pick<Logger, 'warn'>;
}

/** `state`: threads came, went, ask, or ask no more. `step`: what else is known of them. `marks`: what is unread, names, the archive. */
export type ActivityChange = 'state' | 'step' | 'marks';

export interface RunningElsewhere extends ToldActivity {
	readonly threadId: string;
	readonly holder: HeldBy;
}

/** Other servers are told of steps at most this often, in milliseconds. A turn that is over before leaves no file behind. */
const TELL_MS = 1000;

interface Followed {
	turn: TurnActivity | null;
	readonly asks: Map<Question, AskedQuestion>;
	/** There is a file of it. */
	told: boolean;
}

/**
 * What happens in the threads of a home at the moment: of those that run here by what is told of them, of those of other servers by what
 * they wrote down. As long as nobody watches, nothing is looked at; what runs here is written down for others all the same.
 */
export class Activities implements Observer {
	readonly phase = 'afterwards';
	readonly #options: ActivitiesOptions;
	readonly #threads = new Map<string, Followed>();
	readonly #watchers = new Set<(change: ActivityChange) => void>();
	#watches: readonly { close(): void }[] = [];
	readonly #untold = new Set<string>();
	#timer: NodeJS.Timeout | null = null;
	#isFailing = false;

	constructor(options: ActivitiesOptions) {
		this.#options = options;
	}

	attach(threadId: string) {
		const followed: Followed = { turn: null, asks: new Map(), told: false };
		this.#threads.set(threadId, followed);
		return {
			event: (event: TurnEvent) => this.#event(threadId, followed, event),
			asked: (question: Question) => {
				const asked = askedQuestion(question);
				if (asked === null) return;
				followed.asks.set(question, asked);
				this.#tell(threadId);
				this.#changed('state');
			},
			closed: (question: Question) => {
				if (!followed.asks.delete(question)) return;
				this.#tell(threadId);
				this.#changed('state');
			},
			statusChanged: () => this.#changed('state'),
		};
	}

	detach(threadId: string): void {
		const followed = this.#threads.get(threadId);
		this.#threads.delete(threadId);
		if (followed?.told) this.#options.files.remove(threadId);
		this.#untold.delete(threadId);
		this.#changed('state');
	}

	/** Of a thread that runs here; a turn that has ended is known until the next one begins. */
	here(threadId: string): ToldActivity | null {
		const followed = this.#threads.get(threadId);
		return followed ? { turn: followed.turn, asks: [...followed.asks.values()] } : null;
	}

	/** The threads in which other servers of this home work. */
	elsewhere(): readonly RunningElsewhere[] {
		return this.#options.leases.others().map(({ threadId, holder }) => {
			const told = this.#options.files.read(threadId);
			const counts = told !== null && told.pid === holder.pid && told.since === holder.since;
			return { threadId, holder, turn: counts ? told.turn : null, asks: counts ? told.asks : [] };
		});
	}

	/** Something of a thread has changed that is no turn: every server shows it. */
	marksChanged(): void {
		this.#options.files.touch();
		this.#changed('marks');
	}

	/** Calls the listener with what changes, until the function that it returns is called. */
	watch(listener: (change: ActivityChange) => void): () => void {
		this.#watchers.add(listener);
		if (this.#watchers.size === 1) this.#begin();
		return () => {
			if (!this.#watchers.delete(listener) || this.#watchers.size > 0) return;
			for (const each of this.#watches) each.close();
			this.#watches = [];
		};
	}

	dispose(): void {
		if (this.#timer) clearTimeout(this.#timer);
		this.#watchers.clear();
		for (const each of this.#watches) each.close();
		this.#watches = [];
		for (const [threadId, { told }] of this.#threads) if (told) this.#options.files.remove(threadId);
	}

	#begin(): void {
		const { files, leases } = this.#options;
		this.#removeLeft();
		this.#watches = [files.watch(({ marks }) => this.#changed(marks ? 'marks' : 'state')), watchFolder(leases.folder, () => this.#changed('state'))];
	}

	/** Files that crashes have left. */
	#removeLeft(): void {
		const { files, leases } = this.#options;
		const running = new Set(leases.others().map(({ threadId }) => threadId));
		for (const id of files.ids()) if (!running.has(id) && this.#threads.get(id)?.told !== true) files.remove(id);
	}

	#event(threadId: string, followed: Followed, event: TurnEvent): void {
		const before = followed.turn;
		followed.turn = nextActivity(before, event);
		if (event.type === 'turnEnded') {
			if (followed.told) this.#options.files.remove(threadId);
			followed.told = false;
			this.#untold.delete(threadId);
			this.#changed('state');
		} else if (followed.turn !== before) {
			this.#tellSoon(threadId);
			this.#changed(event.type === 'turnStarted' ? 'state' : 'step');
		}
	}

	#tellSoon(threadId: string): void {
		this.#untold.add(threadId);
		this.#timer ??= setTimeout(() => {
			this.#timer = null;
			for (const id of [...this.#untold]) this.#tell(id);
		}, TELL_MS).unref();
	}

	/** Writes down what other servers show of a thread. */
	#tell(threadId: string): void {
		this.#untold.delete(threadId);
		const followed = this.#threads.get(threadId);
		const { files, leases, runsHere, log } = this.#options;
		if (!followed || !runsHere(threadId)) return;
		try {
			files.write(threadId, leases.self, { turn: followed.turn, asks: [...followed.asks.values()] });
			followed.told = true;
			this.#isFailing = false;
		} catch (error) {
			// Others see that it runs, by its lease.
			if (!this.#isFailing) log.warn('what a thread does could not be written down for other servers', { thread: threadId, error });
			this.#isFailing = true;
		}
	}

	#changed(change: ActivityChange): void {
		for (const watcher of this.#watchers) watcher(change);
	}
}
