import { v7 as uuid } from 'uuid';
import { settingsFor } from '../handlers/thread/resolveSettings.ts';
import { clientRequests } from '../protocol/methods.ts';
import { thisMachine } from '../store/leaseHolder.ts';
import type { Ground } from './ground.ts';
import type { ModelServices } from './modelServices.ts';
import { settingsSource } from './threadFeatures.ts';

/** A client that goes on at once after it was let in is not held up. */
const AFTER_MS = 100;

export interface WarmUpOptions {
	/** Each takes a few milliseconds, changes nothing and keeps nothing that could grow old: what it finds out is found out again. */
	readonly steps: readonly (() => unknown)[];
	/** Whether somebody waits for an answer. */
	readonly isBusy: () => boolean;
	readonly failed: (error: unknown) => void;
	readonly afterMs?: number;
}

/**
 * Goes once through what the first thread of a process needs while nobody waits, so that its code is compiled and its files are in memory.
 * Ends for good when somebody asks for something: that warms the process better.
 */
export class WarmUp {
	readonly #options: WarmUpOptions;
	#timer: NodeJS.Timeout | null = null;
	#isDisposed = false;

	constructor(options: WarmUpOptions) {
		this.#options = options;
	}

	/** Only the first call has an effect. */
	begin(): void {
		if (this.#timer !== null || this.#isDisposed) return;
		this.#timer = setTimeout(() => this.#run(0), this.#options.afterMs ?? AFTER_MS).unref();
	}

	#run(index: number): void {
		const { steps, isBusy, failed } = this.#options;
		const step = steps[index];
		if (step === undefined || this.#isDisposed || isBusy()) return;
		try {
			step();
		} catch (error) {
			failed(error);
		}
		// A request that has come meanwhile is read before the next step.
		setImmediate(() => this.#run(index + 1));
	}

	dispose(): void {
		this.#isDisposed = true;
		clearTimeout(this.#timer ?? undefined);
	}
}

/** What a thread in the server's own folder would begin with. */
export function firstThread(ground: Ground, models: ModelServices): readonly (() => unknown)[] {
	const source = settingsSource(ground, models);
	const settings = () => settingsFor(source, {}, ground.cwd);
	return [
		settings,
		() => models.baseInstructions(settings()),
		() => clientRequests['thread/start'].params.safeParse({ cwd: ground.cwd }),
		() => clientRequests['turn/start'].params.safeParse({ threadId: uuid(), input: [] }),
		thisMachine,
	];
}
