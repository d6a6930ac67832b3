import { turnAborted } from '../instructions/turnAborted.ts';
import type { ModelRequest, TokenUsage, ToolSpec } from '../model/model.ts';
import { withoutImages } from '../model/refusedImages.ts';
import type { ResponseItem } from '../model/responseItem.ts';
import type { SessionMeta } from '../store/rolloutLine.ts';
import type { ToolContext } from '../tools/tool.ts';
import { toolSpecs } from '../tools/toolSet.ts';
import type { TurnEnd, TurnEvent } from '../turn/events.ts';
import type { TurnSettings } from '../turn/settings.ts';
import { ToolCalls } from '../turn/toolCalls.ts';
import { acceptInput, type PendingInput, runTurn } from '../turn/turnLoop.ts';
import type { ModelHistory } from './modelHistory.ts';
import type { Questions } from './questions.ts';
import type { Recorder } from './recorder.ts';
import type { ThreadClient } from './threadClient.ts';
import type { ThreadPorts, ThreadStatus } from './threadPorts.ts';
import { freezeSettings, type ThreadSettings } from './threadSettings.ts';
import { type TurnContext, turnContextEntry, turnContextOf } from './turnContext.ts';

/** Only a regular turn takes input while it runs. */
export type TurnKind = 'regular' | 'review' | 'compact';

export interface ActiveTurn {
	readonly id: string;
	readonly kind: TurnKind;
	readonly abort: AbortController;
	readonly inbox: PendingInput[];
	/** Set once the loop will take no more input. */
	closed: boolean;
	readonly done: Promise<void>;
	/** Resolves once its first input is recorded, or it has ended before. */
	readonly accepted: Promise<void>;
	accept(): void;
}

/** What the running of a turn uses of its thread. */
export interface TurnHost {
	readonly id: string;
	readonly meta: SessionMeta;
	/** As they are now; a turn freezes them. */
	readonly settings: ThreadSettings;
	readonly ports: ThreadPorts;
	readonly client: ThreadClient;
	readonly history: ModelHistory;
	readonly questions: Questions;
	readonly records: Recorder;
	/** What the model was told of the settings last. */
	previous: TurnContext | null;
	/** Records first, then tells. Never throws. */
	emit(event: TurnEvent): void;
	/** Adds one request's usage to the thread's and returns the sum. */
	addUsage(usage: TokenUsage): TokenUsage;
	/** What the model has to be told before its next request, once; null when nothing. */
	notice(): ResponseItem | null;
	setStatus(status: ThreadStatus): void;
	/** The turn is over, at this Unix time in milliseconds: from now on another one may begin. */
	ended(at: number): void;
}

export interface FrozenTurn {
	readonly settings: TurnSettings;
	/** In tokens; null when nobody knows. */
	readonly contextWindow: number | null;
}

export interface TurnOutcome {
	readonly end: TurnEnd;
	readonly lastMessage: string | null;
}

/** What a turn does between its start and its end. An error that it throws is a fault of ours, and ends the turn as failed. */
export type TurnWork = (host: TurnHost, turn: ActiveTurn, frozen: FrozenTurn) => Promise<TurnOutcome>;

/** Runs one turn of a thread from `turnStarted` to `turnEnded`, whatever happens in between. */
export async function runThreadTurn(
	host: TurnHost,
	turn: ActiveTurn,
	{ outputSchema, work }: { outputSchema: unknown; work: TurnWork },
): Promise<TurnEnd> {
	const startedAt = Date.now();
	const model = host.ports.modelInfo(host.settings.model);
	const contextWindow = model.contextWindow === null ? null : Math.floor((model.contextWindow * model.effectiveContextWindowPercent) / 100);
	host.setStatus({ type: 'active', waitingOnApproval: false, waitingOnUserInput: false });
	let outcome: TurnOutcome;
	let fault = false;
	try {
		const settings = freezeSettings(host.settings, { model, shell: host.ports.shell, outputSchema });
		try {
			host.records.begin(host.meta);
		} finally {
			// Also of a turn that fails because nothing can be saved: whoever waits for its end hears of it.
			host.emit({ type: 'turnStarted', turnId: turn.id, at: startedAt, contextWindow, mode: host.settings.mode?.kind ?? 'default' });
		}
		outcome = await work(host, turn, { settings, contextWindow });
	} catch (error) {
		// Nothing that a model, tool or file did gets here: this is a fault of ours, or a disk that takes no more.
		host.ports.log.error('a turn failed', { thread: host.id, error });
		fault = true;
		const message = error instanceof Error ? error.message : String(error);
		outcome = { end: { status: 'failed', error: { message, kind: 'other', httpStatusCode: null, details: null } }, lastMessage: null };
	}
	turn.closed = true;
	finish(host, turn, { ...outcome, startedAt, fault });
	return outcome.end;
}

/** The model works on; before the input, if there is any, it is told of `opening`. */
export const modelWorkAfter =
	(opening: readonly ResponseItem[]): TurnWork =>
	async (host, turn, frozen) => {
		const { settings } = frozen;
		const context = await host.ports.contextItems(settings, { settings: host.settings, previous: host.previous });
		for (const item of [...context, ...opening]) host.emit({ type: 'history', turnId: turn.id, item });
		host.previous = turnContextOf(settings);
		host.records.append([turnContextEntry(turn.id, settings)]);
		return runModelLoop(host, turn, frozen);
	};

/** The usual work: the model answers what the person sent. */
export const modelWork: TurnWork = modelWorkAfter([]);

/** The model's steps on the host's history, until it has nothing more to do. */
export async function runModelLoop(host: TurnHost, turn: ActiveTurn, { settings, contextWindow }: FrozenTurn): Promise<TurnOutcome> {
	const { signal } = turn.abort;
	const asker = host.questions.asker({ turnId: turn.id, signal, interrupt: () => turn.abort.abort() });
	const emit = (event: TurnEvent) => host.emit(event);
	const context: ToolContext = { threadId: host.id, turnId: turn.id, settings, approver: asker, clientTools: asker, signal, emit };
	const offered = host.ports.tools(host.meta);
	const tools = new ToolCalls(offered, context);
	try {
		return await runTurn({
			turnId: turn.id,
			mode: settings.mode,
			model: host.client.of(settings.provider),
			tools,
			signal,
			emit,
			together: (work) => host.records.together(work),
			takeInput: () => {
				queueMicrotask(turn.accept);
				return turn.inbox.splice(0);
			},
			closeInput: () => {
				turn.closed = true;
			},
			buildRequest: () => {
				const notice = host.notice();
				if (notice) emit({ type: 'history', turnId: turn.id, item: notice });
				return buildRequest(host, { turnId: turn.id, settings, tools: toolSpecs(offered, settings) });
			},
			addUsage: (usage) => host.addUsage(usage),
			contextWindow,
			delay: (ms) => delay(ms, signal),
			now: Date.now,
			random: Math.random,
		});
	} finally {
		await tools.end();
	}
}

function finish(host: TurnHost, turn: ActiveTurn, { end, lastMessage, startedAt, fault }: TurnOutcome & { startedAt: number; fault: boolean }): void {
	const at = Date.now();
	const emit = (event: TurnEvent) => host.emit(event);
	try {
		// What was sent and not yet taken when the turn was stopped or failed is kept: the next turn's model sees it.
		acceptInput({ turnId: turn.id, emit, together: (work) => host.records.together(work), takeInput: () => turn.inbox.splice(0), now: Date.now });
		if (fault && end.status === 'failed') emit({ type: 'error', turnId: turn.id, error: end.error, willRetry: false });
		if (end.status === 'interrupted') emit({ type: 'history', turnId: turn.id, item: turnAborted });
		emit({ type: 'turnEnded', turnId: turn.id, at, durationMs: at - startedAt, end, lastMessage });
		host.records.sync();
	} catch (error) {
		host.ports.log.error('the end of a turn could not be recorded', { thread: host.id, error });
	}
	host.ended(at);
	host.setStatus(end.status === 'failed' ? { type: 'systemError' } : { type: 'idle' });
}

/** The next request: all history so far with the turn's frozen settings. */
function buildRequest(
	host: TurnHost,
	{ turnId, settings, tools }: { readonly turnId: string; readonly settings: TurnSettings; readonly tools: readonly ToolSpec[] },
): ModelRequest {
	const input = host.history.forRequest();
	return {
		...host.client.identity(settings.model),
		model: settings.model.slug,
		instructions: host.ports.baseInstructions(host.settings),
		input: settings.model.inputModalities.includes('image') ? input : withoutImages(input),
		tools,
		parallelToolCalls: settings.model.supportsParallelToolCalls,
		reasoning: {
			...(settings.effort === null ? {} : { effort: settings.effort }),
			...(settings.summary === null ? {} : { summary: settings.summary }),
		},
		verbosity: settings.verbosity,
		outputSchema: settings.outputSchema,
		serviceTier: settings.serviceTier,
		turnId,
		clientMetadata: null,
	};
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
