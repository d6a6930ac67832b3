import type { HostMessage } from '../../../webview/channel/messages.ts';
import type { PageEvent } from '../../../webview/channel/pageEvent.ts';
import type { PageState } from '../../../webview/channel/pageState.ts';

/** Runs a function once, about a frame later. */
export type Schedule = (run: () => void) => { dispose(): void };

export const eachFrame: Schedule = (run) => {
	const timer = setTimeout(run, 16);
	return { dispose: () => clearTimeout(timer) };
};

/**
 * Carries the host's state to one page: a snapshot first, then numbered batches of events, at most one batch a frame.
 * Events before the first snapshot are dropped, since the snapshot contains them.
 */
export class Relay {
	readonly #post: (message: HostMessage) => void;
	readonly #schedule: Schedule;
	#epoch = 0;
	#seq = 0;
	#queue: PageEvent[] = [];
	#flush: { dispose(): void } | null = null;

	constructor(post: (message: HostMessage) => void, schedule: Schedule) {
		this.#post = post;
		this.#schedule = schedule;
	}

	/** Whether a page is there that hears events. */
	get open(): boolean {
		return this.#epoch > 0;
	}

	snapshot(state: PageState): void {
		const kept = this.#queue.filter(
			(event) => event.type === 'composerText' || event.type === 'focusComposer' || event.type === 'reveal' || event.type === 'openFind',
		);
		this.#drop();
		this.#epoch++;
		this.#seq = 0;
		this.#post({ type: 'snapshot', epoch: this.#epoch, state });
		// No snapshot carries these.
		for (const event of kept) this.push(event);
	}

	push(event: PageEvent): void {
		if (this.#epoch === 0) return;
		const last = this.#queue.at(-1);
		const joined = last === undefined ? null : joinDeltas(last, event);
		if (joined === null) this.#queue.push(event);
		else this.#queue[this.#queue.length - 1] = joined;
		this.#flush ??= this.#schedule(() => this.flush());
	}

	/** Sends what waits at once. */
	flush(): void {
		const events = this.#queue;
		this.#drop();
		if (events.length > 0) this.#post({ type: 'events', epoch: this.#epoch, seq: ++this.#seq, events });
	}

	dispose(): void {
		this.#drop();
		this.#epoch = 0;
	}

	#drop(): void {
		this.#flush?.dispose();
		this.#flush = null;
		this.#queue = [];
	}
}

/** One event for two pieces of the same text; null when they are anything else. */
function joinDeltas(a: PageEvent, b: PageEvent): PageEvent | null {
	// The whole list: the newest counts.
	if (a.type === 'sideQuestions' && b.type === 'sideQuestions') return b;
	if (a.type !== 'notification' || b.type !== 'notification') return null;
	const one = a.notification;
	const other = b.notification;
	switch (one.method) {
		case 'item/agentMessage/delta':
			if (other.method !== one.method || other.params.itemId !== one.params.itemId) return null;
			return { type: 'notification', notification: { ...one, params: { ...one.params, delta: one.params.delta + other.params.delta } } };
		case 'item/commandExecution/outputDelta':
			if (other.method !== one.method || other.params.itemId !== one.params.itemId) return null;
			return { type: 'notification', notification: { ...one, params: { ...one.params, delta: one.params.delta + other.params.delta } } };
		case 'item/reasoning/textDelta':
			if (other.method !== one.method || other.params.itemId !== one.params.itemId || other.params.contentIndex !== one.params.contentIndex)
				return null;
			return { type: 'notification', notification: { ...one, params: { ...one.params, delta: one.params.delta + other.params.delta } } };
		case 'item/reasoning/summaryTextDelta':
			if (other.method !== one.method || other.params.itemId !== one.params.itemId || other.params.summaryIndex !== one.params.summaryIndex)
				return null;
			return { type: 'notification', notification: { ...one, params: { ...one.params, delta: one.params.delta + other.params.delta } } };
		default:
			return null;
	}
}
