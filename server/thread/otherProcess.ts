import type { RolloutLine } from '../store/rolloutLine.ts';
import { RecordReader } from './records.ts';
import type { ThreadListener, ThreadStatus } from './threadPorts.ts';

export const RUNNING_ELSEWHERE: ThreadStatus = { type: 'active', waitingOnApproval: false, waitingOnUserInput: false };

export interface OtherProcessOptions {
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

	constructor(options: OtherProcessOptions) {
		this.#options = options;
		this.#reader = options.reader;
	}

	added(lines: readonly RolloutLine[]): void {
		for (const event of lines.flatMap((line) => this.#reader.read(line))) {
			if (event.type === 'history') continue;
			if (event.type === 'turnStarted') this.#options.setStatus(RUNNING_ELSEWHERE);
			this.#options.event(event);
			if (event.type !== 'turnEnded') continue;
			this.#options.saved();
			this.#options.setStatus({ type: 'idle' });
		}
	}

	/** A turn has run here: what comes next begins with another one. */
	begin(): void {
		this.#reader = new RecordReader();
	}
}
