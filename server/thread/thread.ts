import { isDeepStrictEqual } from 'node:util';
import type { TokenUsage } from '../items/modelInfo.ts';
import type { ResponseItem } from '../items/responseItem.ts';
import type { RolloutWriter } from '../store/rollout/rolloutFile.ts';
import { type MemoryMode, type RolloutEntry, type SessionMeta, sessionMetaEntry } from '../store/rollout/rolloutLine.ts';
import type { ThreadStart } from '../items/guard.ts';
import type { TurnEvent } from '../items/events.ts';
import { inBackground } from '../telemetry/inBackground.ts';
import type { PendingInput } from '../turn/acceptInput.ts';
import { HeldListener } from './heldListener.ts';
import { Inbox } from './inbox.ts';
import { ItemStarts } from './itemStarts.ts';
import { liveRecords } from '../records/liveRecords.ts';
import { Messages, type Taken, type TurnOptions } from './messages.ts';
import type { ContextUse } from './work/contextParts.ts';
import { ModelHistory } from './work/modelHistory.ts';
import { type Answer, isForPeople, type Question } from '../items/question.ts';
import { Questions, waitingStatus } from './questions.ts';
import { approvalEntry } from '../records/questionRecords.ts';
import { OtherProcess, RUNNING_ELSEWHERE } from './otherProcess.ts';
import { once } from './once.ts';
import { Recorder, type RecorderOptions } from './recorder.ts';
import { formOf, historyOf, toEntries } from '../records/records.ts';
import { SideWork, TurnRunningError } from './work/sideWork.ts';
import { ThreadClient } from './threadClient.ts';
import { MAX_IDLE_TURNS, ThreadGoal } from '../goals/threadGoal.ts';
import { type Leases, sumOfUsage, type ThreadListener, type ThreadPorts, type ThreadState, type ThreadStatus } from './threadPorts.ts';
import type { SettingsOverrides, ThreadSettings } from '../items/threadSettings.ts';
import { modelWork, modelWorkAfter } from './work/modelWork.ts';
import { toldContext, type TurnContext } from '../records/turnContext.ts';
import { type ActiveTurn, newTurn, runThreadTurn, type TurnHost, type TurnKind, type TurnWork } from './work/turnRun.ts';
import { l10n, TextError } from '../words/l10n.ts';
import { notSaved, stalledGoal } from './threadWarnings.ts';

export class RollbackRefusedError extends TextError {}

interface TurnStart extends Omit<TurnOptions, 'overrides'> {
	readonly kind: TurnKind;
	readonly inbox: PendingInput[];
	readonly work: TurnWork;
}

export interface ThreadOptions {
	/** Null for a thread that is not kept. */
	readonly log: RolloutWriter | null;
	readonly ports: ThreadPorts;
	readonly listener: ThreadListener;
	readonly leases: Leases;
	readonly readTail: RecorderOptions['readTail'];
}

/** One loaded thread: its settings, its history, at most one running turn, and the questions that wait. */
export class Thread {
	#meta: SessionMeta;
	readonly ephemeral: boolean;
	readonly createdAt: number;
	readonly questions: Questions;
	readonly messages: Messages;
	readonly sideWork: SideWork;
	readonly goal: ThreadGoal;
	name: string | null = null;
	readonly #records: Recorder;
	readonly #starts = new ItemStarts();
	readonly #ports: ThreadPorts;
	readonly #listener: HeldListener;
	readonly #history: ModelHistory;
	readonly #client: ThreadClient;
	#settings: ThreadSettings;
	readonly #host: TurnHost;
	#usage: TokenUsage;
	#preview: string;
	#status: ThreadStatus = { type: 'idle' };
	#active: ActiveTurn | null = null;
	readonly #other: OtherProcess;
	#updatedAt: number;

	constructor(state: ThreadState, options: ThreadOptions) {
		this.#meta = state.meta;
		this.ephemeral = state.ephemeral;
		this.createdAt = state.createdAt;
		this.#updatedAt = state.createdAt;
		this.#settings = state.settings;
		this.#usage = state.usage;
		this.#preview = state.preview;
		this.#history = new ModelHistory(state.history);
		this.#ports = options.ports;
		this.#listener = new HeldListener(options.listener);
		this.#client = new ThreadClient(state.meta.id, options.ports);
		const other = new OtherProcess({
			reader: state.reader,
			isHeld: () => options.leases.isHeld(this.id),
			look: () => this.#records.look(),
			event: (event) => this.#listener.event(event),
			saved: () => this.#listener.saved(),
			setStatus: (status) => this.#setStatus(status),
		});
		this.#other = other;
		this.#records = new Recorder({
			file: options.log,
			begun: state.resumed,
			lines: state.lines,
			lease: options.log && { acquire: () => options.leases.acquire(this.id), release: () => options.leases.release(this.id) },
			readTail: options.readTail,
			added: (lines) => other.added(lines),
			failed: (error) => this.#cannotSave(error),
		});
		this.questions = new Questions({
			asked: (question) => this.#asked(question),
			closed: (question, answer, by) => this.#answered(question, answer, by),
		});
		this.#host = this.#hostOf(state.previous, state.start);
		this.messages = this.#messagesOf(state);
		this.sideWork = new SideWork({
			turnHost: this.#host,
			active: () => this.#active,
			begin: (work) => this.#begin({ kind: 'regular', inbox: [], outputSchema: null, environment: null, work }),
			hold: () => this.hold(),
		});
		this.goal = new ThreadGoal({
			threadId: state.meta.id,
			goal: state.goal,
			record: (entries) => this.#records.append(entries),
			changed: (goal, turnId) => this.#listener.goalChanged(goal, turnId),
			now: Date.now,
		});
		if (state.goal) this.#listener.goalChanged(state.goal, null);
		if (state.runsElsewhere !== null) {
			this.#status = RUNNING_ELSEWHERE;
			other.watch(state.runsElsewhere);
		}
		this.#records.follow();
	}

	get meta(): SessionMeta {
		return this.#meta;
	}
	get id(): string {
		return this.#meta.id;
	}
	get settings(): ThreadSettings {
		return this.#settings;
	}
	get status(): ThreadStatus {
		return this.#status;
	}
	get preview(): string {
		return this.#preview;
	}
	get updatedAt(): number {
		return this.#updatedAt;
	}
	/** Null for a thread that is not kept. */
	get path(): string | null {
		return this.#records.path;
	}
	/** Whether its rollout exists: from the first message on. */
	get materialized(): boolean {
		return this.#records.materialized;
	}
	get activeTurnId(): string | null {
		return this.#active?.id ?? null;
	}
	get originator(): string {
		return this.#ports.originator;
	}
	/** Whether another process has worked in it: then it has to be read again before anything else happens here. */
	get changedElsewhere(): boolean {
		return this.#active === null && (this.#records.changedElsewhere || this.#status.type === 'active');
	}

	/** Git state for the first record; later it changes nothing. */
	setGit(git: SessionMeta['git']): void {
		if (!this.#records.begun) this.#meta = { ...this.#meta, git };
	}

	/** Recorded as a further `session_meta`, as the reference program does: whoever makes memories of threads reads the last one. */
	setMemoryMode(memoryMode: MemoryMode): void {
		this.#meta = { ...this.#meta, memoryMode };
		this.record([sessionMetaEntry(this.#meta)]);
	}

	/** Git state that was changed from outside; the records of the thread stay as they are. */
	changeGit(git: SessionMeta['git']): void {
		this.#meta = { ...this.#meta, git };
	}

	/** Gets ready for the first turn, soon: it takes as long as the rest of a start, and whoever asked for the thread is answered before. */
	warm(): void {
		setImmediate(() => this.#client.warm(this.#settings));
	}

	changeSettings(overrides: SettingsOverrides): void {
		this.#settings = { ...this.#settings, ...overrides };
	}

	/** Until the returned function is called nobody is told what happens in the thread. */
	hold(): () => void {
		return this.#listener.hold();
	}

	/** Starts a turn that is no conversation. Throws `TurnRunningError` while another one runs. */
	startWork(kind: Exclude<TurnKind, 'regular'>, work: TurnWork): Taken {
		if (this.#active) throw new TurnRunningError(l10n`a turn is running in thread ${this.id}: wait for its end or interrupt it first`);
		const begin = this.hold();
		const turn = this.#begin({ kind, inbox: [], outputSchema: null, environment: null, work });
		return { turnId: turn.id, begin };
	}

	/** Stops the running turn; resolves when it has ended. */
	async interrupt(): Promise<void> {
		const turn = this.#active;
		if (!turn) return;
		turn.abort.abort();
		await turn.done;
	}

	/** What fills the context of the next request to the model. */
	contextUse(): ContextUse {
		return this.#history.use(this.#ports.baseInstructions(this.#settings));
	}

	/** Adds records that belong to no turn, such as a changed name. */
	record(entries: readonly RolloutEntry[]): void {
		if (this.#records.begun) this.#records.append(entries);
	}

	/** Adds items to what the model sees. A thread without a message keeps them for its first one. */
	inject(items: readonly ResponseItem[]): void {
		for (const item of items) this.#emit({ type: 'history', turnId: '', item });
	}

	/** Takes the last turns out of the thread, for people and for the model; files stay as they are. Throws `RollbackRefusedError`. */
	async rollback(count: number): Promise<void> {
		if (!this.#records.begun) throw new RollbackRefusedError(l10n`thread ${this.id} has no turn yet: there is nothing to take back`);
		const before = this.#active ? null : await this.#records.read(count);
		if (this.#active || before === null) throw new RollbackRefusedError(l10n`Cannot rollback while a turn is in progress.`);
		const event = { type: 'turnsRolledBack', count } as const;
		const live = liveRecords([...before, ...toEntries(event, formOf(this.#meta)).map((entry) => ({ ...entry, timestamp: '' }))]);
		this.#emit(event);
		this.#history.replace(historyOf(live));
		this.#host.previous = toldContext(live);
	}

	/** Closes the file of a thread that is read again. Returns what it had, and what its commands left running goes on. */
	leave(): ThreadPorts {
		this.#client.dispose();
		this.#other.dispose();
		this.#records.close();
		return this.#ports;
	}

	/** Stops everything and closes the file. */
	async close(): Promise<void> {
		await this.interrupt();
		await this.#ports.scope.dispose();
		this.#client.dispose();
		this.#other.dispose();
		this.#records.close();
	}

	/** The side of the thread that its turns use. */
	#hostOf(previous: TurnContext | null, start: ThreadStart | null): TurnHost {
		let untold = start;
		const meta = () => this.#meta;
		const settings = () => this.#settings;
		return {
			id: this.id,
			get meta() {
				return meta();
			},
			get settings() {
				return settings();
			},
			ports: this.#ports,
			client: this.#client,
			history: this.#history,
			questions: this.questions,
			records: this.#records,
			previous,
			emit: (event) => this.#emit(event),
			addUsage: (usage) => {
				if (this.#active) this.goal.used(usage, this.#active.id);
				this.#usage = sumOfUsage(this.#usage, usage);
				return this.#usage;
			},
			takeStart: () => {
				const start = untold;
				untold = null;
				return start;
			},
			notice: () => this.goal.takeNotice(),
			warnOnce: once((message) => this.#listener.event({ type: 'warning', message })),
			setStatus: (status) => this.#setStatus(status),
			saved: () => this.#listener.saved(),
			ended: (at) => {
				this.#active = null;
				this.#updatedAt = at;
				this.#other.begin();
				this.#records.end();
			},
		};
	}

	#messagesOf({ waiting, seen }: ThreadState): Messages {
		const inbox = new Inbox({
			waiting,
			seen,
			record: (entries) => this.#records.append(entries),
			changed: (view) => this.#listener.inboxChanged(view),
		});
		if (waiting.length > 0) this.#listener.inboxChanged(inbox.view);
		return new Messages(inbox, {
			active: () => this.#active,
			begin: (first, { overrides, ...options }) => {
				this.changeSettings(overrides);
				return this.#begin({ kind: 'regular', inbox: [first], ...options, work: modelWork });
			},
			change: (overrides) => this.changeSettings(overrides),
			hold: () => this.hold(),
			inputItem: (input) => this.#ports.inputItem(input, this.#settings),
			warn: (message) => this.#listener.event({ type: 'warning', message }),
		});
	}

	/** Begins a turn for the goal when it wants one and nobody else does. */
	pursueGoal(): void {
		if (this.#active || this.messages.inbox.first || !this.#settings.goals || this.#settings.mode?.kind === 'plan') return;
		const opening = this.goal.continuation();
		if (opening) this.#begin({ kind: 'regular', inbox: [], outputSchema: null, environment: null, work: modelWorkAfter([opening]) });
	}

	#begin({ kind, inbox, metadata, ...options }: TurnStart): ActiveTurn {
		const { turn, ended } = newTurn({ kind, inbox, metadata: metadata ?? null });
		this.#active = turn;
		this.goal.turnStarted({ byPerson: inbox.length > 0 });
		const run = async () => {
			let completed = false;
			try {
				const end = await runThreadTurn(this.#host, turn, options);
				completed = end.status === 'completed';
				const stalled = this.goal.turnEnded({ interrupted: end.status === 'interrupted', turnId: turn.id });
				if (stalled) this.#emit({ type: 'warning', message: stalledGoal(MAX_IDLE_TURNS) });
			} catch (error) {
				this.#ports.log.error('a turn ended in a fault', { thread: this.id, error });
			} finally {
				if (this.#active === turn) this.#active = null;
				ended();
			}
			await this.messages.turnEnded({ completed });
			if (completed) this.pursueGoal();
		};
		inBackground(this.#ports.log, 'the end of a turn', run());
		return turn;
	}

	/** Records first, then tells. A record that cannot be written (disk full) stays queued and is told of once. */
	#emit(told: TurnEvent): void {
		const event = this.#starts.timed(told);
		if (event.type === 'history') {
			this.#history.add(event.item);
			if (event.item.type === 'function_call' || event.item.type === 'custom_tool_call') this.goal.toolCalled();
		}
		if (event.type === 'compacted') this.#history.compact(event.history);
		if (event.type === 'itemCompleted' && event.item.type === 'userMessage') {
			this.messages.inbox.seen(event.item.id);
			if (this.#preview === '') this.#preview = event.item.content.flatMap((input) => (input.type === 'text' ? [input.text] : [])).join('\n');
		}
		this.#records.append(toEntries(event, formOf(this.#meta)));
		if (event.type === 'itemCompleted' && (event.item.type === 'command' || event.item.type === 'fileChange')) this.#records.sync();
		this.#listener.event(event);
	}

	#cannotSave(error: unknown): void {
		this.#ports.log.error('a record could not be written', { thread: this.id, path: this.#records.path, error });
		this.#listener.event({ type: 'warning', message: notSaved(error) });
	}

	#asked(question: Question): void {
		if (this.#active) this.#tellWaiting();
		this.#listener.asked(question);
	}

	#answered(question: Question, answer: Answer, by: string | null): void {
		if (isForPeople(question) && this.#records.begun) this.#records.append([approvalEntry(question, { answer, by })]);
		this.#listener.closed(question, answer, by);
		if (this.#active) this.#tellWaiting();
	}

	/** Says what the running turn waits for, when that is new. */
	#tellWaiting(): void {
		const waiting = waitingStatus(this.questions.open);
		if (!isDeepStrictEqual(this.status, waiting)) this.#setStatus(waiting);
	}

	#setStatus(status: ThreadStatus): void {
		this.#status = status;
		this.#listener.statusChanged(status);
	}
}
