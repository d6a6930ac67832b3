import type { RolloutEntry } from '../store/rollout/rolloutLine.ts';
import type { ClientMetadata, TurnInput } from '../items/input.ts';
import { inboxEntry, type InboxChange, inOrder, type Message, type QueuedMessage } from '../records/inboxRecords.ts';

/** Where a message is. */
export type SentMessage =
	| { readonly state: 'queued'; readonly message: Message }
	| { readonly state: 'accepted' | 'seen'; readonly message: Message; readonly turnId: string };

export interface InboxView {
	/** Those that a turn has accepted, then the queue in its order. */
	readonly messages: readonly SentMessage[];
	readonly paused: boolean;
}

export interface InboxOptions {
	record(entries: readonly RolloutEntry[]): void;
	changed(view: InboxView): void;
	/** What a thread still owes its model when it is loaded. It waits for a person, since nobody asked for a turn. */
	readonly waiting: readonly QueuedMessage[];
	/** Messages with a client's id that are items already, the oldest first. */
	readonly seen: readonly { readonly message: Message; readonly turnId: string }[];
}

/** Clients resend soon or never: of so many messages it is remembered what became of them. */
const REMEMBERED = 256;

/** The messages of a thread that are no items yet. Every change is recorded before anybody is told of it. */
export class Inbox {
	readonly #options: InboxOptions;
	readonly #accepted = new Map<string, { readonly message: Message; readonly turnId: string }>();
	#queue: QueuedMessage[];
	#paused: boolean;
	/** By the client's id. */
	readonly #known = new Map<string, SentMessage>();

	constructor(options: InboxOptions) {
		this.#options = options;
		this.#queue = [...options.waiting];
		this.#paused = options.waiting.length > 0;
		for (const sent of options.seen) this.#remember({ state: 'seen', ...sent });
		for (const message of options.waiting) this.#remember({ state: 'queued', message });
	}

	get view(): InboxView {
		const accepted = [...this.#accepted.values()].map((each) => ({ state: 'accepted' as const, ...each }));
		return { messages: [...accepted, ...this.#queue.map((message) => ({ state: 'queued' as const, message }))], paused: this.#paused };
	}

	/** What became of the message to which a client gave this id; null when it is new. */
	known(clientId: string | null): SentMessage | null {
		return (clientId === null ? undefined : this.#known.get(clientId)) ?? null;
	}

	/** In their order. */
	get queued(): readonly QueuedMessage[] {
		return this.#queue;
	}

	get first(): QueuedMessage | null {
		return this.#queue[0] ?? null;
	}

	find(id: string): QueuedMessage | null {
		return this.#queue.find((message) => message.id === id) ?? null;
	}

	/** A running turn takes it. */
	accept(message: Message, turnId: string): void {
		this.#record({ op: 'accepted', message, turnId });
		this.#give(message, turnId);
		if (message.clientId !== null) this.#tell();
	}

	/** It begins a turn, whose records begin with it: nothing else has to be written. */
	begins(message: Message, turnId: string): void {
		this.#give(message, turnId);
	}

	add(message: QueuedMessage): void {
		this.#record({ op: 'queued', message });
		this.#queue.push(message);
		this.#remember({ state: 'queued', message });
		this.#tell();
	}

	/** A queued message goes to a turn. */
	send(message: QueuedMessage, turnId: string): void {
		this.#record({ op: 'sent', id: message.id, turnId });
		this.#drop(message.id);
		this.#give(message, turnId);
		this.#tell();
	}

	/** Metadata that is left out stays. */
	change(id: string, content: readonly TurnInput[], metadata?: ClientMetadata): QueuedMessage | null {
		const before = this.find(id);
		if (!before) return null;
		const changed = metadata === undefined ? { content } : { content, metadata };
		const message = { ...before, ...changed };
		this.#record({ op: 'changed', id, ...changed });
		this.#queue = this.#queue.map((each) => (each.id === id ? message : each));
		this.#remember({ state: 'queued', message });
		this.#tell();
		return message;
	}

	remove(id: string): QueuedMessage | null {
		const message = this.find(id);
		if (!message) return null;
		this.#record({ op: 'removed', id });
		this.#drop(id);
		if (message.clientId !== null) this.#known.delete(message.clientId);
		this.#tell();
		return message;
	}

	reorder(ids: readonly string[]): void {
		this.#record({ op: 'ordered', ids });
		this.#queue = inOrder(this.#queue, ids);
		this.#tell();
	}

	/** It is an item of the thread now. */
	seen(id: string): void {
		const found = this.#accepted.get(id);
		if (!found) return;
		this.#accepted.delete(id);
		this.#remember({ state: 'seen', ...found });
	}

	/** Whether the queue waits for a person. */
	pause(paused: boolean): void {
		const now = paused && this.#queue.length > 0;
		if (this.#paused === now) return;
		this.#paused = now;
		this.#tell();
	}

	get paused(): boolean {
		return this.#paused;
	}

	#give(message: Message, turnId: string): void {
		this.#accepted.set(message.id, { message, turnId });
		this.#remember({ state: 'accepted', message, turnId });
	}

	#drop(id: string): void {
		this.#queue = this.#queue.filter((message) => message.id !== id);
		if (this.#queue.length === 0) this.#paused = false;
	}

	#remember(sent: SentMessage): void {
		const { clientId } = sent.message;
		if (clientId === null) return;
		this.#known.delete(clientId);
		this.#known.set(clientId, sent);
		for (const oldest of this.#known.keys()) {
			if (this.#known.size <= REMEMBERED) break;
			this.#known.delete(oldest);
		}
	}

	#record(change: InboxChange): void {
		this.#options.record([inboxEntry(change)]);
	}

	#tell(): void {
		this.#options.changed(this.view);
	}
}
