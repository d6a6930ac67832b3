import { Emitter } from 'vscode-jsonrpc/node.js';
import type { Event } from 'vscode-jsonrpc/node.js';
import type { ParamsOf } from '../../server/protocol/methods.ts';
import type { ServerNotification, ServerNotificationParams } from '../../server/protocol/serverMessages.ts';
import type { Thread } from '../../server/protocol/thread/thread.ts';
import type { ModeKind } from '../../server/protocol/thread/turn.ts';
import type { ApprovalMode } from '../../webview/channel/requests/settingsRequests.ts';
import type { PageSettings } from '../../webview/channel/pageState.ts';
import type { Client } from '../server/client.ts';
import { RpcError } from '../server/connection.ts';
import { saysNotSteerable } from './notSteerable.ts';
import { threadIdOf } from '../server/threadIdOf.ts';
import type { ActiveThreadHost } from './activeThreadHost.ts';
import { MessageQueue } from './messageQueue.ts';
import { SeenItems } from './page/seenItems.ts';
import { type Delivery, type OutgoingMessage, Sends } from './sends.ts';
import type { StoredThread } from '../threads/threadList.ts';
import { holderElsewhere } from '../threads/takeOver.ts';
import { ChosenSettings } from './settings/chosenSettings.ts';
import { newestTurns, type PageOfTurns } from '../threadText/turnPages.ts';

export interface LoadedThread {
	readonly thread: Thread | null;
	readonly olderTurns: string | null;
}

/** The thread that the page shows: which it is, what runs in it, and what may be done with it. */
export class ActiveThread {
	readonly #host: ActiveThreadHost;
	readonly #switched = new Emitter<Thread | null>();
	/** Another thread is shown; carries it when it is new and already known. */
	readonly onDidSwitch: Event<Thread | null> = this.#switched.event;
	readonly #runningChanged = new Emitter<void>();
	readonly onDidChangeRunning: Event<void> = this.#runningChanged.event;
	#id: string | null;
	#cwd: string | null = null;
	#provider: string | null = null;
	#stored: StoredThread | null = null;
	readonly #learned = new Emitter<void>();
	/** What is stored of the thread is known, or has changed. */
	readonly onDidLearn: Event<void> = this.#learned.event;
	#turnId: string | null = null;
	readonly #settings: ChosenSettings;
	readonly onDidChangeSettings: Event<PageSettings>;
	/** What was shown of its items. */
	readonly seen = new SeenItems();
	/** Messages of the thread that are no items yet. */
	readonly queue: MessageQueue;
	readonly #sends = new Sends();
	readonly #lostTurns = new Set<string>();

	constructor(host: ActiveThreadHost, threadId: string | null) {
		this.#host = host;
		this.#id = threadId;
		this.queue = new MessageQueue(() => host.ready());
		this.queue.show(threadId);
		this.#settings = new ChosenSettings({ host, otherRoots: () => host.otherRoots(this.#cwd) });
		this.onDidChangeSettings = this.#settings.onDidChange;
	}

	get id(): string | null {
		return this.#id;
	}

	/** The folder that the thread works in; null before it is known. */
	get cwd(): string | null {
		return this.#cwd;
	}

	/** Null before it is known. It may be of no list: archived, old, or of another folder. */
	get stored(): StoredThread | null {
		return this.#stored;
	}

	get runningTurn(): string | null {
		return this.#turnId;
	}

	/** What the shown thread works with from its next turn on, or a new one will; null for what is configured, and before it is known. */
	get provider(): string | null {
		return this.#settings.pickedProvider ?? this.#provider ?? (this.#id === null ? (this.settings.provider ?? null) : null);
	}

	/** Turns that were running when the server ended: nobody stopped them. */
	get lostTurns(): readonly string[] {
		return [...this.#lostTurns];
	}

	get settings(): PageSettings {
		return this.#settings.now;
	}

	/** Shows another thread, or none. */
	open(threadId: string | null): void {
		if (threadId === this.#id && threadId !== null) return;
		this.#become(threadId);
		this.#settings.useDefaults();
		this.#switched.fire(null);
	}

	/**
	 * The state of the thread as the server has it now; live from then on. Forgets a thread that cannot be opened.
	 * `onGlance` gets what is stored before that: a long thread takes a while until it is live, and can be read meanwhile.
	 */
	async load(onGlance?: (stored: LoadedThread) => void): Promise<LoadedThread> {
		const threadId = this.#id;
		if (threadId === null) return { thread: null, olderTurns: null };
		const client = await this.#host.ready();
		let live = false;
		if (onGlance !== undefined) {
			void this.#glance(client, threadId).then((stored) => {
				if (stored !== null && !live && this.#id === threadId) onGlance(stored);
			});
		}
		let thread: Thread;
		let page: PageOfTurns;
		try {
			thread = await this.#resume(client, threadId);
			if (this.#host.trusted()) await this.queue.load(client);
			page = await newestTurns(client, threadId, null);
		} catch (error) {
			live = true;
			if (this.#id !== threadId) return await this.load();
			if (error instanceof RpcError) this.#become(null);
			throw error;
		}
		live = true;
		// Nothing may be awaited between the answer and here: what comes after the answer is not in it.
		if (this.#id !== threadId) return await this.load();
		this.seen.clearChanges();
		this.seen.takeTurns(page.turns);
		this.#setTurn(page.turns.findLast((turn) => turn.status === 'inProgress')?.id ?? null);
		return { thread: { ...thread, turns: [...page.turns] }, olderTurns: page.cursor };
	}

	/** What is stored of a thread, and its newest turns; null when it cannot be read, which `thread/resume` then says. */
	async #glance(client: Client, threadId: string): Promise<LoadedThread | null> {
		try {
			const [{ thread }, page] = await Promise.all([
				client.request('thread/read', { threadId, includeTurns: false }),
				newestTurns(client, threadId, null),
			]);
			return { thread: { ...thread, turns: [...page.turns] }, olderTurns: page.cursor };
		} catch {
			return null;
		}
	}

	async #resume(client: Client, threadId: string): Promise<Thread> {
		if (!this.#host.trusted()) {
			const { thread } = await client.request('thread/read', { threadId, includeTurns: false });
			if (this.#id === threadId) {
				this.#cwd = thread.cwd;
				this.#provider = thread.modelProvider;
				this.#learn(thread);
			}
			return thread;
		}
		const answer = await client.request('thread/resume', { threadId, excludeTurns: true });
		if (this.#id === threadId) {
			this.#cwd = answer.thread.cwd;
			this.#provider = answer.modelProvider;
			this.#learn(answer.thread);
			this.#settings.resumed(answer, this.#host.modeOf(threadId));
			this.#host.rememberModel(answer.modelProvider, answer.model);
		}
		// It may have another one by now than it began with.
		return { ...answer.thread, modelProvider: answer.modelProvider };
	}

	/** The turns before the one that `cursor` names. */
	async loadOlder(cursor: string): Promise<PageOfTurns> {
		const threadId = this.#id;
		if (threadId === null) return { turns: [], cursor: null };
		const client = await this.#host.ready();
		const page = await newestTurns(client, threadId, cursor);
		this.seen.takeTurns(page.turns);
		return page;
	}

	/** Sends a message: into the running turn, as a new one, or behind those that wait; in a new thread if there is none. */
	send(message: OutgoingMessage): Promise<Delivery> {
		return this.#sends.send(message.id, async () => {
			try {
				return await this.#send(message);
			} catch (error) {
				if (!(await this.#takenOver(error))) throw error;
				return await this.#send(message);
			}
		});
	}

	/** Asks the person when a server elsewhere has the thread, which may be gone. False when it is not theirs to decide, or they leave it. */
	async #takenOver(error: unknown): Promise<boolean> {
		const holder = holderElsewhere(error);
		const threadId = this.#id;
		if (holder === null || threadId === null || !(await this.#host.mayTakeOver(holder))) return false;
		await (await this.#host.ready()).request('thread/resume', { threadId, excludeTurns: true, takeOver: true });
		return true;
	}

	/** The id of the thread; begins a new one when there is none. Throws with words for a person when nothing may run. */
	async ensure(): Promise<string> {
		this.#host.assertMayRun();
		return await this.#sends.after(async () => this.#id ?? (await this.#start(await this.#host.ready())));
	}

	/** Begins a thread in a folder that need not be one of the workspace, and shows it. */
	async begin(folder: string): Promise<void> {
		this.#host.assertMayRun();
		const client = await this.#host.ready();
		this.open(null);
		await this.#sends.after(async () => await this.#start(client, folder));
	}

	/** What becomes of a message that was sent before; null when it is not known, or failed. */
	sent(id: string): Promise<Delivery> | null {
		return this.#sends.known(id);
	}

	async #send({ id: clientMessageId, input: parts, delivery }: OutgoingMessage): Promise<Delivery> {
		this.#host.assertMayRun();
		const client = await this.#host.ready();
		const input = [...parts];
		const threadId = this.#id ?? (await this.#start(client));
		const queues = delivery === 'queue' && (await this.queue.offered());
		const expectedTurnId = this.#turnId;
		if (expectedTurnId !== null && delivery === 'queue' && !queues) throw new Error(this.#host.noQueue());
		if (expectedTurnId !== null && delivery === 'now') {
			try {
				await client.request('turn/steer', { threadId, clientMessageId, expectedTurnId, input });
				return { delivery: 'steered' };
			} catch (error) {
				// The turn may just have ended; then the message begins the next one. A turn that cannot be steered goes on, and says so.
				if (!(error instanceof RpcError) || saysNotSteerable(error)) throw error;
			}
		}
		const untold = this.#settings.untold();
		const params = { threadId, clientMessageId, input, ...untold.params };
		if (queues) {
			const message = await this.queue.add(params);
			untold.told('queue');
			this.#told(threadId, untold.params);
			if (message.turnId !== null && this.#id === threadId) this.#setTurn(message.turnId);
			return { delivery: message.state === 'queued' ? 'queued' : 'started' };
		}
		const { turn } = await client.request('turn/start', params);
		untold.told('turn');
		this.#told(threadId, untold.params);
		if (this.#id === threadId) this.#setTurn(turn.id);
		return { delivery: 'started' };
	}

	/** A provider has another id: the thread goes on with it, as does what was picked for the next turn. */
	renameProvider(from: string, to: string): void {
		if (this.#provider === from) this.#provider = to;
		this.#settings.renameProvider(from, to);
	}

	#told(threadId: string, { model, modelProvider }: Pick<ParamsOf<'turn/start'>, 'model' | 'modelProvider'>): void {
		if (!modelProvider) return;
		if (this.#id === threadId) this.#provider = modelProvider;
		if (model) this.#host.rememberModel(modelProvider, model);
	}

	async #start(client: Client, folder: string | null = null): Promise<string> {
		const cwd = folder ?? (await this.#host.folder());
		const settings = this.#settings.now;
		const answer = await client.request('thread/start', { cwd, ...this.#settings.ofNewThread });
		const { id } = answer.thread;
		this.#become(id);
		this.#cwd = answer.thread.cwd;
		this.#provider = answer.thread.modelProvider;
		void this.queue.load(client);
		if (settings.mode !== undefined) this.#host.rememberMode(id, settings.mode);
		this.#settings.started(answer, settings);
		this.#host.rememberModel(answer.thread.modelProvider, answer.model);
		this.#switched.fire(answer.thread);
		return id;
	}

	/** Stops the running turn; nothing happens when none runs. */
	async interrupt(): Promise<void> {
		const threadId = this.#id;
		const turnId = this.#turnId;
		if (threadId === null || turnId === null) return;
		const client = await this.#host.ready();
		try {
			await client.request('turn/interrupt', { threadId, turnId });
		} catch (error) {
			// It ended by itself meanwhile.
			if (this.#turnId === turnId) throw error;
		}
	}

	/** Allows what the automatic reviewer denied: the model is told with its next request. */
	async overruleReview(event: ServerNotificationParams<'item/autoApprovalReview/completed'>): Promise<void> {
		const client = await this.#host.ready();
		const { JsonValue } = await import('../../server/protocol/wire/jsonValue.ts');
		await client.request('thread/approveGuardianDeniedAction', { threadId: event.threadId, event: JsonValue.parse(event) });
	}

	setModel(model: string, effort: string | null, provider?: string): void {
		this.#settings.pickModel(model, effort, provider);
	}

	/** A new thread, and those after it, use this provider; null: what the server is configured for. Threads keep the one they began with. */
	chooseProvider(choice: { readonly provider: string; readonly model: string } | null): void {
		this.#settings.rememberProvider(choice);
		if (choice !== null && this.#id !== null) this.open(null);
		if (this.#id !== null) return;
		this.#settings.forget();
		this.defaultsChanged();
	}

	setMode(mode: ModeKind): void {
		this.#settings.pick({ mode });
		if (this.#id !== null) this.#host.rememberMode(this.#id, mode);
	}

	setApprovalMode(approvalMode: ApprovalMode): void {
		this.#settings.pick({ approvalMode });
	}

	/** The defaults became known, or changed; they count while there is no thread. */
	defaultsChanged(): void {
		if (this.#id === null) this.#settings.useDefaults();
	}

	/** Takes note of what a notification says. True when it is about this thread. */
	notice(notification: ServerNotification): boolean {
		if (this.#id === null || threadIdOf(notification) !== this.#id) return false;
		switch (notification.method) {
			case 'turn/started':
				this.#setTurn(notification.params.turn.id);
				break;
			case 'turn/completed':
				if (this.#turnId === notification.params.turn.id) this.#setTurn(null);
				break;
			case 'item/started':
			case 'item/completed':
				this.seen.take(notification.params.turnId, notification.params.item);
				break;
			case 'thread/name/updated':
				if (this.#stored !== null) this.#learn({ ...this.#stored, name: notification.params.threadName ?? null });
				break;
			case 'turn/queue/updated':
				this.queue.notice(notification);
				break;
			case 'thread/archived':
				this.open(null);
				break;
			default:
				break;
		}
		return true;
	}

	/** The server is gone; what ran there is unknown until the thread is loaded again. */
	serverLost(): void {
		if (this.#turnId !== null) this.#lostTurns.add(this.#turnId);
		this.#setTurn(null);
	}

	#become(threadId: string | null): void {
		this.#id = threadId;
		this.queue.show(threadId);
		this.#setTurn(null);
		this.#cwd = null;
		this.#provider = null;
		this.#stored = null;
		this.#settings.forget();
		this.seen.clear();
		this.#host.rememberThread(threadId);
	}

	#learn({ name, preview, cwd }: StoredThread): void {
		this.#stored = { name, preview, cwd };
		this.#learned.fire();
	}

	#setTurn(turnId: string | null): void {
		if (this.#turnId === turnId) return;
		this.#turnId = turnId;
		this.#runningChanged.fire();
	}
}
