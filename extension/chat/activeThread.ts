import { Emitter } from 'vscode-jsonrpc/node.js';
import type { Event } from 'vscode-jsonrpc/node.js';
import type { FileUpdateChange, ThreadItem } from '../../server/protocol/item.ts';
import type { ResultOf, ServerNotification, ServerNotificationParams } from '../../server/protocol/methods.ts';
import type { SandboxPolicy } from '../../server/protocol/permission.ts';
import type { Thread } from '../../server/protocol/thread.ts';
import type { ModeKind, Turn } from '../../server/protocol/turn.ts';
import type { ApprovalMode, PageSettings } from '../../webview/channel/messages.ts';
import type { Client } from '../server/client.ts';
import { RpcError } from '../server/connection.ts';
import { saysNotSteerable } from './notSteerable.ts';
import { threadIdOf } from './threadIdOf.ts';
import { effortOf, modeOf, modeParams, policiesOf, widenedBy } from './approvalMode.ts';
import type { ActiveThreadHost } from './activeThreadHost.ts';
import { MessageQueue } from './messageQueue.ts';
import { type Delivery, type OutgoingMessage, Sends } from './sends.ts';
import { newestTurns, type PageOfTurns } from './turnPages.ts';

export interface LoadedThread {
	readonly thread: Thread | null;
	readonly olderTurns: string | null;
}

/** Characters of a message that stand for its turn. */
const TITLE_LENGTH = 80;

/** The thread that the page shows: which it is, what runs in it, and what may be done with it. */
export class ActiveThread {
	readonly #host: ActiveThreadHost;
	readonly #switched = new Emitter<Thread | null>();
	readonly #settingsChanged = new Emitter<PageSettings>();
	/** Another thread is shown; carries it when it is new and already known. */
	readonly onDidSwitch: Event<Thread | null> = this.#switched.event;
	readonly onDidChangeSettings: Event<PageSettings> = this.#settingsChanged.event;
	readonly #runningChanged = new Emitter<void>();
	readonly onDidChangeRunning: Event<void> = this.#runningChanged.event;
	#id: string | null;
	#cwd: string | null = null;
	#turnId: string | null = null;
	#settings: PageSettings;
	/** What the person picked since the last turn began; sent with the next one. */
	#picked: Partial<PageSettings> = {};
	/** What `auto` has to be told so that it covers the other folders of the workspace; sent with the next turn. */
	#wider: SandboxPolicy | null = null;
	#fileChanges = new Map<string, readonly FileUpdateChange[]>();
	/** What the person said first in each turn that was seen. */
	readonly #turnTitles = new Map<string, string>();
	/** Messages of the thread that are no items yet. */
	readonly queue: MessageQueue;
	readonly #sends = new Sends();

	constructor(host: ActiveThreadHost, threadId: string | null) {
		this.#host = host;
		this.#id = threadId;
		this.queue = new MessageQueue(() => host.ready());
		this.queue.show(threadId);
		this.#settings = host.defaults();
	}

	get id(): string | null {
		return this.#id;
	}

	/** The folder that the thread works in; null before it is known. */
	get cwd(): string | null {
		return this.#cwd;
	}

	get runningTurn(): string | null {
		return this.#turnId;
	}

	get settings(): PageSettings {
		return this.#settings;
	}

	/** The changes of a patch that was shown; undefined when it is not known (any more). */
	fileChanges(itemId: string): readonly FileUpdateChange[] | undefined {
		return this.#fileChanges.get(itemId);
	}

	/** What the person said at the beginning of a turn, in one line; null when the turn was not seen here. */
	turnTitle(turnId: string): string | null {
		return this.#turnTitles.get(turnId) ?? null;
	}

	/** Shows another thread, or none. */
	open(threadId: string | null): void {
		if (threadId === this.#id && threadId !== null) return;
		this.#become(threadId);
		this.#setSettings(this.#host.defaults());
		this.#switched.fire(null);
	}

	/** The state of the thread as the server has it now; live from then on. Forgets a thread that cannot be opened. */
	async load(): Promise<LoadedThread> {
		const threadId = this.#id;
		if (threadId === null) return { thread: null, olderTurns: null };
		const client = await this.#host.ready();
		let thread: Thread;
		let page: PageOfTurns;
		try {
			thread = await this.#resume(client, threadId);
			if (this.#host.trusted()) await this.queue.load(client);
			page = await newestTurns(client, threadId, null);
		} catch (error) {
			if (this.#id !== threadId) return await this.load();
			if (error instanceof RpcError) this.#become(null);
			throw error;
		}
		// Nothing may be awaited between the answer and here: what comes after the answer is not in it.
		if (this.#id !== threadId) return await this.load();
		this.#fileChanges.clear();
		this.#takeTurns(page.turns);
		this.#setTurn(page.turns.findLast((turn) => turn.status === 'inProgress')?.id ?? null);
		return { thread: { ...thread, turns: [...page.turns] }, olderTurns: page.cursor };
	}

	async #resume(client: Client, threadId: string): Promise<Thread> {
		if (!this.#host.trusted()) {
			const { thread } = await client.request('thread/read', { threadId, includeTurns: false });
			if (this.#id === threadId) this.#cwd = thread.cwd;
			return thread;
		}
		const answer = await client.request('thread/resume', { threadId, excludeTurns: true });
		if (this.#id === threadId) {
			this.#widen(answer);
			this.#setSettings({
				model: answer.model,
				effort: answer.reasoningEffort,
				approvalMode: modeOf(answer.approvalPolicy, answer.sandbox),
				...this.#host.modeOf(threadId),
				...this.#picked,
			});
		}
		return answer.thread;
	}

	/** The turns before the one that `cursor` names. */
	async loadOlder(cursor: string): Promise<PageOfTurns> {
		const threadId = this.#id;
		if (threadId === null) return { turns: [], cursor: null };
		const client = await this.#host.ready();
		const page = await newestTurns(client, threadId, cursor);
		this.#takeTurns(page.turns);
		return page;
	}

	/** Sends a message: into the running turn, as a new one, or behind those that wait; in a new thread if there is none. */
	send(message: OutgoingMessage): Promise<Delivery> {
		return this.#sends.send(message.id, () => this.#send(message));
	}

	/** The id of the thread; begins a new one when there is none. Throws with words for a person when nothing may run. */
	async ensure(): Promise<string> {
		this.#host.assertMayRun();
		return await this.#sends.after(async () => this.#id ?? (await this.#start(await this.#host.ready())));
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
		const expectedTurnId = this.#turnId;
		if (expectedTurnId !== null && delivery === 'queue' && !this.queue.state.available) throw new Error(this.#host.noQueue());
		if (expectedTurnId !== null && delivery === 'now') {
			try {
				await client.request('turn/steer', { threadId, clientMessageId, expectedTurnId, input });
				return { delivery: 'steered' };
			} catch (error) {
				// The turn may just have ended; then the message begins the next one. A turn that cannot be steered goes on, and says so.
				if (!(error instanceof RpcError) || saysNotSteerable(error)) throw error;
			}
		}
		const picked = this.#picked;
		const policies = picked.approvalMode === undefined ? null : policiesOf(picked.approvalMode);
		const wider = policies === null ? this.#wider : widenedBy(policies.sandboxPolicy, this.#otherRoots());
		const sandboxPolicy = wider ?? policies?.sandboxPolicy;
		const params = {
			threadId,
			clientMessageId,
			input,
			...(picked.model === undefined ? {} : { model: picked.model }),
			...(picked.effort === undefined ? {} : { effort: effortOf(picked.effort) }),
			...(policies === null ? {} : { approvalPolicy: policies.approvalPolicy }),
			...(sandboxPolicy === undefined ? {} : { sandboxPolicy }),
			...modeParams(picked.mode, this.#settings),
		};
		if (delivery === 'queue' && this.queue.state.available) {
			const message = await this.queue.add(params);
			if (this.#picked === picked) this.#picked = {};
			return { delivery: message.state === 'queued' ? 'queued' : 'started' };
		}
		const { turn } = await client.request('turn/start', params);
		if (this.#picked === picked) this.#picked = {};
		if (this.#wider === wider) this.#wider = null;
		if (this.#id === threadId) this.#setTurn(turn.id);
		return { delivery: 'started' };
	}

	async #start(client: Client): Promise<string> {
		const { model, effort, approvalMode, provider, mode } = this.#settings;
		const policies = policiesOf(approvalMode);
		const answer = await client.request('thread/start', {
			cwd: await this.#host.folder(),
			...(model === '' ? {} : { model }),
			...(provider === undefined ? {} : { modelProvider: provider }),
			...(policies === null ? {} : { approvalPolicy: policies.approvalPolicy, sandbox: policies.sandbox }),
		});
		this.#become(answer.thread.id);
		this.#widen(answer);
		void this.queue.load(client);
		this.#picked = { ...(effort === null ? {} : { effort }), ...(mode === undefined ? {} : { mode }) };
		if (mode !== undefined) this.#host.rememberMode(answer.thread.id, mode);
		this.#setSettings({
			model: answer.model,
			effort: effort ?? answer.reasoningEffort,
			approvalMode: policies === null ? modeOf(answer.approvalPolicy, answer.sandbox) : approvalMode,
			...(provider === undefined ? {} : { provider }),
			...(mode === undefined ? {} : { mode }),
		});
		this.#switched.fire(answer.thread);
		return answer.thread.id;
	}

	#widen({ thread, approvalPolicy, sandbox }: ResultOf<'thread/start'>): void {
		this.#cwd = thread.cwd;
		this.#wider = modeOf(approvalPolicy, sandbox) === 'auto' ? widenedBy(sandbox, this.#otherRoots()) : null;
	}

	#otherRoots(): readonly string[] {
		return this.#host.roots().filter((root) => root !== this.#cwd);
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
		const { JsonValue } = await import('../../server/protocol/jsonValue.ts');
		await client.request('thread/approveGuardianDeniedAction', { threadId: event.threadId, event: JsonValue.parse(event) });
	}

	setModel(model: string, effort: string | null): void {
		// A model of the list is one of the configured provider.
		const { provider: _, ...settings } = this.#settings;
		this.#settings = settings;
		this.#pick({ model, effort });
	}

	/** A new thread, and those after it, use this provider; null: what the server is configured for. Threads keep the one they began with. */
	chooseProvider(choice: { readonly provider: string; readonly model: string } | null): void {
		const { provider: _, ...settings } = this.#settings;
		const next: PageSettings = choice === null ? { ...settings, model: '', effort: null } : { ...settings, ...choice, effort: null };
		this.#host.rememberSettings(next);
		if (choice !== null && this.#id !== null) this.open(null);
		if (this.#id !== null) return;
		this.#picked = {};
		this.defaultsChanged();
	}

	setMode(mode: ModeKind): void {
		this.#pick({ mode });
		if (this.#id !== null) this.#host.rememberMode(this.#id, mode);
	}

	setApprovalMode(approvalMode: ApprovalMode): void {
		this.#pick({ approvalMode });
	}

	#pick(picked: Partial<PageSettings>): void {
		this.#picked = { ...this.#picked, ...picked };
		this.#setSettings({ ...this.#settings, ...picked });
		this.#host.rememberSettings(this.#settings);
	}

	/** The defaults became known, or changed; they count while there is no thread. */
	defaultsChanged(): void {
		if (this.#id === null) this.#setSettings({ ...this.#host.defaults(), ...this.#picked });
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
				this.#takeTitle(notification.params.turnId, notification.params.item);
				if (notification.params.item.type === 'fileChange') this.#fileChanges.set(notification.params.item.id, notification.params.item.changes);
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
		this.#setTurn(null);
	}

	#become(threadId: string | null): void {
		this.#id = threadId;
		this.queue.show(threadId);
		this.#setTurn(null);
		this.#picked = {};
		this.#cwd = null;
		this.#wider = null;
		this.#fileChanges.clear();
		this.#turnTitles.clear();
		this.#host.rememberThread(threadId);
	}

	#setSettings(settings: PageSettings): void {
		this.#settings = settings;
		this.#settingsChanged.fire(settings);
	}

	#setTurn(turnId: string | null): void {
		if (this.#turnId === turnId) return;
		this.#turnId = turnId;
		this.#runningChanged.fire();
	}

	#takeTitle(turnId: string, item: ThreadItem): void {
		if (item.type !== 'userMessage' || this.#turnTitles.has(turnId)) return;
		const text = item.content.map((input) => (input.type === 'text' ? input.text : '')).join(' ');
		this.#turnTitles.set(turnId, text.trim().replace(/\s+/g, ' ').slice(0, TITLE_LENGTH));
	}

	#takeTurns(turns: readonly Turn[]): void {
		for (const turn of turns) {
			for (const item of turn.items) {
				this.#takeTitle(turn.id, item);
				if (item.type === 'fileChange') this.#fileChanges.set(item.id, item.changes);
			}
		}
	}
}
