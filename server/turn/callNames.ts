import { v7 as uuid } from 'uuid';
import { isCall } from '../model/pairCalls.ts';
import type { ResponseItem } from '../model/responseItem.ts';

/**
 * Gives every call of a turn an id of its own. Some servers count their calls anew in each response, or name all calls of one response
 * alike; then each but the first gets a new id, under which it is run, shown, kept and answered.
 */
export class CallNames {
	readonly #taken = new Set<string>();
	/** Calls of this response that began and are not finished, by what the provider calls them. */
	#begun = new Map<string, string>();

	/** Another response begins: what the last one left unfinished is gone. */
	nextResponse(): void {
		this.#begun = new Map();
	}

	added(item: ResponseItem): ResponseItem {
		if (!isCall(item)) return item;
		const key = keyOf(item);
		const name = this.#begun.get(key) ?? this.#free(item.call_id);
		this.#begun.set(key, name);
		return name === item.call_id ? item : { ...item, call_id: name };
	}

	done(item: ResponseItem): ResponseItem {
		const named = this.added(item);
		if (!isCall(item) || !isCall(named)) return named;
		this.#begun.delete(keyOf(item));
		this.#taken.add(named.call_id);
		return named;
	}

	#free(callId: string): string {
		const isBegun = [...this.#begun.values()].includes(callId);
		return isBegun || this.#taken.has(callId) ? `call_${uuid()}` : callId;
	}
}

function keyOf(item: { readonly id?: string; readonly call_id: string }): string {
	return `${item.id ?? ''} ${item.call_id}`;
}
