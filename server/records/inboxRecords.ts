import type { RolloutEntry, RolloutLine } from '../store/rollout/rolloutLine.ts';
import type { ClientMetadata, TurnInput } from '../items/input.ts';
import { inputsFromRecord } from './itemRecords.ts';
import { eventMsg } from './records.ts';
import type { SettingsOverrides } from '../items/threadSettings.ts';
import { wholeNumber } from './wholeNumber.ts';

/** A message of a person that is no item of the thread yet. */
export interface Message {
	/** Also of the item that it becomes. */
	readonly id: string;
	/** The client's own id; null when it gave none. */
	readonly clientId: string | null;
	readonly content: readonly TurnInput[];
	/** Unix milliseconds. */
	readonly sentAt: number;
}

/** One that goes out as a turn of its own. */
export interface QueuedMessage extends Message {
	readonly overrides: SettingsOverrides;
	/** What the client wants the provider to be told with it, by name. */
	readonly metadata: ClientMetadata | null;
}

/** What happens to messages before they are items. An item with a message's id says that the model's history has it. */
export type InboxChange =
	| { readonly op: 'accepted'; readonly message: Message; readonly turnId: string }
	| { readonly op: 'queued'; readonly message: QueuedMessage }
	/** Metadata that is left out stays. */
	| {
			readonly op: 'changed';
			readonly id: string;
			readonly content: readonly TurnInput[];
			readonly metadata?: ClientMetadata;
	  }
	| { readonly op: 'removed'; readonly id: string }
	| { readonly op: 'ordered'; readonly ids: readonly string[] }
	/** A queued one is now with a turn. */
	| { readonly op: 'sent'; readonly id: string; readonly turnId: string };

export function inboxEntry(change: InboxChange): RolloutEntry {
	switch (change.op) {
		case 'accepted':
			return eventMsg('tiller_inbox', { op: change.op, turn_id: change.turnId, ...messageRecord(change.message) });
		case 'queued':
			return eventMsg('tiller_inbox', {
				op: change.op,
				...messageRecord(change.message),
				overrides: change.message.overrides,
				...(change.message.metadata ? { metadata: change.message.metadata } : {}),
			});
		case 'changed':
		case 'removed':
		case 'ordered':
			return eventMsg('tiller_inbox', { ...change });
		case 'sent':
			return eventMsg('tiller_inbox', { op: change.op, id: change.id, turn_id: change.turnId });
		default:
			return change satisfies never;
	}
}

const messageRecord = (message: Message) => ({
	id: message.id,
	client_id: message.clientId,
	content: message.content,
	sent_at_ms: message.sentAt,
});

/**
 * The messages that a thread owes its model: queued ones, and those that a turn had accepted when the server died, which come first.
 * A message of which the thread has an item is none of them, so nothing is said twice. The first `standing` lines come from turns
 * that are long over and whose items were not read: what those had accepted is said.
 */
export function waitingMessages(lines: readonly RolloutLine[], standing = 0): readonly QueuedMessage[] {
	let accepted = new Map<string, QueuedMessage>();
	let queued: QueuedMessage[] = [];
	for (const [index, { type, payload }] of lines.entries()) {
		if (index === standing) accepted = new Map();
		if (type !== 'event_msg') continue;
		if (payload.type === 'tiller_forked') {
			accepted = new Map();
			queued = [];
		}
		if (payload.type === 'user_message' && typeof payload.item_id === 'string') accepted.delete(payload.item_id);
		if (payload.type !== 'tiller_inbox') continue;
		const id = typeof payload.id === 'string' ? payload.id : '';
		const message = queued.find((each) => each.id === id);
		switch (payload.op) {
			case 'accepted':
			case 'queued': {
				const read = messageFrom(payload, id);
				if (!read) break;
				if (payload.op === 'queued') queued.push(read);
				else accepted.set(id, read);
				break;
			}
			case 'changed': {
				const content = inputsFromRecord(payload.content);
				const metadata = metadataFrom(payload.metadata);
				const changed = metadata === null ? { content } : { content, metadata };
				if (content.length > 0) queued = queued.map((each) => (each.id === id ? { ...each, ...changed } : each));
				break;
			}
			case 'sent':
				if (message) accepted.set(id, message);
				queued = queued.filter((each) => each.id !== id);
				break;
			case 'removed':
				queued = queued.filter((each) => each.id !== id);
				break;
			case 'ordered':
				queued = inOrder(queued, Array.isArray(payload.ids) ? payload.ids : []);
				break;
			default:
		}
	}
	return [...accepted.values(), ...queued];
}

/** Messages in the order of these ids; those that are not named come last, as they were. */
export function inOrder<M extends Message>(messages: readonly M[], ids: readonly unknown[]): M[] {
	const named = [...new Set(ids)].flatMap((id) => messages.filter((message) => message.id === id));
	return [...named, ...messages.filter((message) => !named.includes(message))];
}

function messageFrom(payload: RolloutLine['payload'], id: string): QueuedMessage | null {
	const content = inputsFromRecord(payload.content);
	if (id === '' || content.length === 0) return null;
	return {
		id,
		clientId: typeof payload.client_id === 'string' ? payload.client_id : null,
		content,
		sentAt: wholeNumber(payload.sent_at_ms) ?? 0,
		overrides: overridesFrom(payload.overrides),
		metadata: metadataFrom(payload.metadata),
	};
}

function metadataFrom(value: unknown): QueuedMessage['metadata'] {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
	return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

/** Only the model survives: what may run without being asked is never taken from a record. */
function overridesFrom(value: unknown): SettingsOverrides {
	const model: unknown = typeof value === 'object' && value !== null && 'model' in value ? value.model : null;
	return typeof model === 'string' ? { model } : {};
}
