import { type HostMessage, hostMessage, type PageMessage } from './messages.ts';
import type { PageEvent } from './pageEvent.ts';
import type { PageRequestName, PageRequests } from './requests/pageRequests.ts';
import type { PageState } from './pageState.ts';
import { replies } from './replies.ts';
import { object, read, type Shape } from './shape.ts';
import { strings } from '../strings.ts';

export interface HostChannelOptions {
	readonly post: (message: PageMessage) => void;
	readonly onSnapshot: (state: PageState) => void;
	/** Called with every batch in order, none twice, none left out. */
	readonly onEvents: (events: readonly PageEvent[]) => void;
	/** The host does not answer `ready`. Called again after each further try; silence ends with the next snapshot. */
	readonly onSilence: () => void;
	/** Pieces of a message that are not as they were declared; the rest of it counts. */
	readonly onRefused: (problems: readonly string[]) => void;
	/** Milliseconds until `ready` is said again. */
	readonly patience?: number;
}

/** The compiler holds these against the requests: one that is answered with more than that it is done stands in `replies`. */
const replyShapes: {
	readonly [N in PageRequestName as PageRequests[N]['result'] extends Readonly<Record<string, never>> ? never : N]: Shape<PageRequests[N]['result']>;
} = replies;
const done = object({});

interface PendingRequest {
	readonly name: PageRequestName;
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
			// The shape of the reply to `name` has read it.
			this.#pending.set(id, { name, resolve: (result) => resolve(result as PageRequests[N]['result']), reject });
			this.#options.post({ type: 'request', id, name, params } as PageMessage);
		});
	}

	/** Takes one message of the host; anything else that arrives at the window is ignored. */
	receive(data: unknown): void {
		if (typeof data !== 'object' || data === null || !('type' in data) || !isHostType(data.type)) return;
		const message = this.#read(hostMessage, data, data.type);
		if (message === undefined) return;
		switch (message.type) {
			case 'snapshot':
				clearTimeout(this.#timer);
				this.#epoch = message.epoch;
				this.#seq = 0;
				this.#options.onSnapshot(message.state);
				return;
			case 'events':
				this.#receiveEvents(message);
				return;
			case 'reply':
				this.#receiveReply(message);
				return;
			case 'failure':
				this.#settle(message.id)?.reject(new Error(message.message));
				return;
		}
	}

	#read<T>(shape: Shape<T>, data: unknown, name: string): T | undefined {
		const { value, problems } = read(shape, data, name);
		if (problems.length > 0) this.#options.onRefused(problems);
		return value;
	}

	#receiveReply({ id, result }: Extract<HostMessage, { type: 'reply' }>): void {
		const request = this.#settle(id);
		if (request === undefined) return;
		const { name } = request;
		const read = this.#read<unknown>(isAnswered(name) ? replyShapes[name] : done, result, name);
		if (read === undefined) request.reject(new Error(strings.hostUnreadable));
		else request.resolve(read);
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

function isHostType(type: unknown): type is HostMessage['type'] {
	return type === 'snapshot' || type === 'events' || type === 'reply' || type === 'failure';
}

function isAnswered(name: PageRequestName): name is keyof typeof replyShapes {
	return Object.hasOwn(replyShapes, name);
}
