import type { Progress } from '../sdk/mcpClient.ts';

/** Between two reports, in milliseconds: a server may send thousands. */
const PAUSE_MS = 100;
const MAX_MESSAGE = 1_000;

/** Passes on how far a call is: the first news at once, then the newest, not more often than people can read. */
export class ProgressTold {
	readonly #tell: (message: string) => void;
	#waiting: Progress | null = null;
	#timer: NodeJS.Timeout | undefined;

	constructor(tell: (message: string) => void) {
		this.#tell = tell;
	}

	heard(progress: Progress): void {
		this.#waiting = progress;
		if (this.#timer === undefined) this.#next();
	}

	/** What was not told yet is told. */
	end(): void {
		clearTimeout(this.#timer);
		this.#timer = undefined;
		if (this.#waiting !== null) this.#tell(textOf(this.#waiting));
		this.#waiting = null;
	}

	#next(): void {
		this.#timer = undefined;
		if (this.#waiting === null) return;
		this.#tell(textOf(this.#waiting));
		this.#waiting = null;
		this.#timer = setTimeout(() => this.#next(), PAUSE_MS);
	}
}

function textOf({ progress, total, message }: Progress): string {
	if (message !== null && message !== '') return message.slice(0, MAX_MESSAGE);
	return total === null ? String(progress) : `${progress} / ${total}`;
}
