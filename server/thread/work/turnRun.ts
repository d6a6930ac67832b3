import { v7 as uuid } from 'uuid';
import { turnAborted } from '../../instructions/turnAborted.ts';
import type { ModelInfo, TokenUsage } from '../../items/modelInfo.ts';
import { ModelError } from '../../model/model.ts';
import type { ResponseItem } from '../../items/responseItem.ts';
import type { SessionMeta } from '../../store/rollout/rolloutLine.ts';
import type { TurnEnd, TurnEvent } from '../../items/events.ts';
import type { ThreadStart } from '../../items/guard.ts';
import { Guards } from '../../turn/guards.ts';
import type { ClientMetadata } from '../../items/input.ts';
import type { TurnSettings } from '../../items/settings.ts';
import { acceptInput, type PendingInput, showInput } from '../../turn/acceptInput.ts';
import type { ModelHistory } from './modelHistory.ts';
import type { Questions } from '../questions.ts';
import type { Recorder } from '../recorder.ts';
import type { ThreadClient } from '../threadClient.ts';
import type { ThreadPorts, ThreadStatus } from '../threadPorts.ts';
import type { Environment, ThreadSettings } from '../../items/threadSettings.ts';
import { freezeSettings } from '../freezeSettings.ts';
import type { TurnContext } from '../../records/turnContext.ts';
import { l10n, type Text, textOf } from '../../words/l10n.ts';

/** Only a regular turn takes input while it runs; a compaction is one too, and goes on with what was said meanwhile. */
export type TurnKind = 'regular' | 'review';

/** Settings of a running turn that count from its next request on. What is missing stays. */
export type TurnChanges = Partial<Pick<ThreadSettings, 'model' | 'effort' | 'summary' | 'serviceTier' | 'approvalsReviewer'>>;

export interface ActiveTurn {
	readonly id: string;
	readonly kind: TurnKind;
	readonly abort: AbortController;
	readonly inbox: PendingInput[];
	/** What the client wants the provider to be told with each request. */
	metadata: ClientMetadata | null;
	/** What was changed of its settings since it began. */
	changes: TurnChanges;
	/** Set while it only waits for commands: whoever adds to the inbox calls it. */
	wake: (() => void) | null;
	/** Commands of the person that run beside it. */
	readonly commands: Set<Promise<void>>;
	/** Somebody asked for a compaction: done between two steps. */
	compactionWanted: boolean;
	/** Set once the loop will take no more input. */
	closed: boolean;
	readonly done: Promise<void>;
	/** Resolves once its first input is recorded, or it has ended before. */
	readonly accepted: Promise<void>;
	accept(): void;
}

/** A turn that is about to run. `ended` tells whoever waits for it. */
export function newTurn({ kind, inbox, metadata = null }: { kind: TurnKind; inbox: PendingInput[]; metadata?: ClientMetadata | null }): {
	readonly turn: ActiveTurn;
	ended(): void;
} {
	const [done, accepted] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
	const turn: ActiveTurn = {
		id: uuid(),
		kind,
		abort: new AbortController(),
		inbox,
		metadata,
		changes: {},
		wake: null,
		compactionWanted: false,
		commands: new Set(),
		closed: false,
		done: done.promise,
		accepted: accepted.promise,
		accept: accepted.resolve,
	};
	return {
		turn,
		ended: () => {
			accepted.resolve();
			done.resolve();
		},
	};
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
	/** How the thread came to be loaded, once: for its first turn. */
	takeStart(): ThreadStart | null;
	/** What the model has to be told before its next request, once; null when nothing. */
	notice(): ResponseItem | null;
	/** A warning that is told once in the life of the loaded thread. */
	warnOnce(message: Text): void;
	setStatus(status: ThreadStatus): void;
	/** All that was told of so far is in the thread's file. */
	saved(): void;
	/** The turn is over, at this Unix time in milliseconds: from now on another one may begin. */
	ended(at: number): void;
}

export interface FrozenTurn {
	readonly settings: TurnSettings;
	/** In tokens; null when nobody knows. */
	readonly contextWindow: number | null;
	/** Size of a request, in tokens, from which on the history is compacted first; null: never. */
	readonly compactAt: number | null;
	/** Null: nobody can say no. */
	readonly guards: Guards | null;
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
	{ outputSchema, environment, work }: { outputSchema: unknown; environment: Environment | null; work: TurnWork },
): Promise<TurnEnd> {
	const startedAt = Date.now();
	const began = performance.now();
	const model = host.ports.modelInfo(host.settings);
	const contextWindow = usableWindow(model);
	host.setStatus({ type: 'active', waitingOnApproval: false, waitingOnUserInput: false });
	let outcome: TurnOutcome;
	let fault = false;
	let guards: Guards | null = null;
	try {
		const settings = freezeSettings(environment === null ? host.settings : { ...host.settings, environment }, {
			model,
			shell: host.ports.shell,
			outputSchema,
		});
		try {
			host.records.begin(host.meta);
		} finally {
			// Also of a turn that fails because nothing can be saved: whoever waits for its end hears of it.
			host.emit({ type: 'turnStarted', turnId: turn.id, at: startedAt, contextWindow, mode: host.settings.mode?.kind ?? 'default' });
		}
		if (model.isWindowAssumed) host.warnOnce(assumedWindow(model));
		guards = await guardsOf(host, turn, settings);
		outcome = await work(host, turn, { settings, guards, contextWindow, compactAt: compactionLimit(host.settings.compactAt, model.contextWindow) });
	} catch (error) {
		// Nothing that a model, tool or file did gets here: the thread's provider is gone, a disk takes no more, or it is a fault of ours.
		const kind = error instanceof ModelError ? error.kind : 'other';
		host.ports.log.error('a turn failed', { thread: host.id, error });
		fault = true;
		outcome = { end: { status: 'failed', error: { message: textOf(error), kind, httpStatusCode: null, details: null } }, lastMessage: null };
	}
	turn.closed = true;
	// Every item completes before its turn does; an interrupt has ended them.
	await Promise.all(turn.commands);
	finish(host, turn, { ...outcome, began, fault, guarded: guards !== null });
	return outcome.end;
}

/** The part of a model's window that a request may take, in tokens; null when nobody knows. */
function usableWindow({ contextWindow, effectiveContextWindowPercent }: ModelInfo): number | null {
	return contextWindow === null ? null : Math.floor((contextWindow * effectiveContextWindowPercent) / 100);
}

/** The turn as it goes on: frozen, but for what was changed of it meanwhile. */
export function currentTurn({ ports, settings: thread }: TurnHost, { changes }: ActiveTurn, frozen: FrozenTurn): FrozenTurn {
	const { model: slug, effort, summary, serviceTier } = changes;
	const before = frozen.settings;
	const model = slug === undefined ? before.model : ports.modelInfo({ ...thread, model: slug, provider: before.provider });
	const settings = Object.freeze({
		...before,
		model,
		effort: effort ?? (slug === undefined ? before.effort : (thread.effort ?? model.defaultEffort)),
		summary: summary ?? before.summary,
		serviceTier: serviceTier === undefined ? before.serviceTier : serviceTier,
	});
	if (slug === undefined) return { ...frozen, settings };
	return { ...frozen, settings, contextWindow: usableWindow(model), compactAt: compactionLimit(thread.compactAt, model.contextWindow) };
}

function assumedWindow({ slug, contextWindow }: ModelInfo): Text {
	return l10n`Nothing is known of the model ${slug}: it is taken to hold ${contextWindow ?? 0} tokens. If that is wrong, set model_context_window in config.toml.`;
}

async function guardsOf(host: TurnHost, turn: ActiveTurn, settings: TurnSettings): Promise<Guards | null> {
	const guards = await host.ports.guards();
	if (guards.length === 0) return null;
	const guarded = { threadId: host.id, turnId: turn.id, settings, transcriptPath: host.records.path, signal: turn.abort.signal };
	return new Guards(guards, { ...guarded, emit: (event) => host.emit(event) }, (error) =>
		host.ports.log.error('a guard failed', { thread: host.id, error }),
	);
}

function finish(
	host: TurnHost,
	turn: ActiveTurn,
	{ end, lastMessage, began, fault, guarded }: TurnOutcome & { began: number; fault: boolean; guarded: boolean },
): void {
	const at = Date.now();
	const emit = (event: TurnEvent) => host.emit(event);
	try {
		// What was sent and not yet taken when the turn was stopped or failed is kept: the next turn's model sees it, unless a guard would
		// have had to see it before.
		const keep = guarded ? showInput : acceptInput;
		keep({ turnId: turn.id, emit, together: (work) => host.records.together(work), takeInput: () => turn.inbox.splice(0), now: Date.now });
		if (fault && end.status === 'failed') emit({ type: 'error', turnId: turn.id, error: end.error, willRetry: false });
		if (end.status === 'interrupted') emit({ type: 'history', turnId: turn.id, item: turnAborted });
		emit({ type: 'turnEnded', turnId: turn.id, at, durationMs: Math.round(performance.now() - began), end, lastMessage });
		host.records.sync();
		if (host.records.saved) host.saved();
	} catch (error) {
		host.ports.log.error('the end of a turn could not be recorded', { thread: host.id, error });
	}
	host.ended(at);
	host.setStatus(end.status === 'failed' ? { type: 'systemError' } : { type: 'idle' });
}

/** Nine tenths of the window, or less when the configuration says so. */
function compactionLimit(configured: number | null, window: number | null): number | null {
	const most = window === null ? null : Math.floor(window * 0.9);
	return configured === null || most === null ? (configured ?? most) : Math.min(configured, most);
}

/** Resolves when no command runs beside the turn any more, or somebody has said something: that is answered at once. */
export async function commandsOrInput(turn: ActiveTurn): Promise<void> {
	const isSaid = () => turn.inbox.some(({ content }) => content !== null);
	const said = Promise.withResolvers<void>();
	turn.wake = said.resolve;
	while (turn.commands.size > 0 && !isSaid()) await Promise.race([Promise.all(turn.commands), said.promise]);
	turn.wake = null;
}

export function delay(ms: number, signal: AbortSignal): Promise<void> {
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

/** Resolves with the promise, or early when the signal is aborted. */
export async function orAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
	const { promise: aborted, resolve } = Promise.withResolvers<void>();
	const stop = () => resolve();
	signal.addEventListener('abort', stop, { once: true });
	if (signal.aborted) stop();
	await Promise.race([promise, aborted]).finally(() => signal.removeEventListener('abort', stop));
}
