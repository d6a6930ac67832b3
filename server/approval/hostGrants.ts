import { createHash } from 'node:crypto';
import type { ApprovalStore, SavedApproval } from './savedApproval.ts';

/** The hosts that a person allowed for as long as a thread is loaded. */
export class HostGrants implements ApprovalStore {
	/** Item ids of the questions, by thread and host. */
	readonly #threads = new Map<string, Map<string, string>>();

	allow(threadId: string, host: string, itemId: string): void {
		const hosts = this.#threads.get(threadId) ?? new Map<string, string>();
		hosts.set(host, itemId);
		this.#threads.set(threadId, hosts);
	}

	of(threadId: string): readonly string[] {
		return [...(this.#threads.get(threadId)?.keys() ?? [])];
	}

	forget(threadId: string): void {
		this.#threads.delete(threadId);
	}

	list(): Promise<readonly SavedApproval[]> {
		const saved = [...this.#threads].flatMap(([threadId, hosts]) =>
			[...hosts].map(
				([host, itemId]): SavedApproval => ({
					id: idOf(threadId, host),
					kind: 'host',
					what: host,
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

	revoke({ id }: SavedApproval): Promise<void> {
		for (const [threadId, hosts] of this.#threads) for (const host of [...hosts.keys()]) if (idOf(threadId, host) === id) hosts.delete(host);
		return Promise.resolve();
	}
}

function idOf(threadId: string, host: string): string {
	return `host-${createHash('sha256').update(`${threadId}\n${host}`).digest('hex').slice(0, 16)}`;
}
