import type { RolloutLine } from '../store/rollout/rolloutLine.ts';
import { RecordReader } from '../records/records.ts';
import type { ThreadListener, ThreadStatus } from './threadPorts.ts';

export const RUNNING_ELSEWHERE: ThreadStatus = { type: 'active', waitingOnApproval: false, waitingOnUserInput: false };

/** How often is looked whether a process still runs its turn, in milliseconds. */
const LOOK_MS = 1000;

export interface OtherProcessOptions {
	/** Whether another process has the right to write to the thread. */
	isHeld(): boolean;
	/** Reads at once what others have added, which comes to `added`. Must not throw. */
	look(): void;
	/** What the thread's records were read with. */
	readonly reader: RecordReader;
	readonly event: ThreadListener['event'];
	/** The turn is in the records as a whole. */
	saved(): void;
	setStatus(status: ThreadStatus): void;
}

/** Tells of what another process records in a thread. The model's history is read again when the thread is used here. */
export class OtherProcess {
	readonly #options: OtherProcessOptions;
	#reader: RecordReader;
	#timer: NodeJS.Timeout | null = null;

	constructor(options: OtherProcessOptions) {
		this.#options = options;
		this.#reader = options.reader;
	}

	added(lines: readonly RolloutLine[]): void {
		for (const event of lines.flatMap((line) => this.#reader.read(line))) {
			if (event.type === 'history') continue;
			if (event.type === 'turnStarted') {
				this.#options.setStatus(RUNNING_ELSEWHERE);
				// Other programs hold no lease: nothing tells whether they live.
				if (this.#options.isHeld()) this.watch(event.turnId);
			}
			this.#options.event(event);
			if (event.type === 'turnEnded') this.#ended();
		}
	}

	/**
	 * A process that crashes says nothing: while it runs a turn, somebody has to look whether it is still there. One that has gone in good
	 * order has recorded the end of its turn before.
	 */
	watch(turnId: string): void {
		this.dispose();
		this.#timer = setInterval(() => {
			if (this.#options.isHeld()) return;
			this.#options.look();
			if (this.#timer === null) return;
			const at = Date.now();
			this.#options.event({ type: 'turnEnded', turnId, at, durationMs: 0, end: { status: 'interrupted' }, lastMessage: null });
			this.#ended();
		}, LOOK_MS);
		this.#timer.unref();
	}

	dispose(): void {
		if (this.#timer) clearInterval(this.#timer);
		this.#timer = null;
	}

	#ended(): void {
		this.dispose();
		this.#options.saved();
		this.#options.setStatus({ type: 'idle' });
	}

	/** A turn has run here: what comes next begins with another one. */
	begin(): void {
		this.dispose();
		this.#reader = new RecordReader();
	}
}
