import { Worker } from 'node:worker_threads';
import type { SearchAnswer, SearchMessage } from './searchMessages.ts';
import type { FoundFile } from './searchTrees.ts';

export interface SearchRequest {
	/** Absolute. One that is no folder holds nothing. */
	readonly roots: readonly string[];
	readonly query: string;
	/** Gets what was found so far while a large root is walked for the first time. */
	readonly onPartial?: (files: readonly FoundFile[]) => void;
	readonly signal?: AbortSignal;
}

interface Pending {
	readonly request: SearchRequest;
	resolve(files: readonly FoundFile[]): void;
	reject(error: Error): void;
}

/** Milliseconds after the last search in which the thread and its trees are kept. */
const KEEP_MS = 60_000;
/** A tree that needs more memory than this ends the thread, not the server. In MiB. */
const MAX_MEMORY = 1024;

/** Finds files by parts of their names, in a thread of its own that exists only while people search. */
export class FileSearch {
	readonly #workerFile: string;
	readonly #pending = new Map<number, Pending>();
	#worker: Worker | null = null;
	#nextId = 1;
	#timer: NodeJS.Timeout | undefined;

	constructor(workerFile: string) {
		this.#workerFile = workerFile;
	}

	/** The best matches; none when the signal aborts. Rejects when the thread died. */
	search(request: SearchRequest): Promise<readonly FoundFile[]> {
		const { signal } = request;
		if (signal?.aborted) return Promise.resolve([]);
		const id = this.#nextId++;
		clearTimeout(this.#timer);
		const found = new Promise<readonly FoundFile[]>((resolve, reject) => this.#pending.set(id, { request, resolve, reject }));
		const cancel = () => {
			this.#settle(id)?.resolve([]);
			this.#worker?.postMessage({ type: 'cancel', id } satisfies SearchMessage);
		};
		signal?.addEventListener('abort', cancel, { once: true });
		this.#worker ??= this.#start();
		const { roots, query, onPartial } = request;
		this.#worker.postMessage({ type: 'search', id, roots, query, wantsPartial: onPartial !== undefined } satisfies SearchMessage);
		return found.finally(() => signal?.removeEventListener('abort', cancel));
	}

	#start(): Worker {
		const worker = new Worker(this.#workerFile, { resourceLimits: { maxOldGenerationSizeMb: MAX_MEMORY, maxYoungGenerationSizeMb: 16 } });
		worker.on('message', (answer: SearchAnswer) => {
			if (answer.state === 'done') this.#settle(answer.id)?.resolve(answer.files);
			else this.#pending.get(answer.id)?.request.onPartial?.(answer.files);
		});
		let cause: unknown;
		worker.on('error', (error) => {
			cause = error;
		});
		worker.on('exit', () => {
			if (this.#worker !== worker) return;
			this.#worker = null;
			const error = new Error('the search of files ended unexpectedly; the next one starts it again', { cause });
			for (const id of [...this.#pending.keys()]) this.#settle(id)?.reject(error);
		});
		worker.unref();
		return worker;
	}

	#settle(id: number): Pending | undefined {
		const pending = this.#pending.get(id);
		this.#pending.delete(id);
		if (this.#pending.size === 0) {
			clearTimeout(this.#timer);
			this.#timer = setTimeout(() => this.dispose(), KEEP_MS);
			this.#timer.unref();
		}
		return pending;
	}

	/** Gives thread and trees back. A later search starts anew. */
	dispose(): void {
		clearTimeout(this.#timer);
		const worker = this.#worker;
		this.#worker = null;
		for (const id of [...this.#pending.keys()]) this.#settle(id)?.resolve([]);
		clearTimeout(this.#timer);
		void worker?.terminate();
	}
}
