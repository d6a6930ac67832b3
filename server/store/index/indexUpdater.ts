import { type ChildProcess, fork } from 'node:child_process';
import os from 'node:os';

/** After a list that found the index lacking, it is brought up to date this much later, in milliseconds, so that nobody waits for it. */
const DELAY_MS = 1000;
/** After a failure (no room, no right to write) it is tried again no sooner than this, in milliseconds. */
const PAUSE_MS = 60_000;

/** The arguments of the program `server/indexWorker.ts`. */
const indexWorkerArguments = ({ home, renew }: { home: string; renew: boolean }) => [home, ...(renew ? ['--renew'] : [])];

/** What it tells before it ends. */
export interface IndexWorkerFailure {
	readonly reason: string;
}

export interface IndexUpdaterOptions {
	readonly home: string;
	/** The worker's program. */
	readonly worker: string;
	/** Told once when the index cannot be written. */
	readonly onProblem: (reason: string) => void;
}

/**
 * Brings the index up to date in a process of its own, which lives only as long as there is work: its memory is given back, it takes no
 * time from the server's only thread, and it runs at a low priority. One at a time.
 */
export class IndexUpdater {
	readonly #options: IndexUpdaterOptions;
	#running: Promise<void> | null = null;
	#worker: ChildProcess | null = null;
	#timer: NodeJS.Timeout | null = null;
	#finishedAt = -Infinity;
	#upTo = -Infinity;
	#pausedUntil = -Infinity;
	#told = false;

	constructor(options: IndexUpdaterOptions) {
		this.#options = options;
	}

	/** Milliseconds since the index was last brought up to date by this process. */
	get age(): number {
		return performance.now() - this.#finishedAt;
	}

	/** What was there at this time, by `performance.now()`, is in the index, as far as this process knows. */
	get upTo(): number {
		return this.#upTo;
	}

	/** Some time soon. */
	request(options: { readonly renew: boolean }): void {
		if (this.#timer || this.#running) return;
		this.#timer = setTimeout(() => {
			this.#timer = null;
			void this.run(options);
		}, DELAY_MS).unref();
	}

	/** Now, or joins the update that runs. Resolves when it is over, also when it failed; then the index is as it was. */
	run({ renew }: { readonly renew: boolean }): Promise<void> {
		if (this.#running) return this.#running;
		if (performance.now() < this.#pausedUntil) return Promise.resolve();
		const running = this.#run(renew).finally(() => (this.#running = null));
		this.#running = running;
		return running;
	}

	/** The process that works on the index just now; null when none does. */
	get pid(): number | null {
		return this.#worker?.pid ?? null;
	}

	dispose(): void {
		if (this.#timer) clearTimeout(this.#timer);
		this.#worker?.kill('SIGKILL');
	}

	#run(renew: boolean): Promise<void> {
		const startedAt = performance.now();
		return new Promise((resolve) => {
			const failed = (reason: string) => {
				this.#pausedUntil = performance.now() + PAUSE_MS;
				if (!this.#told) this.#options.onProblem(reason);
				this.#told = true;
			};
			const worker = fork(this.#options.worker, indexWorkerArguments({ home: this.#options.home, renew }), {
				execArgv: ['--max-old-space-size=256', '--disable-warning=ExperimentalWarning'],
				stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
			});
			this.#worker = worker;
			// Nothing waits for it: a server that ends takes it along.
			worker.unref();
			worker.channel?.unref();
			lowerPriority(worker.pid);
			const ended = (reason: string | null) => {
				if (this.#worker !== worker) return;
				this.#worker = null;
				this.#finishedAt = performance.now();
				if (reason === null) this.#upTo = startedAt;
				else failed(reason);
				resolve();
			};
			worker.on('message', (message: IndexWorkerFailure) => ended(message.reason));
			worker.on('error', (error) => ended(error.message));
			worker.on('exit', (code, signal) => ended(code === 0 ? null : `the indexer ended with ${signal ?? code}`));
		});
	}
}

function lowerPriority(pid: number | undefined): void {
	try {
		if (pid !== undefined) os.setPriority(pid, os.constants.priority.PRIORITY_BELOW_NORMAL);
	} catch {
		// It has ended already, or the system does not let us: then it runs as it is.
	}
}
