import type { ThreadListener } from './threadPorts.ts';

/**
 * Passes on what happens in a thread, and holds it back while an answer to a client is on its way: what was asked for may begin, and
 * be recorded, before the answer, but nobody is told of it before.
 */
export class HeldListener implements ThreadListener {
	readonly #listener: ThreadListener;
	#held: (() => void)[] = [];
	#holds = 0;

	constructor(listener: ThreadListener) {
		this.#listener = listener;
	}

	/** Holds everything back until the function that it returns is called, once. */
	hold(): () => void {
		this.#holds++;
		let released = false;
		return () => {
			if (released) return;
			released = true;
			if (--this.#holds > 0) return;
			const held = this.#held;
			this.#held = [];
			for (const tell of held) tell();
		};
	}

	event: ThreadListener['event'] = (event) => this.#pass(() => this.#listener.event(event));
	statusChanged: ThreadListener['statusChanged'] = (status) => this.#pass(() => this.#listener.statusChanged(status));
	goalChanged: ThreadListener['goalChanged'] = (goal, turnId) => this.#pass(() => this.#listener.goalChanged(goal, turnId));
	inboxChanged: ThreadListener['inboxChanged'] = (view) => this.#pass(() => this.#listener.inboxChanged(view));
	asked: ThreadListener['asked'] = (question) => this.#pass(() => this.#listener.asked(question));
	closed: ThreadListener['closed'] = (question, decision, by) => this.#pass(() => this.#listener.closed(question, decision, by));

	saved: ThreadListener['saved'] = () => this.#pass(() => this.#listener.saved());

	#pass(tell: () => void): void {
		if (this.#holds > 0) this.#held.push(tell);
		else tell();
	}
}
