import { createHash } from 'node:crypto';
import type { ApprovalStore, SavedApproval } from './savedApproval.ts';

/** Files that may be changed without asking as long as a thread is loaded; each with the item whose question opened it. */
export class FileGrants implements ApprovalStore {
	readonly #threads = new Map<string, Map<string, string>>();

	allow(threadId: string, paths: readonly string[], itemId: string): void {
		const granted = this.#threads.get(threadId) ?? new Map<string, string>();
		for (const path of paths) granted.set(path, itemId);
		this.#threads.set(threadId, granted);
	}

	has(threadId: string, path: string): boolean {
		return this.#threads.get(threadId)?.has(path) === true;
	}

	forget(threadId: string): void {
		this.#threads.delete(threadId);
	}

	list(): Promise<readonly SavedApproval[]> {
		const saved = [...this.#threads].flatMap(([threadId, granted]) =>
			[...granted].map(
				([path, itemId]): SavedApproval => ({
					id: idOf(threadId, path),
					kind: 'files',
					what: path,
					decision: 'allow',
					reason: null,
					threadId,
					folder: null,
					outsideSandbox: false,
					lifetime: 'thread',
					file: null,
					line: null,
					itemId,
				}),
			),
		);
		return Promise.resolve(saved);
	}

	revoke({ threadId, what }: SavedApproval): Promise<void> {
		if (threadId !== null) this.#threads.get(threadId)?.delete(what);
		return Promise.resolve();
	}
}

function idOf(threadId: string, path: string): string {
	return `files-${createHash('sha256').update(`${threadId}\n${path}`).digest('hex').slice(0, 16)}`;
}
