import type { HostMessage, PageMessage } from './messages.ts';
import type { PageEvent } from './pageEvent.ts';
import type { PageRequestName, PageRequests } from './requests/pageRequests.ts';
import type { PageState } from './pageState.ts';

export interface HostChannelOptions {
	readonly post: (message: PageMessage) => void;
	readonly onSnapshot: (state: PageState) => void;
	/** Called with every batch in order, none twice, none left out. */
	readonly onEvents: (events: readonly PageEvent[]) => void;
	/** The host does not answer `ready`. Called again after each further try; silence ends with the next snapshot. */
	readonly onSilence: () => void;
	/** Milliseconds until `ready` is said again. */
	readonly patience?: number;
}

interface PendingRequest {
	readonly resolve: (result: unknown) => void;
	readonly reject: (error: Error) => void;
}

/** The page's end of the channel: requests with replies one way, a snapshot and numbered batches the other way. */
export class HostChannel {
	readonly #options: HostChannelOptions;
	readonly #pending = new Map<number, PendingRequest>();
	#lastId = 0;
	#epoch: number | null = null;
	#seq = 0;
	#timer: ReturnType<typeof setTimeout> | undefined;

	constructor(options: HostChannelOptions) {
		this.#options = options;
	}

	/** Asks for a snapshot. Batches are dropped until it is there. */
	start(): void {
		this.#epoch = null;
		this.#options.post({ type: 'ready' });
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => {
			this.#options.onSilence();
			this.start();
		}, this.#options.patience ?? 5000);
	}

	dispose(): void {
		clearTimeout(this.#timer);
	}

	/** Settles when the host has replied; rejects with the host's words when it could not do it. */
	request<N extends PageRequestName>(name: N, params: PageRequests[N]['params']): Promise<PageRequests[N]['result']> {
		const id = ++this.#lastId;
		return new Promise((resolve, reject) => {
			// Both ends are compiled against PageRequests, so the reply to `name` has its result's shape.
			this.#pending.set(id, { resolve: (result) => resolve(result as PageRequests[N]['result']), reject });
			this.#options.post({ type: 'request', id, name, params } as PageMessage);
		});
	}

	/** Takes one message of the host; anything else that arrives at the window is ignored. */
	receive(data: unknown): void {
		if (!isHostMessage(data)) {
			return;
		}
		switch (data.type) {
			case 'snapshot':
				clearTimeout(this.#timer);
				this.#epoch = data.epoch;
				this.#seq = 0;
				this.#options.onSnapshot(data.state);
				return;
			case 'events':
				this.#receiveEvents(data);
				return;
			case 'reply':
				this.#settle(data.id)?.resolve(data.result);
				return;
			case 'failure':
				this.#settle(data.id)?.reject(new Error(data.message));
				return;
		}
	}

	#receiveEvents({ epoch, seq, events }: Extract<HostMessage, { type: 'events' }>): void {
		if (epoch !== this.#epoch || seq <= this.#seq) {
			return;
		}
		if (seq !== this.#seq + 1) {
			this.start();
			return;
		}
		this.#seq = seq;
		this.#options.onEvents(events);
	}

	#settle(id: number): PendingRequest | undefined {
		const request = this.#pending.get(id);
		this.#pending.delete(id);
		return request;
	}
}

/** The frame only: the host is ours, and its schemas would be a tenth of the page's script. What an event holds is typed on both ends. */
function isHostMessage(data: unknown): data is HostMessage {
	if (!isRecord(data)) return false;
	switch (data.type) {
		case 'snapshot':
			return isNumber(data.epoch) && isRecord(data.state);
		case 'events':
			return isNumber(data.epoch) && isNumber(data.seq) && Array.isArray(data.events) && data.events.every(isRecord);
		case 'reply':
			return isNumber(data.id);
		case 'failure':
			return isNumber(data.id) && typeof data.message === 'string';
		default:
			return false;
	}
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null;
}

function isNumber(value: unknown): value is number {
	return typeof value === 'number';
}
