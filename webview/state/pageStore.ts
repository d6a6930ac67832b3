import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { HostChannel } from '../channel/hostChannel.ts';
import type { PromptEntry, SkillEntry } from '../channel/menuEntries.ts';
import type { FoundItem } from '../channel/replies.ts';
import type { PageEvent } from '../channel/pageEvent.ts';
import type { PageRequestName, PageRequests } from '../channel/requests/pageRequests.ts';
import type { PageState } from '../channel/pageState.ts';
import type { QuestionAnswer } from '../channel/requests/answers.ts';
import { parseSavedState, type SavedState, type ScrollPlace, type UnconfirmedMessage, withEntry, withOpened } from '../channel/savedState.ts';
import type { VsCodeApi } from '../channel/vscodeApi.ts';
import { strings } from '../strings.ts';
import { type Draft, emptyDraft, inputOf, isEmpty, joinDrafts } from './draft.ts';
import { withHistory } from './history.ts';
import { noteProblems } from './noteProblems.ts';
import { hasArrived, newEntry, type OutboxEntry, unseen } from './outbox.ts';
import { Pacing } from './pacing.ts';
import { reduceAll } from './reducer.ts';
import { fromSnapshot, runningTurn, type ViewState, withOlderTurns } from './viewState.ts';

export interface RevealPlace {
	readonly threadId: string;
	readonly turnId: string | null;
	/** Null: the beginning of the turn. */
	readonly itemId: string | null;
	/** The keyboard stays where it is: words are being looked for. */
	readonly keepsFocus?: true;
}

const noAgents: NonNullable<PageState['agents']> = {};
const noRoots: NonNullable<PageState['roots']> = [];

/** Events that no snapshot carries: they speak to the composer or to the reader's place. */
const spoken: ReadonlySet<PageEvent['type']> = new Set<PageEvent['type']>(['composerText', 'attach', 'focusComposer', 'reveal', 'openFind']);

/** The page's one owner of changing state: what the host said, what was typed, what is on its way. */
export class PageStore {
	readonly #api: VsCodeApi;
	readonly #channel: HostChannel;
	readonly #state: Signal<ViewState | null> = signal(null);
	readonly #saved: Signal<SavedState>;
	readonly #outbox: Signal<readonly OutboxEntry[]> = signal([]);
	readonly #silent = signal(false);
	readonly #problem: Signal<string | null> = signal(null);
	readonly #stopping: Signal<string | null> = signal(null);
	readonly #focusRequests = signal(0);
	readonly #findOpen = signal(0);
	readonly #prompts: Signal<readonly PromptEntry[]> = signal([]);
	readonly #serverPrompts: Signal<readonly PromptEntry[]> = signal([]);
	readonly #skills: Signal<readonly SkillEntry[]> = signal([]);
	readonly #reveal: Signal<RevealPlace | null> = signal(null);
	#queue: PageEvent[] = [];
	#flushing = false;
	readonly #pacing = new Pacing();
	readonly noteProblems = (problems: readonly string[]) => noteProblems(this.#api, problems);
	#saving: ReturnType<typeof setTimeout> | undefined;

	constructor(api: VsCodeApi) {
		this.#api = api;
		this.#saved = signal(parseSavedState(api.getState()));
		this.#channel = new HostChannel({
			post: (message) => api.postMessage(message),
			onSnapshot: (page) => this.#takeSnapshot(page),
			onEvents: (events) => this.#takeEvents(events),
			onSilence: () => {
				this.#silent.value = this.#state.value === null;
			},
			onRefused: this.noteProblems,
		});
	}

	/** The folders of the workspace; empty when there is only one. */
	readonly roots = computed(() => this.#state.value?.roots ?? noRoots);

	/** Apart from all else that is kept, so that typing draws no card again. */
	readonly #openedCards = computed(() => this.#saved.value.opened);

	/** The commands of the thread that still run after their turn, by the ids of their items. */
	readonly background = computed(() => new Map((this.#state.value?.background ?? []).map((terminal) => [terminal.itemId, terminal])));

	/** The agents of the thread by the ids of their threads. */
	readonly agents = computed(() => this.#state.value?.agents ?? noAgents);

	get state(): ReadonlySignal<ViewState | null> {
		return this.#state;
	}
	get saved(): ReadonlySignal<SavedState> {
		return this.#saved;
	}
	get outbox(): ReadonlySignal<readonly OutboxEntry[]> {
		return this.#outbox;
	}
	/** The host has not sent a first snapshot for a while. */
	get silent(): ReadonlySignal<boolean> {
		return this.#silent;
	}
	/** What the last request of the person failed with; null when dismissed. */
	get problem(): ReadonlySignal<string | null> {
		return this.#problem;
	}
	/** Id of the turn that was asked to stop. */
	get stopping(): ReadonlySignal<string | null> {
		return this.#stopping;
	}
	/** Counts how often the host wanted the composer to have the focus. */
	get focusRequests(): ReadonlySignal<number> {
		return this.#focusRequests;
	}

	/** Counts how often the box to find words was asked for; 0 while it is closed. */
	get findOpen(): ReadonlySignal<number> {
		return this.#findOpen;
	}

	/** The person's own prompts and those of MCP servers, as they were when they were last asked for. */
	readonly prompts = computed(() => [...this.#prompts.value, ...this.#serverPrompts.value]);

	/** The skills that are switched on, as they were when they were last asked for. */
	get skills(): ReadonlySignal<readonly SkillEntry[]> {
		return this.#skills;
	}

	/** Without an answer the menu has what it had. Servers may take longer than the person's own. */
	loadPrompts(): void {
		this.#channel.request('listPrompts', {}).then(
			({ prompts }) => (this.#prompts.value = prompts),
			() => {},
		);
		if (this.#state.value?.features?.includes('mcp') !== true) return;
		this.#channel.request('listServerPrompts', {}).then(
			({ prompts }) => (this.#serverPrompts.value = prompts),
			() => {},
		);
	}

	/** What `$` can name. */
	loadNamed(): void {
		const none = () => {};
		this.#channel.request('listApps', {}).catch(none);
		if (this.#state.value?.features?.includes('skills') !== true) return;
		this.#channel.request('listSkills', {}).then(({ skills }) => (this.#skills.value = skills), none);
	}

	/** Where the host wants the reader to be; null when they are there. */
	get reveal(): ReadonlySignal<RevealPlace | null> {
		return this.#reveal;
	}

	start(): void {
		this.#channel.start();
	}

	receive(data: unknown): void {
		this.#channel.receive(data);
	}

	get threadKey(): string {
		return this.#state.value?.thread?.id ?? '';
	}

	get draft(): Draft {
		return this.#saved.value.drafts[this.threadKey] ?? emptyDraft;
	}

	setDraft(change: Partial<Draft>): void {
		this.#setDraftOf(this.threadKey, { ...this.draft, ...change });
	}

	#setDraftOf(thread: string, draft: Draft): void {
		this.#save({ drafts: withEntry(this.#saved.value.drafts, thread, draft.text === '' && isEmpty(draft) ? undefined : draft) });
	}

	/** Whether the reader has opened or folded a card; undefined when they left it as it came. */
	opened(key: string): boolean | undefined {
		return this.#openedCards.value[key];
	}

	setOpened(key: string, open: boolean): void {
		this.#save(withOpened(this.#saved.value, key, open));
	}

	setPlace(thread: string, place: ScrollPlace | null): void {
		this.#save({ places: withEntry(this.#saved.value.places, thread, place ?? undefined) });
	}

	/** Sends a message; the composer is emptied when that is what stands there. When the host cannot take it, it returns there. */
	async send(draft: Draft, delivery: PageRequests['send']['params']['delivery']): Promise<void> {
		const thread = this.threadKey;
		const id = crypto.randomUUID();
		const { drafts } = this.#saved.value;
		this.#save({
			drafts: drafts[thread] === draft ? withEntry(drafts, thread, undefined) : drafts,
			unconfirmed: [...this.#saved.value.unconfirmed, { id, thread, draft }],
			history: withHistory(this.#saved.value.history, draft),
		});
		await this.#follow({ id, thread, draft }, () => this.#channel.request('send', { id, input: inputOf(draft), delivery }));
	}

	/** Shows a message as on its way until the host says what became of it. */
	async #follow({ id, thread, draft }: UnconfirmedMessage, ask: () => Promise<PageRequests['send']['result']>): Promise<void> {
		const state = this.#state.value;
		if (state !== null) this.#setOutbox([...this.#outbox.value, newEntry(id, draft, state.turns)]);
		this.#problem.value = null;
		try {
			const { delivery } = await ask();
			this.#setOutbox(this.#outbox.value.map((other) => (other.id === id ? { ...other, state: delivery } : other)));
		} catch (error) {
			this.#setOutbox(this.#outbox.value.filter((other) => other.id !== id));
			// One that began no thread belongs to the one that is shown now.
			const back = thread === '' ? this.threadKey : thread;
			this.#setDraftOf(back, joinDrafts(draft, this.#saved.value.drafts[back] ?? emptyDraft));
			this.#problem.value = strings.notSent(messageOf(error));
		} finally {
			this.#save({ unconfirmed: this.#saved.value.unconfirmed.filter((other) => other.id !== id) });
		}
	}

	async stop(): Promise<void> {
		const turn = this.#state.value === null ? null : runningTurn(this.#state.value);
		if (turn === null || this.#stopping.value === turn.id) {
			return;
		}
		this.#stopping.value = turn.id;
		if (!(await this.act('interrupt', {}))) {
			this.#stopping.value = null;
		}
	}

	/** Whether the answer counted; false when somebody was faster. Rejects when it did not arrive. */
	async answer(key: string, answer: QuestionAnswer): Promise<boolean> {
		const { accepted } = await this.#channel.request('answer', { key, answer });
		return accepted;
	}

	/** A request whose failure is shown to the person. Resolves to whether it worked. */
	async act<N extends PageRequestName>(name: N, params: PageRequests[N]['params']): Promise<boolean> {
		try {
			await this.#channel.request(name, params);
			return true;
		} catch (error) {
			this.#problem.value = messageOf(error);
			return false;
		}
	}

	/** Rejects with words for a person. */
	ask<N extends PageRequestName>(name: N, params: PageRequests[N]['params']): Promise<PageRequests[N]['result']> {
		return this.#channel.request(name, params);
	}

	/** Tells the person what went wrong. */
	showProblem(message: string): void {
		this.#problem.value = message;
	}

	/** Rejects when the host could not read them. */
	async loadOlder(cursor: string): Promise<void> {
		const thread = this.threadKey;
		const older = await this.#channel.request('loadOlder', { cursor });
		const state = this.#state.value;
		if (state !== null && this.threadKey === thread && state.olderTurns === cursor) {
			this.#state.value = withOlderTurns(state, older.turns, older.cursor);
		}
	}

	openFind(): void {
		this.#findOpen.value++;
	}

	closeFind(): void {
		this.#findOpen.value = 0;
	}

	/** Null when it could not be searched; the person is told why. */
	async find(query: string): Promise<readonly FoundItem[] | null> {
		try {
			return (await this.#channel.request('find', { query })).found;
		} catch (error) {
			this.#problem.value = messageOf(error);
			return null;
		}
	}

	revealPlace(place: RevealPlace): void {
		this.#reveal.value = place;
	}

	/** The place is in view, or `problem` says why not. */
	revealed(problem: string | null): void {
		this.#reveal.value = null;
		if (problem !== null) this.#problem.value = problem;
	}

	dismissProblem(): void {
		this.#problem.value = null;
	}

	dismissNotice(notice: string): void {
		const state = this.#state.value;
		if (state !== null) {
			this.#state.value = { ...state, notices: state.notices.filter((other) => other !== notice) };
		}
	}

	#takeSnapshot(page: PageState): void {
		const before = this.#state.value;
		const state = fromSnapshot(page, before);
		const key = state.thread?.id ?? '';
		// No snapshot carries these.
		this.#queue = this.#queue.filter(({ type }) => spoken.has(type));
		this.#silent.value = false;
		if (before === null) {
			this.#state.value = state;
			this.#askForUnconfirmed(key, state);
		} else if (before.thread === null && key !== '' && this.#outbox.value.length > 0) {
			// The first message made the thread; what was typed meanwhile belongs to it.
			const { '': typed, ...drafts } = this.#saved.value.drafts;
			this.#save({ drafts: typed === undefined ? drafts : withEntry(drafts, key, typed) });
		} else if ((before.thread?.id ?? '') !== key) {
			this.#setOutbox([]);
		}
		this.#show(state);
	}

	/** What a page before this one sent and nobody has seen: the host says what became of it, or it goes back to the composer. */
	#askForUnconfirmed(key: string, state: ViewState): void {
		const mine = this.#saved.value.unconfirmed.filter(({ thread }) => thread === key || thread === '');
		const open = mine.filter((message) => !hasArrived(message, state));
		this.#save({ unconfirmed: open });
		for (const message of open) {
			void this.#follow(message, () => this.#channel.request('sent', { id: message.id }));
		}
	}

	#takeEvents(events: readonly PageEvent[]): void {
		this.#queue.push(...events);
		if (this.#flushing) {
			return;
		}
		this.#flushing = true;
		this.#pacing.schedule(() => this.#flush(), document.hidden);
	}

	#flush(): void {
		this.#flushing = false;
		const events = this.#queue;
		this.#queue = [];
		const state = this.#state.value;
		if (state === null || events.length === 0) {
			return;
		}
		this.#show(reduceAll(state, events));
		for (const event of events) {
			if (event.type === 'composerText') {
				const { text } = this.draft;
				this.setDraft({ text: text === '' ? event.text : `${text.replace(/\n?$/, '\n')}${event.text}` });
			} else if (event.type === 'attach') {
				this.setDraft({ attachments: [...this.draft.attachments, event.attachment] });
			} else if (event.type === 'focusComposer') {
				this.#focusRequests.value++;
			} else if (event.type === 'openFind') {
				this.openFind();
			} else if (event.type === 'reveal') {
				this.#reveal.value = event;
			}
		}
	}

	#show(state: ViewState): void {
		this.#state.value = state;
		if (this.#saved.value.thread !== this.threadKey) this.#save({ thread: this.threadKey });
		this.#setOutbox(this.#outbox.value);
		if (this.#stopping.value !== null && runningTurn(state)?.id !== this.#stopping.value) {
			this.#stopping.value = null;
		}
	}

	#setOutbox(entries: readonly OutboxEntry[]): void {
		this.#outbox.value = this.#state.value === null ? entries : unseen(entries, this.#state.value);
	}

	#save(change: Partial<SavedState>): void {
		this.#saved.value = { ...this.#saved.value, ...change };
		clearTimeout(this.#saving);
		// Pictures are large: not with every key.
		const heavy = Object.values(this.#saved.value.drafts).some(({ attachments }) => attachments.some(({ content }) => content.length > 20_000));
		if (heavy) this.#saving = setTimeout(() => this.saveNow(), 200);
		else this.saveNow();
	}

	/** Hands what is kept to VS Code, also what waits for it. */
	saveNow(): void {
		clearTimeout(this.#saving);
		this.#api.setState(this.#saved.value);
	}
}

function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
