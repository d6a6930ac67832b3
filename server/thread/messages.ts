import { v7 as uuid } from 'uuid';
import type { ModelInput } from '../items/modelInput.ts';
import type { ClientMetadata, TurnInput } from '../items/input.ts';
import type { PendingInput } from '../turn/acceptInput.ts';
import type { Inbox, SentMessage } from './inbox.ts';
import type { Message, QueuedMessage } from '../records/inboxRecords.ts';
import type { Environment, SettingsOverrides } from '../items/threadSettings.ts';
import type { ActiveTurn, TurnKind } from './work/turnRun.ts';
import { l10n, type Text } from '../words/l10n.ts';

export class NoActiveTurnError extends Error {}

/** The turn that runs is a review or a compaction: nobody can say anything to it. */
export class NotSteerableError extends Error {
	readonly turnKind: Exclude<TurnKind, 'regular'>;
	constructor(turnKind: Exclude<TurnKind, 'regular'>) {
		super(`cannot steer a ${turnKind} turn`);
		this.turnKind = turnKind;
	}
}

/** There is no such message in the queue (any more). */
export class UnknownMessageError extends Error {}

export interface TurnOptions {
	readonly overrides: SettingsOverrides;
	readonly outputSchema: unknown;
	/** Of this turn only; null: as the thread has it. */
	readonly environment: Environment | null;
	/** What the client wants the provider to be told with each request. */
	readonly metadata?: ClientMetadata | null;
}

export interface MessagesHost {
	active(): ActiveTurn | null;
	/** Begins a turn with this message. It is recorded once `accepted` of the turn resolves. */
	begin(first: PendingInput, options: TurnOptions): ActiveTurn;
	/** What a message that went to the running turn wants changed: it holds for the turns after that one. */
	change(overrides: SettingsOverrides): void;
	/** Nobody is told of anything until the returned function is called. */
	hold(): () => void;
	/** The message for the model; throws `InputError` when it cannot be used. */
	inputItem(input: readonly TurnInput[]): Promise<ModelInput>;
	warn(message: Text): void;
}

/** A turn that has taken a message. `begin` is called once the answer is on its way: from then on clients are told. */
export interface Taken {
	readonly turnId: string;
	begin(): void;
}

/** What people send to a thread: to the running turn, as a turn of its own, or into the queue. */
export class Messages {
	readonly inbox: Inbox;
	readonly #host: MessagesHost;

	constructor(inbox: Inbox, host: MessagesHost) {
		this.inbox = inbox;
		this.#host = host;
	}

	/**
	 * Starts a turn, or gives the input to the one that runs. What it returns is recorded. A message with a known id of its client is
	 * not sent again. Throws `InputError` when the input cannot be used.
	 */
	async start(content: readonly TurnInput[], options: TurnOptions & { readonly clientId: string | null }): Promise<Taken> {
		const known = this.inbox.known(options.clientId);
		if (known?.state === 'queued') return this.send(known.message.id);
		if (known) return { turnId: known.turnId, begin: () => {} };
		const message = newMessage(content, options.clientId);
		const item = await this.#host.inputItem(content);
		return this.#deliver(message, item, {
			toRunning: (turn) => this.inbox.accept(message, turn.id),
			toNew: (turn) => this.inbox.begins(message, turn.id),
			options,
		});
	}

	/** Gives input to the running turn, and returns that turn's id. Throws `NoActiveTurnError`, and `InputError`. */
	async steer(
		content: readonly TurnInput[],
		{ clientId, metadata }: { readonly clientId: string | null; readonly metadata: ClientMetadata | null },
	): Promise<string> {
		const known = this.inbox.known(clientId);
		if (known && known.state !== 'queued') return known.turnId;
		const item = await this.#host.inputItem(content);
		const turn = this.#host.active();
		if (turn) refuseInput(turn);
		if (!turn || !takesInput(turn)) throw new NoActiveTurnError('no active turn to steer');
		const message = newMessage(content, clientId);
		this.inbox.accept(message, turn.id);
		give(turn, pending(message, item), metadata);
		return turn.id;
	}

	/** Puts a message behind the running turn and those that wait already. Without any it begins a turn. Throws `InputError`. */
	async queue(
		content: readonly TurnInput[],
		{ clientId, overrides, metadata = null }: { clientId: string | null; overrides: SettingsOverrides; metadata?: ClientMetadata | null },
	): Promise<{ readonly sent: SentMessage; begin(): void }> {
		const known = this.inbox.known(clientId);
		if (known) return { sent: known, begin: () => {} };
		// Also of one that waits: who sent it is told at once when it cannot be used.
		const item = await this.#host.inputItem(content);
		const message: QueuedMessage = { ...newMessage(content, clientId), overrides, metadata };
		if (this.#host.active() || this.inbox.first) {
			this.inbox.add(message);
			return { sent: { state: 'queued', message }, begin: () => {} };
		}
		const options = optionsOf(message);
		const toNew = (turn: ActiveTurn) => this.inbox.begins(message, turn.id);
		const { turnId, begin } = await this.#deliver(message, item, { toRunning: toNew, toNew, options });
		return { sent: { state: 'accepted', message, turnId }, begin };
	}

	/** Sends a queued message now. Throws `UnknownMessageError`, and `InputError`. */
	async send(id: string): Promise<Taken> {
		const item = await this.#host.inputItem(this.#find(id).content);
		const message = this.#find(id);
		const give = (turn: ActiveTurn) => this.inbox.send(message, turn.id);
		return this.#deliver(message, item, {
			toRunning: give,
			toNew: give,
			options: optionsOf(message),
		});
	}

	/** Changes a queued message. Throws `UnknownMessageError`, and `InputError`. */
	async change(id: string, content: readonly TurnInput[], metadata?: ClientMetadata): Promise<QueuedMessage> {
		this.#find(id);
		await this.#host.inputItem(content);
		return this.inbox.change(id, content, metadata) ?? unknown(id);
	}

	/** Takes a message out of the queue. Throws `UnknownMessageError`. */
	remove(id: string): QueuedMessage {
		return this.inbox.remove(id) ?? unknown(id);
	}

	/** After a turn. The queue goes on by itself after one that was completed; after any other it waits for a person. Never rejects. */
	async turnEnded({ completed }: { completed: boolean }): Promise<void> {
		if (!completed) this.inbox.pause(true);
		const { first } = this.inbox;
		if (!first || this.inbox.paused || this.#host.active()) return;
		try {
			const item = await this.#host.inputItem(first.content);
			// Meanwhile it may have been changed or sent, or a person may have begun a turn, which is not to be disturbed by it.
			if (this.inbox.first !== first || this.#host.active()) return await this.turnEnded({ completed: true });
			const give = (turn: ActiveTurn) => this.inbox.send(first, turn.id);
			(await this.#deliver(first, item, { toRunning: give, toNew: give, options: optionsOf(first) })).begin();
		} catch (error) {
			this.inbox.pause(true);
			const reason = error instanceof Error ? error.message : String(error);
			this.#host.warn(l10n`The queued message could not be sent: ${reason}. The queue waits.`);
		}
	}

	async #deliver(
		message: Message,
		item: ModelInput,
		to: { toRunning(turn: ActiveTurn): void; toNew(turn: ActiveTurn): void; options: TurnOptions },
	): Promise<Taken> {
		for (let turn = this.#host.active(); turn; turn = this.#host.active()) {
			refuseInput(turn);
			if (takesInput(turn)) {
				to.toRunning(turn);
				give(turn, pending(message, item), to.options.metadata);
				this.#host.change(to.options.overrides);
				return { turnId: turn.id, begin: () => {} };
			}
			await turn.done;
		}
		const release = this.#host.hold();
		this.inbox.pause(false);
		const turn = this.#host.begin(pending(message, item), to.options);
		to.toNew(turn);
		await turn.accepted;
		return { turnId: turn.id, begin: release };
	}

	#find(id: string): QueuedMessage {
		return this.inbox.find(id) ?? unknown(id);
	}
}

function unknown(id: string): never {
	throw new UnknownMessageError(`no message ${id} waits in the queue`);
}

/** What a queued message begins its turn with. */
function optionsOf({ overrides, metadata }: QueuedMessage): TurnOptions {
	return { overrides, metadata, outputSchema: null, environment: null };
}

function newMessage(content: readonly TurnInput[], clientId: string | null): Message {
	return { id: uuid(), clientId, content, sentAt: Date.now() };
}

function pending(message: Message, { message: item, following }: ModelInput): PendingInput {
	return { itemId: message.id, clientId: message.clientId, content: message.content, item, following };
}

function give(turn: ActiveTurn, input: PendingInput, metadata: ClientMetadata | null = null): void {
	if (metadata) turn.metadata = metadata;
	turn.inbox.push(input);
	turn.wake?.();
}

function refuseInput({ kind }: ActiveTurn): void {
	if (kind !== 'regular') throw new NotSteerableError(kind);
}

/** A turn that is stopped takes nothing more, also while it still ends: what comes then begins the next one. */
export function takesInput(turn: ActiveTurn): boolean {
	return !turn.closed && !turn.abort.signal.aborted;
}
