import type { ServerNotification } from '../../server/protocol/serverMessages.ts';
import { askOnce } from '../scm/askOnce.ts';
import type { Client } from '../server/client.ts';
import { titleInstructions, titleOf, titleQuestion } from './titleText.ts';

export interface BegunThread {
	readonly id: string;
	readonly cwd: string;
	readonly provider: string;
	readonly model: string;
}

export interface ThreadTitlesOptions {
	/** Whether the person wants them; asked each time. */
	readonly wanted: () => boolean;
	readonly log: { info(message: string): void };
}

/** A request of this kind takes seconds; one that hangs is given up. */
const LIMIT_MS = 60_000;

/** Gives a thread that began in this window a title: one small request to its own model, once, when its first turn has ended. */
export class ThreadTitles {
	readonly #options: ThreadTitlesOptions;
	readonly #begun = new Map<string, BegunThread>();
	readonly #abort = new AbortController();

	constructor(options: ThreadTitlesOptions) {
		this.#options = options;
	}

	began(thread: BegunThread): void {
		// The demo says only what is written in it.
		if (thread.provider !== 'demo') this.#begun.set(thread.id, thread);
	}

	notice(client: Client, { method, params }: ServerNotification): void {
		if (method === 'thread/name/updated') this.#begun.delete(params.threadId);
		if (method !== 'turn/completed' || params.turn.status !== 'completed') return;
		const thread = this.#begun.get(params.threadId);
		if (thread === undefined || !this.#begun.delete(thread.id) || !this.#options.wanted()) return;
		this.#title(client, thread).catch((error: unknown) => {
			// The beginning of the first message stays the title.
			this.#options.log.info(`No title was made: ${error instanceof Error ? error.message : String(error)}`);
		});
	}

	dispose(): void {
		this.#abort.abort();
	}

	async #title(client: Client, { id: threadId, cwd, provider, model }: BegunThread): Promise<void> {
		const { data } = await client.request('thread/turns/list', { threadId, limit: 1, sortDirection: 'asc', itemsView: 'full' });
		const items = data[0]?.items ?? [];
		const message = items
			.flatMap((item) => (item.type === 'userMessage' ? item.content : []))
			.flatMap((part) => (part.type === 'text' ? part.text : []));
		if (message.join('').trim() === '') return;
		const answer = items.findLast((item) => item.type === 'agentMessage');
		const text = titleQuestion({ message: message.join('\n'), answer: answer?.type === 'agentMessage' ? answer.text : '' });
		const signal = AbortSignal.any([this.#abort.signal, AbortSignal.timeout(LIMIT_MS)]);
		const question = { cwd, model: model === '' ? null : model, provider, instructions: titleInstructions, text };
		const title = titleOf(await askOnce(client, question, signal));
		if (title === null) return;
		// Somebody may have named it meanwhile.
		const { thread } = await client.request('thread/read', { threadId, includeTurns: false });
		if (thread.name === null) await client.request('thread/name/set', { threadId, name: title });
	}
}
