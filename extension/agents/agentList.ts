import { Emitter } from 'vscode-jsonrpc/node.js';
import type { Event } from 'vscode-jsonrpc/node.js';
import type { ServerNotificationParams } from '../../server/protocol/serverMessages.ts';
import type { ThreadActivity } from '../../server/protocol/thread/threadActivity.ts';

/** What a person has to know of all rows at once. */
export interface AgentCounts {
	/** Questions. */
	readonly waiting: number;
	/** Threads, and agents of threads. */
	readonly running: number;
	readonly unread: number;
}

const RANKS = { waiting: 0, running: 1, unread: 2, idle: 3 } as const;

/** The threads of this home in which something runs, waits or is unread, as the server tells it. */
export class AgentList {
	readonly #changed = new Emitter<void>();
	readonly onDidChange: Event<void> = this.#changed.event;
	#rows: ReadonlyMap<string, ThreadActivity> = new Map();

	get all(): readonly ThreadActivity[] {
		return [...this.#rows.values()];
	}

	find(threadId: string): ThreadActivity | undefined {
		return this.#rows.get(threadId);
	}

	/** Those that are below no other: what waits first, then what runs, then what is unread, the newest first. */
	roots(): readonly ThreadActivity[] {
		return this.#ordered(this.all.filter((row) => !this.#hasParent(row)));
	}

	/** The agents of a thread. */
	agentsOf(threadId: string): readonly ThreadActivity[] {
		return this.#ordered(this.all.filter((row) => row.thread.parentThreadId === threadId && row.thread.id !== threadId));
	}

	parentOf(threadId: string): string | null {
		const row = this.find(threadId);
		return row !== undefined && this.#hasParent(row) ? (row.thread.parentThreadId ?? null) : null;
	}

	get counts(): AgentCounts {
		const rows = this.all;
		return {
			waiting: rows.reduce((sum, { asks }) => sum + asks.length, 0),
			running: rows.filter(({ state }) => state === 'running').length,
			unread: rows.filter(({ state }) => state === 'unread').length,
		};
	}

	/** Replaces everything. */
	set(rows: readonly ThreadActivity[]): void {
		this.#rows = new Map(rows.map((row) => [row.thread.id, row]));
		this.#changed.fire();
	}

	apply({ changed, removed }: ServerNotificationParams<'thread/activity/changed'>): void {
		const rows = new Map(this.#rows);
		for (const id of removed) rows.delete(id);
		for (const row of changed) rows.set(row.thread.id, row);
		this.#rows = rows;
		this.#changed.fire();
	}

	dispose(): void {
		this.#changed.dispose();
	}

	/** Agents that name each other as parents would be seen nowhere. */
	#hasParent({ thread }: ThreadActivity): boolean {
		const seen = new Set([thread.id]);
		let id = thread.parentThreadId ?? null;
		if (id === null || !this.#rows.has(id)) return false;
		for (; id !== null; id = this.find(id)?.thread.parentThreadId ?? null) {
			if (seen.has(id)) return false;
			seen.add(id);
		}
		return true;
	}

	#ordered(rows: readonly ThreadActivity[]): readonly ThreadActivity[] {
		return rows
			.map((row) => ({ row, rank: this.#rankOf(row) }))
			.sort((a, b) => a.rank - b.rank || timeOf(b.row) - timeOf(a.row) || (a.row.thread.id < b.row.thread.id ? -1 : 1))
			.map(({ row }) => row);
	}

	/** Of what is most urgent in a row and below it. */
	#rankOf({ thread, state }: ThreadActivity, depth = 0): number {
		const below = depth > 8 ? [] : this.all.filter((row) => row.thread.parentThreadId === thread.id && row.thread.id !== thread.id);
		return Math.min(RANKS[state], ...below.map((row) => this.#rankOf(row, depth + 1)));
	}
}

/** What runs keeps its place while it goes on. */
function timeOf({ state, turn, thread }: ThreadActivity): number {
	return state === 'unread' ? thread.updatedAt : (turn?.startedAt ?? thread.createdAt);
}
