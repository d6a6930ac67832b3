import { Emitter } from 'vscode-jsonrpc/node.js';
import type { Event } from 'vscode-jsonrpc/node.js';
import type { ServerNotification } from '../../server/protocol/serverMessages.ts';
import type { TurnChanges } from '../../webview/channel/turnFacts.ts';
import type { Client } from '../server/client.ts';

const WAIT_MS = 100;

/** What the turns of the active thread changed, as the page shows it below each. */
export class ThreadChanges {
	readonly #changed = new Emitter<void>();
	readonly onDidChange: Event<void> = this.#changed.event;
	readonly #ready: () => Promise<Client>;
	#threadId: string | null = null;
	#turns: Readonly<Record<string, TurnChanges>> = {};
	#timer: NodeJS.Timeout | null = null;

	constructor(ready: () => Promise<Client>) {
		this.#ready = ready;
	}

	get turns(): Readonly<Record<string, TurnChanges>> {
		return this.#turns;
	}

	/** Another thread is shown, or the server is there again. */
	show(threadId: string | null): void {
		if (threadId !== this.#threadId) this.#set({});
		this.#threadId = threadId;
		this.#refresh();
	}

	notice(notification: ServerNotification): void {
		if (notification.method === 'thread/checkpoint/updated' && notification.params.threadId === this.#threadId) this.#refresh();
	}

	dispose(): void {
		if (this.#timer !== null) clearTimeout(this.#timer);
		this.#changed.dispose();
	}

	/** Several changes at once are asked about once. */
	#refresh(): void {
		this.#timer ??= setTimeout(() => {
			this.#timer = null;
			// A server that is not ours keeps no changes; and when there is none, its return brings us here again.
			this.#load().catch(() => {});
		}, WAIT_MS);
	}

	async #load(): Promise<void> {
		const threadId = this.#threadId;
		if (threadId === null) return;
		const client = await this.#ready();
		const { data } = await client.request('thread/checkpoint/list', { threadId });
		if (this.#threadId !== threadId) return;
		const turns = data.filter(({ kind, files }) => kind === 'turn' && files.length > 0);
		this.#set(Object.fromEntries(turns.map(({ id, files, undone }) => [id, { files: files.length, undone }])));
	}

	#set(turns: Readonly<Record<string, TurnChanges>>): void {
		if (JSON.stringify(turns) === JSON.stringify(this.#turns)) return;
		this.#turns = turns;
		this.#changed.fire();
	}
}
