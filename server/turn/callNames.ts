import { v7 as uuid } from 'uuid';
import { isCall } from '../model/history/pairCalls.ts';
import type { ResponseItem } from '../items/responseItem.ts';

/**
 * Gives every call of a turn an id of its own. Some servers count their calls anew in each response, or name all calls of one response
 * alike; then each but the first gets a new id, under which it is run, shown, kept and answered.
 */
export class CallNames {
	readonly #taken = new Set<string>();
	/** Calls of this response that began and are not finished. */
	#begun: Begun[] = [];

	/** Another response begins: what the last one left unfinished is gone. */
	nextResponse(): void {
		this.#begun = [];
	}

	added(item: ResponseItem): ResponseItem {
		if (!isCall(item)) return item;
		const begun = this.#find(item) ?? { id: item.id, callId: item.call_id, name: this.#free(item.call_id) };
		if (!this.#begun.includes(begun)) this.#begun.push(begun);
		return begun.name === item.call_id ? item : { ...item, call_id: begun.name };
	}

	done(item: ResponseItem): ResponseItem {
		const named = this.added(item);
		if (!isCall(item) || !isCall(named)) return named;
		this.#begun = this.#begun.filter(({ name }) => name !== named.call_id);
		this.#taken.add(named.call_id);
		return named;
	}

	/** A call that began, as its provider names it; some leave the item's own id out where it begins, or where it ends. */
	#find({ id, call_id }: { readonly id?: string; readonly call_id: string }): Begun | undefined {
		const alike = this.#begun.filter(({ callId }) => callId === call_id);
		return alike.find((begun) => begun.id === id) ?? alike.find((begun) => begun.id === undefined || id === undefined);
	}

	#free(callId: string): string {
		return this.#taken.has(callId) || this.#begun.some(({ name }) => name === callId) ? `call_${uuid()}` : callId;
	}
}

interface Begun {
	readonly id: string | undefined;
	readonly callId: string;
	/** The id that it has here. */
	readonly name: string;
}
