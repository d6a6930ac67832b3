import { Emitter } from 'vscode-jsonrpc/node.js';
import type { Event } from 'vscode-jsonrpc/node.js';
import type { ServerNotification } from '../../server/protocol/serverMessages.ts';
import type { BackgroundTerminal } from '../../server/protocol/thread/threadStatus.ts';
import type { Client } from '../server/client.ts';

/** How often it is asked whether a command still runs, in milliseconds. Nothing is asked while none does. */
const LOOK_MS = 2_000;

export interface BackgroundCommandsOptions {
	readonly ready: () => Promise<Client>;
	readonly activeThread: () => string | null;
	/** Whether somebody can see it now. */
	readonly visible: () => boolean;
	readonly lookMs?: number;
}

/** The commands of the shown thread that run on after their turn: the one source of whether they do. */
export class BackgroundCommands {
	readonly #options: BackgroundCommandsOptions;
	readonly #changed = new Emitter<void>();
	readonly onDidChange: Event<void> = this.#changed.event;
	#list: readonly BackgroundTerminal[] = [];
	#timer: NodeJS.Timeout | null = null;
	#asked = 0;

	constructor(options: BackgroundCommandsOptions) {
		this.#options = options;
	}

	get list(): readonly BackgroundTerminal[] {
		return this.#list;
	}

	/** Another thread is shown, the page is in sight again, or a command was stopped. */
	look(): void {
		const asked = ++this.#asked;
		this.#stopTimer();
		void this.#read()
			// A server that is not ours keeps no such list.
			.catch((): readonly BackgroundTerminal[] => [])
			.then((list) => {
				if (asked === this.#asked) this.#set(list);
			});
	}

	notice({ method, params }: ServerNotification): void {
		if (method === 'turn/completed' && params.threadId === this.#options.activeThread()) this.look();
	}

	dispose(): void {
		this.#asked++;
		this.#stopTimer();
		this.#changed.dispose();
	}

	async #read(): Promise<readonly BackgroundTerminal[]> {
		const threadId = this.#options.activeThread();
		if (threadId === null) return [];
		const client = await this.#options.ready();
		return (await client.request('thread/backgroundTerminals/list', { threadId })).data;
	}

	#set(list: readonly BackgroundTerminal[]): void {
		const before = this.#list;
		this.#list = list;
		if (list.length > 0 && this.#options.visible()) this.#timer = setTimeout(() => this.look(), this.#options.lookMs ?? LOOK_MS);
		if (JSON.stringify(before) !== JSON.stringify(list)) this.#changed.fire();
	}

	#stopTimer(): void {
		if (this.#timer !== null) clearTimeout(this.#timer);
		this.#timer = null;
	}
}
