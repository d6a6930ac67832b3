import { Emitter } from 'vscode-jsonrpc/node.js';
import type { Event } from 'vscode-jsonrpc/node.js';
import type { FileConflict } from '../../webview/channel/turnFacts.ts';

/** Files that a patch could not be merged into; kept until dismissed or until the file gets a later change of the agent. */
export class Conflicts {
	readonly #changed = new Emitter<void>();
	readonly onDidChange: Event<void> = this.#changed.event;
	#list: readonly (FileConflict & { readonly threadId: string })[] = [];

	of(threadId: string | null): readonly FileConflict[] {
		return this.#list.filter((conflict) => conflict.threadId === threadId).map(({ itemId, path, message }) => ({ itemId, path, message }));
	}

	add(threadId: string, conflict: FileConflict): void {
		this.#set([...this.#list.filter((other) => other.path !== conflict.path), { ...conflict, threadId }]);
	}

	dismiss(itemId: string, path: string): void {
		this.#set(this.#list.filter((conflict) => conflict.itemId !== itemId || conflict.path !== path));
	}

	/** A later change of the agent went into the file. */
	applied(path: string): void {
		if (this.#list.some((conflict) => conflict.path === path)) this.#set(this.#list.filter((conflict) => conflict.path !== path));
	}

	#set(list: readonly (FileConflict & { readonly threadId: string })[]): void {
		this.#list = list;
		this.#changed.fire();
	}
}
