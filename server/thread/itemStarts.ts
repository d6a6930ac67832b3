import type { TurnEvent } from '../items/events.ts';

/** Says of each item that ends when it began. An item that is told at once began when it ended. */
export class ItemStarts {
	readonly #running = new Map<string, number>();

	/** Called with each event of a thread, in their order. */
	timed(event: TurnEvent): TurnEvent {
		if (event.type === 'itemStarted') this.#running.set(keyOf(event), event.at);
		if (event.type !== 'itemCompleted') return event;
		const startedAt = this.#running.get(keyOf(event)) ?? event.at;
		this.#running.delete(keyOf(event));
		return { ...event, startedAt };
	}
}

/** Ids of items are unique in their turn and for their kind only. */
const keyOf = ({ turnId, item }: Extract<TurnEvent, { type: 'itemStarted' | 'itemCompleted' }>): string => `${turnId} ${item.type} ${item.id}`;
