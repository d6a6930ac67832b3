import { AsyncLocalStorage } from 'node:async_hooks';
import type { RemoteParent, Signals } from './signals.ts';

export interface TelemetryOptions {
	/** Called once, when it is first needed; null when the configuration names no collector. Must not throw. */
	open(): Signals | null;
	/** Whether anything may leave this machine now. */
	isAllowed(): boolean;
}

/** So long what is left may take to be sent at the end, in milliseconds. */
const CLOSE_MS = 1500;

/** What the process exports, and the span that the running code belongs to. With nothing to export it keeps nothing. */
export class Telemetry {
	readonly #options: TelemetryOptions;
	#signals: Signals | null | undefined;
	#active: AsyncLocalStorage<RemoteParent> | null = null;

	constructor(options: TelemetryOptions) {
		this.#options = options;
	}

	get isDecided(): boolean {
		return this.#signals !== undefined;
	}

	/** Whether a collector is configured, although perhaps nothing may go there now. */
	get isOn(): boolean {
		if (this.#signals === undefined) this.#signals = this.#options.open();
		return this.#signals !== null;
	}

	/** Null: nothing is exported, now or ever. */
	get signals(): Signals | null {
		return this.isOn && this.#options.isAllowed() ? (this.#signals ?? null) : null;
	}

	/** The span that the running code belongs to; null when there is none. */
	get active(): RemoteParent | null {
		return this.#active?.getStore() ?? null;
	}

	/** Runs work, and all that it begins, as a part of a span. */
	within<T>(span: RemoteParent | null, work: () => T): T {
		if (span === null) return work();
		this.#active ??= new AsyncLocalStorage();
		return this.#active.run(span, work);
	}

	async dispose(): Promise<void> {
		await this.#signals?.close(CLOSE_MS);
		this.#signals = null;
	}
}
