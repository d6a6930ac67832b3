import { Emitter } from 'vscode-jsonrpc/node.js';
import type { Event } from 'vscode-jsonrpc/node.js';

const key = 'tiller.pinnedThreads';

/** The part of VS Code's `Memento` that is used. */
export interface PinMemory {
	get<T>(key: string, defaultValue: T): T;
	update(key: string, value: unknown): unknown;
}

/** Threads that a person wants first in their list, in all windows of this machine. */
export class Pins {
	readonly #memory: PinMemory;
	readonly #changed = new Emitter<void>();
	readonly onDidChange: Event<void> = this.#changed.event;

	constructor(memory: PinMemory) {
		this.#memory = memory;
	}

	/** Asked anew each time: another window may have changed it. */
	ids(): readonly string[] {
		const kept = this.#memory.get<unknown>(key, []);
		return Array.isArray(kept) ? kept.filter((id): id is string => typeof id === 'string') : [];
	}

	has(threadId: string): boolean {
		return this.ids().includes(threadId);
	}

	set(threadId: string, pinned: boolean): void {
		if (this.has(threadId) === pinned) return;
		const others = this.ids().filter((id) => id !== threadId);
		void this.#memory.update(key, pinned ? [...others, threadId] : others);
		this.#changed.fire();
	}

	dispose(): void {
		this.#changed.dispose();
	}
}
