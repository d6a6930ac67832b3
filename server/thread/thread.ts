import { v7 as uuid } from 'uuid';
import { turnAborted } from '../instructions/turnAborted.ts';
import type { ModelRequest, TokenUsage } from '../model/model.ts';
import type { ResponseItem } from '../model/responseItem.ts';
import type { RolloutWriter } from '../store/rolloutFile.ts';
import type { RolloutEntry, SessionMeta } from '../store/rolloutLine.ts';
import type { ToolContext } from '../tools/tool.ts';
import type { TurnEnd, TurnEvent } from '../turn/events.ts';
import type { TurnInput } from '../turn/input.ts';
import type { TurnSettings } from '../turn/settings.ts';
import { ToolCalls } from '../turn/toolCalls.ts';
import { acceptInput, type PendingInput, runTurn } from '../turn/turnLoop.ts';
import { ModelHistory } from './modelHistory.ts';
import { type Question, type QuestionListener, Questions } from './questions.ts';
import { Recorder } from './recorder.ts';
import { eventMsg, toEntries } from './records.ts';
import type { ThreadListener, ThreadPorts, ThreadState, ThreadStatus } from './threadPorts.ts';
import { freezeSettings, type SettingsOverrides, type ThreadSettings } from './threadSettings.ts';
import { type TurnContext, turnContextEntry, turnContextOf } from './turnContext.ts';

interface ActiveTurn {
	readonly id: string;
	readonly abort: AbortController;
	readonly inbox: PendingInput[];
	/** Set once the loop will take no more input. */
	closed: boolean;
	readonly done: Promise<void>;
}

export class NoActiveTurnError extends Error {}

/** One loaded thread: its settings, its history, at most one running turn, and the questions that wait. */
export class Thread {
	#meta: SessionMeta;
	readonly ephemeral: boolean;
	readonly createdAt: number;
	readonly questions: Questions;
	name: string | null = null;
	readonly #records: Recorder;
	readonly #ports: ThreadPorts;
	readonly #listener: ThreadListener;
	readonly #history: ModelHistory;
	#settings: ThreadSettings;
	#previous: TurnContext | null;
	#usage: TokenUsage;
	#preview: string;
	#status: ThreadStatus = { type: 'idle' };
	#active: ActiveTurn | null = null;
	#updatedAt: number;

	constructor(state: ThreadState, options: { log: RolloutWriter | null; ports: ThreadPorts; listener: ThreadListener }) {
		this.#meta = state.meta;
		this.ephemeral = state.ephemeral;
		this.createdAt = state.createdAt;
		this.#updatedAt = state.createdAt;
		this.#settings = state.settings;
		this.#usage = state.usage;
		this.#preview = state.preview;
		this.#history = new ModelHistory(state.history);
		this.#previous = state.previous;
		this.#ports = options.ports;
		this.#listener = options.listener;
		this.#records = new Recorder({
			file: options.log,
			begun: state.resumed,
			failed: (error) => this.#cannotSave(error),
		});
		this.questions = new Questions({
			asked: (question) => this.#asked(question),
			closed: (question, decision) => this.#answered(question, decision),
		});
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

	/** Git state for the first record; later it changes nothing. */
	setGit(git: SessionMeta['git']): void {
		if (!this.#records.begun) this.#meta = { ...this.#meta, git };
	}

	changeSettings(overrides: SettingsOverrides): void {
		this.#settings = { ...this.#settings, ...overrides };
	}

	/**
	 * Starts a turn, or gives the input to the one that runs. Returns the turn's id at once; `begin` starts the work, so that the
	 * answer can go out before the first notification. Throws when the input cannot be used.
	 */
	async start(
		input: readonly TurnInput[],
		options: { overrides: SettingsOverrides; outputSchema: unknown },
	): Promise<{ readonly turnId: string; begin(): void }> {
		const item = await this.#ports.inputItem(input);
		while (this.#active) {
			if (takesInput(this.#active)) return { turnId: this.#steer(this.#active, input, item), begin: () => {} };
			await this.#active.done;
		}
		this.changeSettings(options.overrides);
		const turnId = uuid();
		const { promise, resolve } = Promise.withResolvers<void>();
		const turn: ActiveTurn = {
			id: turnId,
			abort: new AbortController(),
			inbox: [{ itemId: uuid(), content: input, item }],
			closed: false,
			done: promise,
		};
		this.#active = turn;
		const run = async () => {
			try {
				await this.#run(turn, options.outputSchema);
			} catch (error) {
				this.#ports.log.error('a turn ended in a fault', { thread: this.id, error });
			} finally {
				if (this.#active === turn) this.#active = null;
				resolve();
			}
		};
		return { turnId, begin: () => void run() };
	}

	/** Gives input to the running turn. Throws `NoActiveTurnError`. */
	async steer(input: readonly TurnInput[]): Promise<string> {
		const item = await this.#ports.inputItem(input);
		if (!this.#active || !takesInput(this.#active)) throw new NoActiveTurnError('no active turn to steer');
		return this.#steer(this.#active, input, item);
	}

	/** Stops the running turn; resolves when it has ended. */
	async interrupt(): Promise<void> {
		const turn = this.#active;
		if (!turn) return;
		turn.abort.abort();
		await turn.done;
	}

	/** Adds records that belong to no turn, such as a changed name. */
	record(entries: readonly RolloutEntry[]): void {
		if (this.#records.begun) this.#records.append(entries);
	}

	/** Stops everything and closes the file. */
	async close(): Promise<void> {
		await this.interrupt();
		await this.#ports.cleanUp(this.id);
		this.#records.close();
	}

	#steer(turn: ActiveTurn, content: readonly TurnInput[], item: ResponseItem): string {
		turn.inbox.push({ itemId: uuid(), content, item });
		return turn.id;
	}

	async #run(turn: ActiveTurn, outputSchema: unknown): Promise<void> {
		const startedAt = Date.now();
		const model = this.#ports.modelInfo(this.#settings.model);
		const contextWindow = model.contextWindow === null ? null : Math.floor((model.contextWindow * model.effectiveContextWindowPercent) / 100);
		this.#setStatus({ type: 'active', waitingOnApproval: false });
		let end: TurnEnd;
		let lastMessage: string | null = null;
		let fault = false;
		try {
			const settings = freezeSettings(this.#settings, { model, shell: this.#ports.shell, outputSchema });
			try {
				this.#records.begin(this.#meta);
			} finally {
				// Also of a turn that fails because nothing can be saved: whoever waits for its end hears of it.
				this.#emit({ type: 'turnStarted', turnId: turn.id, at: startedAt, contextWindow });
			}
			const context = await this.#ports.contextItems(settings, { settings: this.#settings, previous: this.#previous });
			for (const item of context) this.#emit({ type: 'history', turnId: turn.id, item });
			this.#previous = turnContextOf(settings);
			this.#records.append([turnContextEntry(turn.id, settings)]);
			({ end, lastMessage } = await this.#loop(turn, { settings, contextWindow }));
		} catch (error) {
			// Nothing that a model, tool or file did gets here: this is a fault of ours, or a disk that takes no more.
			this.#ports.log.error('a turn failed', { thread: this.id, error });
			fault = true;
			end = {
				status: 'failed',
				error: { message: error instanceof Error ? error.message : String(error), kind: 'other', httpStatusCode: null, details: null },
			};
		}
		turn.closed = true;
		this.#finish(turn, { end, lastMessage, startedAt, fault });
	}

	async #loop(turn: ActiveTurn, { settings, contextWindow }: { settings: TurnSettings; contextWindow: number | null }) {
		const approver = this.questions.approver({ turnId: turn.id, signal: turn.abort.signal, interrupt: () => turn.abort.abort() });
		const context: ToolContext = {
			threadId: this.id,
			turnId: turn.id,
			settings,
			approver,
			signal: turn.abort.signal,
			emit: (event) => this.#emit(event),
		};
		const client = this.#ports.modelClient(settings.provider);
		const tools = new ToolCalls(this.#ports.tools, context);
		try {
			return await runTurn({
				turnId: turn.id,
				model: client,
				tools,
				signal: turn.abort.signal,
				emit: (event) => this.#emit(event),
				takeInput: () => turn.inbox.splice(0),
				closeInput: () => {
					turn.closed = true;
				},
				buildRequest: () => this.#buildRequest(settings),
				addUsage: (usage) => this.#addUsage(usage),
				contextWindow,
				delay: (ms) => delay(ms, turn.abort.signal),
				now: Date.now,
				random: Math.random,
			});
		} finally {
			await tools.end();
			client.dispose();
		}
	}

	#finish(
		turn: ActiveTurn,
		{ end, lastMessage, startedAt, fault }: { end: TurnEnd; lastMessage: string | null; startedAt: number; fault: boolean },
	): void {
		const at = Date.now();
		try {
			// What was sent and not yet taken when the turn was stopped or failed is kept: the next turn's model sees it.
			acceptInput({ turnId: turn.id, emit: (event) => this.#emit(event), takeInput: () => turn.inbox.splice(0), now: Date.now });
			if (fault && end.status === 'failed') this.#emit({ type: 'error', turnId: turn.id, error: end.error, willRetry: false });
			if (end.status === 'interrupted') this.#emit({ type: 'history', turnId: turn.id, item: turnAborted });
			this.#emit({ type: 'turnEnded', turnId: turn.id, at, durationMs: at - startedAt, end, lastMessage });
			this.#records.sync();
		} catch (error) {
			this.#ports.log.error('the end of a turn could not be recorded', { thread: this.id, error });
		}
		this.#active = null;
		this.#updatedAt = at;
		this.#setStatus(end.status === 'failed' ? { type: 'systemError' } : { type: 'idle' });
	}

	/** Records first, then tells. A record that cannot be written (disk full) stays queued and is told of once. */
	#emit(event: TurnEvent): void {
		if (event.type === 'history') this.#history.add(event.item);
		if (event.type === 'itemCompleted' && event.item.type === 'userMessage' && this.#preview === '') {
			this.#preview = event.item.content.flatMap((input) => (input.type === 'text' ? [input.text] : [])).join('\n');
		}
		const entries = toEntries(event);
		this.#records.append(entries);
		this.#listener.event(event);
	}

	#buildRequest(settings: TurnSettings): ModelRequest {
		const tools = [...this.#ports.tools.values()].map((tool) => tool.spec(settings)).filter((spec) => spec !== null);
		return {
			model: settings.model.slug,
			instructions: this.#ports.baseInstructions(this.#settings),
			input: this.#history.forRequest(),
			tools,
			parallelToolCalls: settings.model.supportsParallelToolCalls,
			reasoning: {
				...(settings.effort === null ? {} : { effort: settings.effort }),
				...(settings.summary === null ? {} : { summary: settings.summary }),
			},
			verbosity: settings.verbosity,
			outputSchema: settings.outputSchema,
			serviceTier: settings.serviceTier,
			threadId: this.id,
			clientMetadata: null,
			originator: this.#ports.originator,
		};
	}

	#cannotSave(error: unknown): void {
		this.#ports.log.error('a record could not be written', { thread: this.id, path: this.#records.path, error });
		const reason = error instanceof Error ? error.message : String(error);
		const message = `This thread cannot be saved right now (${reason}). It goes on in memory and is saved when writing works again.`;
		this.#listener.event({ type: 'warning', message });
	}

	#addUsage(usage: TokenUsage): TokenUsage {
		this.#usage = {
			inputTokens: this.#usage.inputTokens + usage.inputTokens,
			cachedInputTokens: this.#usage.cachedInputTokens + usage.cachedInputTokens,
			outputTokens: this.#usage.outputTokens + usage.outputTokens,
			reasoningOutputTokens: this.#usage.reasoningOutputTokens + usage.reasoningOutputTokens,
			totalTokens: this.#usage.totalTokens + usage.totalTokens,
		};
		return this.#usage;
	}

	#asked(question: Question): void {
		this.#setStatus({ type: 'active', waitingOnApproval: true });
		this.#listener.asked(question);
	}

	#answered(question: Question, decision: Parameters<QuestionListener['closed']>[1]): void {
		this.#records.append([
			eventMsg('tiller_approval', {
				turn_id: question.turnId,
				item_id: question.question.itemId,
				kind: question.kind,
				decision,
				asked_at_ms: question.askedAt,
			}),
		]);
		this.#listener.closed(question, decision);
		if (this.questions.open.length === 0 && this.#active) this.#setStatus({ type: 'active', waitingOnApproval: false });
	}

	#setStatus(status: ThreadStatus): void {
		this.#status = status;
		this.#listener.statusChanged(status);
	}
}

/** A turn that is stopped takes nothing more, also while it still ends: what comes then begins the next one. */
function takesInput(turn: ActiveTurn): boolean {
	return !turn.closed && !turn.abort.signal.aborted;
}

function delay(ms: number, signal: AbortSignal): Promise<void> {
	if (signal.aborted) return Promise.resolve();
	return new Promise((resolve) => {
		const done = () => {
			clearTimeout(timer);
			signal.removeEventListener('abort', done);
			resolve();
		};
		const timer = setTimeout(done, ms);
		signal.addEventListener('abort', done, { once: true });
	});
}
