import type { GeneratedImage } from '../files/generatedImages.ts';
import { generatedImagesItem } from '../instructions/generatedImages.ts';
import { generatedImage, imageCallId } from '../items/imageGeneration.ts';
import type { ModeKind } from '../items/modes.ts';
import type { ResponseItem } from '../items/responseItem.ts';
import type { ModelClient, ModelError, ModelEvent, ModelRequest } from '../model/model.ts';
import type { TokenUsage } from '../items/modelInfo.ts';
import { admitInput, type PendingInput } from './acceptInput.ts';
import { CallNames } from './callNames.ts';
import type { Guards } from './guards.ts';
import type { TurnEnd, TurnEvent, TurnFailure } from '../items/events.ts';
import { asModelError, retryLater } from './modelRetry.ts';
import { ResponseItems } from './responseItems.ts';
import type { ToolCalls, ToolResult } from './toolCalls.ts';

export interface TurnPorts {
	readonly turnId: string;
	readonly mode: ModeKind;
	readonly model: ModelClient;
	readonly tools: ToolCalls;
	/** Null: nobody can say no. */
	readonly guards: Guards | null;
	/** Aborted by an interrupt; no request goes out after that. */
	readonly signal: AbortSignal;
	emit(event: TurnEvent): void;
	/** What is emitted by this work is recorded as one. */
	together(work: () => void): void;
	/** Takes everything that was sent since the last call. Taken input is in the turn's hands. */
	takeInput(): readonly PendingInput[];
	/** Gives back what was taken and is not to be used. */
	returnInput(inputs: readonly PendingInput[]): void;
	/** Whether something was sent that was not taken yet. */
	hasInput(): boolean;
	/**
	 * Called after each answer and its tools: makes room in the context, waits for what has to end, asks the person where a limit is
	 * reached. The end that it gives is the turn's.
	 */
	betweenSteps(step: TurnStep): Promise<TurnEnd | null>;
	/**
	 * The provider says that the request is too long. Makes room once; the end that it gives is the turn's. Null: the request may be sent
	 * again. 'not possible': there is nothing to make room with.
	 */
	makeRoom(answers: number): Promise<TurnEnd | 'not possible' | null>;
	/** From now on nothing can be sent to this turn: called in the moment in which the loop has decided to end. */
	closeInput(): void;
	/** The next request: all history so far with the turn's frozen settings. */
	buildRequest(): Promise<ModelRequest>;
	/** The history is known to take at least this much. */
	isFull(counted: TokenUsage): void;
	/** Adds one request's usage to the thread's and returns the sum. */
	addUsage(usage: TokenUsage): TokenUsage;
	readonly contextWindow: number | null;
	/** Saves a picture that the provider made. Null: it is none, or could not be saved. Must not reject. */
	saveImage(image: GeneratedImage): Promise<string | null>;
	/** Whether whoever follows the turn can be told more: null, or what to wait for. Resolves early when the signal is aborted. */
	room(): Promise<void> | null;
	/** Waits before another attempt. Resolves early when the signal is aborted. */
	delay(ms: number): Promise<void>;
	now(): number;
	random(): number;
}

/** One answer of the model and what came of it. */
export interface TurnStep {
	/** What the model called, in its order, and what it got for that. */
	readonly results: readonly ToolResult[];
	/** Whether another request follows. */
	readonly goesOn: boolean;
}

const NO_TOKENS: TokenUsage = { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, reasoningOutputTokens: 0, totalTokens: 0 };

/**
 * Runs one turn to its end: sends the history, streams the answer, runs the tools that it calls, and again, until the model has
 * nothing more to do and nobody has said anything meanwhile. Never throws: a failure is an end.
 */
export async function runTurn(ports: TurnPorts): Promise<{ readonly end: TurnEnd; readonly lastMessage: string | null }> {
	let lastMessage: string | null = null;
	let attempt = 0;
	/** Whole answers of this turn. */
	let answers = 0;
	let madeRoom = false;
	const takenIds = new Set<string>();
	const calls = new CallNames();
	let again = false;
	const admitted = await admitInput(ports);
	if (admitted === 'blocked' || admitted === 'stopped') return complete(ports, lastMessage);
	while (!ports.signal.aborted) {
		calls.nextResponse();
		const items = new ResponseItems({ ...ports, takenIds });
		const outcome = await sample(ports, items, calls);
		lastMessage = items.lastMessage ?? lastMessage;
		const results = await ports.tools.settle();
		for (const { output } of results) ports.emit({ type: 'history', turnId: ports.turnId, item: output });
		if (ports.signal.aborted) break;
		if (outcome.type === 'failed') {
			const room = outcome.error.kind === 'contextWindowExceeded' && !madeRoom ? await ports.makeRoom(answers) : 'not possible';
			if (ports.signal.aborted) break;
			if (room === null) {
				madeRoom = true;
				continue;
			}
			if (room !== 'not possible') {
				ports.closeInput();
				return { end: room, lastMessage };
			}
			attempt++;
			const instead = outcome.error.retryable && attempt > ports.model.streamMaxRetries ? (ports.model.fallBack?.() ?? null) : null;
			if (instead !== null) {
				ports.emit({ type: 'warning', message: instead });
				attempt = 0;
				continue;
			}
			if (!outcome.error.retryable || attempt > ports.model.streamMaxRetries) {
				ports.closeInput();
				return { end: fail(ports, outcome.error), lastMessage };
			}
			await retryLater(ports, outcome.error, attempt);
			continue;
		}
		attempt = 0;
		answers++;
		madeRoom = false;
		const goesOn = results.length > 0 || ports.hasInput();
		const end = await ports.betweenSteps({ results, goesOn });
		if (ports.signal.aborted) break;
		if (end) {
			ports.closeInput();
			return { end, lastMessage };
		}
		const more = await admitInput(ports);
		if (ports.signal.aborted) break;
		if (more === 'stopped') return complete(ports, lastMessage);
		if (results.length > 0 || more === 'accepted') continue;
		const wanted = await wantsMore(ports, { again, lastMessage });
		again ||= wanted === 'guard';
		if (wanted === null && !ports.signal.aborted) return complete(ports, lastMessage);
	}
	await ports.tools.settle();
	return { end: { status: 'interrupted' }, lastMessage };
}

function complete(ports: TurnPorts, lastMessage: string | null) {
	ports.closeInput();
	return { end: { status: 'completed' }, lastMessage } as const;
}

/** Who wants another request although the model has nothing more to do: a guard, or a person who has said something meanwhile. */
async function wantsMore(ports: TurnPorts, at: { again: boolean; lastMessage: string | null }): Promise<'guard' | 'person' | null> {
	if (ports.guards === null) return null;
	if (await ports.guards.turnStopping(at)) return 'guard';
	while (ports.hasInput() && !ports.signal.aborted) if ((await admitInput(ports)) === 'accepted') return 'person';
	return null;
}

type Outcome = { readonly type: 'completed' } | { readonly type: 'failed'; readonly error: ModelError } | { readonly type: 'aborted' };

async function sample(ports: TurnPorts, items: ResponseItems, calls: CallNames): Promise<Outcome> {
	try {
		const request = await ports.buildRequest();
		if (ports.signal.aborted) return { type: 'aborted' };
		for await (const event of ports.model.stream(request, ports.signal)) {
			if (ports.signal.aborted) break;
			const saved = event.type === 'itemDone' ? await savedImage(ports, event.item) : null;
			if (ports.signal.aborted) break;
			receive(ports, items, { event: named(calls, event), saved });
			const room = ports.room();
			if (room) await room;
		}
		return ports.signal.aborted ? { type: 'aborted' } : { type: 'completed' };
	} catch (error) {
		if (ports.signal.aborted) return { type: 'aborted' };
		return { type: 'failed', error: asModelError(error) };
	} finally {
		items.closeOpen();
	}
}

function named(calls: CallNames, event: ModelEvent): ModelEvent {
	if (event.type === 'itemAdded') return { ...event, item: calls.added(event.item) };
	return event.type === 'itemDone' ? { ...event, item: calls.done(event.item) } : event;
}

/** Where a picture is saved, before its item completes; the model is told where. */
async function savedImage(ports: TurnPorts, item: ResponseItem): Promise<string | null> {
	const id = imageCallId(item);
	if (id === null) return null;
	const { result } = generatedImage(item, id) ?? {};
	const saved = result ? await ports.saveImage({ id, result }) : null;
	if (saved !== null && !ports.signal.aborted) ports.emit({ type: 'history', turnId: ports.turnId, item: generatedImagesItem(saved) });
	return saved;
}

interface Received {
	readonly event: ModelEvent;
	readonly saved: string | null;
}

function receive(ports: TurnPorts, items: ResponseItems, { event, saved }: Received): void {
	switch (event.type) {
		case 'itemDone':
			items.done(event.item, saved);
			ports.tools.start(event.item);
			break;
		case 'itemAdded':
			items.added(event.item);
			ports.tools.announce(event.item);
			break;
		case 'toolInputDelta':
			ports.tools.inputDelta(event);
			break;
		case 'textDelta':
		case 'summaryPartAdded':
		case 'summaryDelta':
		case 'reasoningDelta':
			items.delta(event);
			break;
		case 'rateLimits':
			ports.emit({ type: 'rateLimits', snapshot: event.snapshot });
			break;
		case 'completed':
			if (event.usage) {
				const total = ports.addUsage(event.usage);
				ports.emit({ type: 'tokenUsage', turnId: ports.turnId, total, last: event.usage, contextWindow: ports.contextWindow });
			}
			break;
		case 'warning':
			ports.emit({ type: 'warning', message: event.message });
			break;
		case 'modelRerouted':
			ports.emit({ type: 'modelRerouted', turnId: ports.turnId, fromModel: event.asked, toModel: event.model });
			break;
		case 'created':
			break;
		default:
			event satisfies never;
	}
}

function fail(ports: TurnPorts, error: ModelError): TurnEnd {
	if (error.kind === 'contextWindowExceeded' && ports.contextWindow !== null) {
		// The request was not counted by the provider, but now it is known that the window is full.
		const last: TokenUsage = { ...NO_TOKENS, inputTokens: ports.contextWindow, totalTokens: ports.contextWindow };
		ports.isFull(last);
		ports.emit({ type: 'tokenUsage', turnId: ports.turnId, total: ports.addUsage(NO_TOKENS), last, contextWindow: ports.contextWindow });
	}
	const failure: TurnFailure = { message: error.text, kind: error.kind, httpStatusCode: error.httpStatusCode, details: null };
	ports.emit({ type: 'error', turnId: ports.turnId, error: failure, willRetry: false });
	return { status: 'failed', error: failure };
}
