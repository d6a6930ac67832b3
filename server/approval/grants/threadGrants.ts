import { createHash } from 'node:crypto';
import type { ApprovalStore, SavedApproval } from './savedApproval.ts';

/** What a person allowed by name as long as a thread is loaded: files that may be changed, hosts that may be reached, tools that may be called. */
export class ThreadGrants implements ApprovalStore {
	readonly #kind: 'files' | 'host' | 'mcpTool';
	/** Item ids of the questions, by thread and name. */
	readonly #threads = new Map<string, Map<string, string>>();

	constructor(kind: 'files' | 'host' | 'mcpTool') {
		this.#kind = kind;
	}

	allow(threadId: string, names: readonly string[], itemId: string): void {
		const granted = this.#threads.get(threadId) ?? new Map<string, string>();
		for (const name of names) granted.set(name, itemId);
		this.#threads.set(threadId, granted);
	}

	has(threadId: string, name: string): boolean {
		return this.#threads.get(threadId)?.has(name) === true;
	}

	of(threadId: string): readonly string[] {
		return [...(this.#threads.get(threadId)?.keys() ?? [])];
	}

	get threads(): readonly string[] {
		return [...this.#threads.keys()];
	}

	endThread(threadId: string): void {
		this.#threads.delete(threadId);
	}

	list(): Promise<readonly SavedApproval[]> {
		const saved = [...this.#threads].flatMap(([threadId, granted]) =>
			[...granted].map(
				([name, itemId]): SavedApproval => ({
					id: `${this.#kind}-${createHash('sha256').update(`${threadId}\n${name}`).digest('hex').slice(0, 16)}`,
					kind: this.#kind,
					what: name,
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
