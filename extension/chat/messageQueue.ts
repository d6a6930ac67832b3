import { Emitter } from 'vscode-jsonrpc/node.js';
import type { Event } from 'vscode-jsonrpc/node.js';
import type { ParamsOf } from '../../server/protocol/methods.ts';
import type { ServerNotification } from '../../server/protocol/serverMessages.ts';
import type { UserInput } from '../../server/protocol/thread/turnInput.ts';
import type { SentMessage } from '../../server/protocol/thread/turnQueue.ts';
import type { QueueState } from '../../webview/channel/pageState.ts';
import type { Client } from '../server/client.ts';
import { RpcError } from '../server/connection.ts';

const nothing: QueueState = { available: true, messages: [], paused: false };

/**
 * What waits in the active thread, as the server tells it: the server keeps the queue, this only shows it and asks for changes.
 * A server without these methods has no queue, which its first answer tells.
 */
export class MessageQueue {
	readonly #ready: () => Promise<Client>;
	readonly #changed = new Emitter<QueueState>();
	readonly onDidChange: Event<QueueState> = this.#changed.event;
	#threadId: string | null = null;
	#state: QueueState = nothing;
	#loading: Promise<void> = Promise.resolve();

	constructor(ready: () => Promise<Client>) {
		this.#ready = ready;
	}

	get state(): QueueState {
		return this.#state;
	}

	/** Another thread is shown; what waits in it is not known yet. */
	show(threadId: string | null): void {
		if (this.#threadId === threadId) return;
		this.#threadId = threadId;
		this.#set({ ...nothing, available: this.#state.available });
	}

	/** Whether the server has a queue, once it has said so for the thread. Never rejects. */
	async offered(): Promise<boolean> {
		await this.#loading;
		return this.#state.available;
	}

	/** Reads what waits. Never rejects. */
	load(client: Client): Promise<void> {
		this.#loading = this.#load(client);
		return this.#loading;
	}

	async #load(client: Client): Promise<void> {
		const threadId = this.#threadId;
		if (threadId === null) return;
		try {
			const { messages, paused } = await client.request('turn/queue/list', { threadId });
			if (this.#threadId === threadId) this.#set({ available: true, messages, paused });
		} catch (error) {
			if (error instanceof RpcError && this.#threadId === threadId) this.#set({ ...nothing, available: false });
		}
	}

	notice(notification: ServerNotification): void {
		if (notification.method !== 'turn/queue/updated' || notification.params.threadId !== this.#threadId) return;
		const { messages, paused } = notification.params;
		this.#set({ available: true, messages, paused });
	}

	/** Behind the running turn, or as a turn of its own at once when nothing runs and nothing waits. */
	async add(params: ParamsOf<'turn/queue/add'>): Promise<SentMessage> {
		const { message } = await (await this.#ready()).request('turn/queue/add', params);
		const { messages } = this.#state;
		if (message.state === 'queued' && this.#threadId === params.threadId && !messages.some(({ id }) => id === message.id)) {
			this.#set({ ...this.#state, messages: [...messages, message] });
		}
		return message;
	}

	async change(messageId: string, input: readonly UserInput[]): Promise<void> {
		await (await this.#ready()).request('turn/queue/update', { threadId: this.#thread(), messageId, input: [...input] });
	}

	async remove(messageId: string): Promise<void> {
		await (await this.#ready()).request('turn/queue/remove', { threadId: this.#thread(), messageId });
	}

	async order(messageIds: readonly string[]): Promise<void> {
		await (await this.#ready()).request('turn/queue/reorder', { threadId: this.#thread(), messageIds: [...messageIds] });
	}

	async send(messageId: string): Promise<void> {
		await (await this.#ready()).request('turn/queue/send', { threadId: this.#thread(), messageId });
	}

	#thread(): string {
		if (this.#threadId === null) throw new Error('No thread is shown, so nothing waits in it.');
		return this.#threadId;
	}

	#set(state: QueueState): void {
		this.#state = state;
		this.#changed.fire(state);
	}
}
