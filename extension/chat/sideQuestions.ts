import { randomUUID } from 'node:crypto';
import { Emitter } from 'vscode-jsonrpc/node.js';
import type { Event } from 'vscode-jsonrpc/node.js';
import { shellScriptOf } from '../../server/protocol/approval/shellScript.ts';
import type { ServerNotification } from '../../server/protocol/serverMessages.ts';
import type { ThreadItem } from '../../server/protocol/thread/item.ts';
import type { UserInput } from '../../server/protocol/thread/turnInput.ts';
import type { SideQuestion } from '../../webview/channel/sideQuestion.ts';
import type { Client } from '../server/client.ts';
import { threadIdOf } from '../server/threadIdOf.ts';

export interface SideQuestionsOptions {
	readonly ready: () => Promise<Client>;
	readonly activeThread: () => string | null;
	/** Throws with words for a person when nothing may run. */
	readonly assertMayRun: () => void;
	readonly words: {
		/** There is no thread yet, or nothing was said in it. */
		readonly nothingYet: () => string;
		readonly notOffered: () => string;
		readonly serverLost: () => string;
	};
}

interface Asked {
	readonly id: string;
	readonly question: string;
	readonly input: readonly UserInput[];
	status: SideQuestion['status'];
	/** The messages of the model by their items, in their order. */
	readonly texts: Map<string, string>;
	step: string | null;
	problem: string | null;
	threadId: string | null;
	turnId: string | null;
}

/** Longer commands are cut: the line says what is being looked at, not all of it. */
const MAX_STEP = 200;

/**
 * Questions beside the thread of one chat: each is answered by a copy of the thread that only reads, which is gone with the answer. They
 * live as long as the thread is shown, and in no file.
 */
export class SideQuestions {
	readonly #options: SideQuestionsOptions;
	readonly #changed = new Emitter<void>();
	readonly onDidChange: Event<void> = this.#changed.event;
	#asked: readonly Asked[] = [];

	constructor(options: SideQuestionsOptions) {
		this.#options = options;
	}

	/** Oldest first. */
	get list(): readonly SideQuestion[] {
		return this.#asked.map(({ id, question, status, texts, step, problem }) => {
			const answer = [...texts.values()].filter((text) => text !== '').join('\n\n');
			return { id, question, status, answer, step, problem };
		});
	}

	/** Returns as soon as it is on its way; what becomes of it is in the list. Throws with words for a person when it cannot be asked. */
	ask(question: string, input: readonly UserInput[]): void {
		this.#options.assertMayRun();
		const parent = this.#options.activeThread();
		if (parent === null) throw new Error(this.#options.words.nothingYet());
		const asked: Asked = {
			id: randomUUID(),
			question,
			input,
			status: 'answering',
			texts: new Map(),
			step: null,
			problem: null,
			threadId: null,
			turnId: null,
		};
		this.#set([...this.#asked, asked]);
		this.#run(asked, parent).catch((error: unknown) => this.#end(asked, 'failed', error instanceof Error ? error.message : String(error)));
	}

	/** Asks the same of the thread as it is now. */
	again(id: string): void {
		const asked = this.#find(id);
		if (asked === undefined) return;
		this.close(id);
		this.ask(asked.question, asked.input);
	}

	async stop(id: string): Promise<void> {
		const asked = this.#find(id);
		if (asked === undefined || asked.status !== 'answering') return;
		const { threadId, turnId } = asked;
		this.#end(asked, 'stopped', null);
		if (threadId !== null && turnId !== null) await (await this.#options.ready()).request('turn/interrupt', { threadId, turnId }).catch(() => {});
		this.#leave(asked);
	}

	close(id: string): void {
		const asked = this.#find(id);
		if (asked === undefined) return;
		this.#set(this.#asked.filter((other) => other !== asked));
		this.#leave(asked);
	}

	/** Another thread is shown: the questions belong to the one before. */
	closeAll(): void {
		for (const asked of this.#asked) this.#leave(asked);
		if (this.#asked.length > 0) this.#set([]);
	}

	/** What was being answered is gone with the server. */
	serverLost(): void {
		for (const asked of this.#asked) {
			asked.threadId = null;
			if (asked.status === 'answering') this.#end(asked, 'failed', this.#options.words.serverLost());
		}
	}

	notice(notification: ServerNotification): void {
		const threadId = threadIdOf(notification);
		const asked = threadId === null ? undefined : this.#asked.find((other) => other.threadId === threadId);
		if (asked === undefined || asked.status !== 'answering') return;
		switch (notification.method) {
			case 'item/started':
				asked.step = stepOf(notification.params.item);
				break;
			case 'item/completed': {
				const { item } = notification.params;
				if (item.type === 'agentMessage') asked.texts.set(item.id, item.text);
				asked.step = null;
				break;
			}
			case 'item/agentMessage/delta': {
				const { itemId, delta } = notification.params;
				asked.texts.set(itemId, `${asked.texts.get(itemId) ?? ''}${delta}`);
				break;
			}
			case 'turn/completed': {
				const { status, error } = notification.params.turn;
				this.#end(asked, status === 'completed' ? 'answered' : status === 'failed' ? 'failed' : 'stopped', error?.message ?? null);
				this.#leave(asked);
				return;
			}
			default:
				return;
		}
		this.#changed.fire();
	}

	dispose(): void {
		this.closeAll();
		this.#changed.dispose();
	}

	async #run(asked: Asked, parent: string): Promise<void> {
		const client = await this.#options.ready();
		// Another server would make a copy that may write.
		if (!(await client.supports('worktree/list'))) throw new Error(this.#options.words.notOffered());
		const { thread } = await client.request('thread/fork', { threadId: parent, sideQuestion: true, excludeTurns: true }).catch((error: unknown) => {
			throw error instanceof Error && error.message.includes('no rollout found') ? new Error(this.#options.words.nothingYet()) : error;
		});
		asked.threadId = thread.id;
		if (this.#isOver(asked)) return this.#leave(asked);
		const { turn } = await client.request('turn/start', { threadId: thread.id, input: [...asked.input] });
		asked.turnId = turn.id;
		if (this.#isOver(asked)) this.#leave(asked);
	}

	#isOver(asked: Asked): boolean {
		return asked.status !== 'answering' || !this.#asked.includes(asked);
	}

	#end(asked: Asked, status: Asked['status'], problem: string | null): void {
		if (asked.status !== 'answering') return;
		asked.status = status;
		asked.step = null;
		asked.problem = problem;
		this.#changed.fire();
	}

	/** The server ends what nobody follows. */
	#leave(asked: Asked): void {
		const { threadId } = asked;
		if (threadId === null) return;
		asked.threadId = null;
		void this.#options
			.ready()
			.then((client) => client.request('thread/unsubscribe', { threadId }))
			// A server that is gone has nothing left to end.
			.catch(() => {});
	}

	#find(id: string): Asked | undefined {
		return this.#asked.find((asked) => asked.id === id);
	}

	#set(asked: readonly Asked[]): void {
		this.#asked = asked;
		this.#changed.fire();
	}
}

/** What a person sees of the work on an answer; null for what needs no line. */
function stepOf(item: ThreadItem): string | null {
	const text =
		item.type === 'commandExecution'
			? shellScriptOf(item.command)
			: item.type === 'webSearch'
				? item.query
				: item.type === 'imageView'
					? item.path
					: '';
	const line = text.trim().split('\n', 1)[0] ?? '';
	return line === '' ? null : line.slice(0, MAX_STEP);
}
