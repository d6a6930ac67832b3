import { hookRunFromRecord } from './hookRunRecord.ts';
import { isContextText, isSummary } from '../instructions/compaction.ts';
import { type ModeKind, readMode } from '../items/modes.ts';
import type { ResponseItem } from '../items/responseItem.ts';
import { fromWire, toWire } from '../model/responses/responseItemWire.ts';
import type { RolloutEntry, RolloutLine } from '../store/rollout/rolloutLine.ts';
import type { TurnEvent, TurnFailure } from '../items/events.ts';
import type { TurnItem } from '../items/item.ts';
import { CallItems } from './callItems.ts';
import { pagedItem, pagedItemEntries } from './pagedItems.ts';
import { itemEntries, itemFromRecord, startedEntries } from './itemRecords.ts';
import { inEnglish, readL10n } from '../words/l10n.ts';
import { count, httpStatus, wholeNumber } from './wholeNumber.ts';

/** How a rollout records items: each as one record that names its thread in the files of newer programs, else as several events. */
export type RecordForm = { readonly paged: false; readonly threadId?: string } | { readonly paged: true; readonly threadId: string };
const OLDER_FORM: RecordForm = { paged: false };

/** The form that a thread's rollout has. */
export function formOf({ id, historyMode }: { readonly id: string; readonly historyMode?: string }): RecordForm {
	return { paged: historyMode === 'paginated', threadId: id };
}

/**
 * How events are written to a rollout and read back. The lines are those of the reference program wherever it has one, so that
 * it can resume a thread of ours; members that it does not know, and lines of types of ours, are ignored by it.
 */
export function toEntries(event: TurnEvent, form: RecordForm = OLDER_FORM): readonly RolloutEntry[] {
	switch (event.type) {
		case 'turnStarted':
			return [
				eventMsg('task_started', {
					turn_id: event.turnId,
					started_at: Math.floor(event.at / 1000),
					started_at_ms: event.at,
					model_context_window: event.contextWindow,
					collaboration_mode_kind: event.mode,
				}),
			];
		case 'turnEnded':
			return endEntries(event, form);
		case 'itemStarted':
			return startedEntries(event.turnId, event.item).map((entry) => timedEntry(entry, { started_at_ms: event.at }));
		case 'itemCompleted':
			return (
				form.paged
					? pagedItemEntries(event.item, { turnId: event.turnId, threadId: form.threadId })
					: itemEntries(event.turnId, event.item, form.threadId)
			).map((entry) => timedEntry(entry, { ...(event.startedAt == null ? {} : { started_at_ms: event.startedAt }), completed_at_ms: event.at }));
		case 'planUpdated':
			return [
				eventMsg('plan_update', {
					turn_id: event.turnId,
					explanation: event.explanation,
					plan: event.plan.map((step) => ({ step: step.step, status: step.status === 'inProgress' ? 'in_progress' : step.status })),
				}),
			];
		case 'tokenUsage':
			return [
				eventMsg('token_count', {
					info: { total_token_usage: usageRecord(event.total), last_token_usage: usageRecord(event.last), model_context_window: event.contextWindow },
					rate_limits: null,
				}),
			];
		case 'error':
			return event.willRetry ? [] : [eventMsg('error', { turn_id: event.turnId, ...failureRecord(event.error) })];
		case 'history':
			return [{ type: 'response_item', payload: toWire(event.item) }];
		case 'turnsRolledBack':
			return [eventMsg('thread_rolled_back', { num_turns: event.count })];
		case 'compacted':
			return [{ type: 'compacted', payload: { message: event.message, replacement_history: event.history.map(toWire) } }];
		case 'approvalReview':
			return reviewEntries(event);
		case 'hookCompleted':
			return [eventMsg('tiller_hook_run', { turn_id: event.turnId, run: event.run })];
		case 'hookStarted':
		case 'textDelta':
		case 'planDelta':
		case 'summaryPartAdded':
		case 'summaryDelta':
		case 'reasoningDelta':
		case 'commandOutput':
		case 'terminalInteraction':
		case 'toolProgress':
		case 'patchPreview':
		case 'turnDiff':
		case 'rateLimits':
		case 'modelRerouted':
		case 'warning':
			return [];
		default:
			return event satisfies never;
	}
}

const timedEntry = ({ type, payload }: RolloutEntry, times: Payload): RolloutEntry => ({ type, payload: { ...payload, ...times } });

/** Who decided what, for whoever asks later: nothing is made of it when the thread is read back. */
function reviewEntries({ turnId, at, review }: Extract<TurnEvent, { type: 'approvalReview' }>): readonly RolloutEntry[] {
	if (review.verdict === null) return [];
	return [eventMsg('tiller_approval_review', { turn_id: turnId, item_id: review.itemId, decided_by: 'auto_review', decided_at_ms: at, review })];
}

export const eventMsg = (type: string, payload: Readonly<Record<string, unknown>>): RolloutEntry => ({
	type: 'event_msg',
	payload: { type, ...payload },
});

const usageRecord = (usage: {
	inputTokens: number;
	cachedInputTokens: number;
	cacheWriteInputTokens?: number;
	outputTokens: number;
	reasoningOutputTokens: number;
	totalTokens: number;
}) => ({
	input_tokens: usage.inputTokens,
	cached_input_tokens: usage.cachedInputTokens,
	...(usage.cacheWriteInputTokens ? { cache_write_input_tokens: usage.cacheWriteInputTokens } : {}),
	output_tokens: usage.outputTokens,
	reasoning_output_tokens: usage.reasoningOutputTokens,
	total_tokens: usage.totalTokens,
});

const failureRecord = (error: TurnFailure) => ({
	message: inEnglish(error.message),
	codex_error_info: 'other',
	tiller_error: {
		kind: error.kind,
		http_status_code: error.httpStatusCode,
		details: error.details === null ? null : inEnglish(error.details),
		// How the texts were made.
		...(typeof error.message === 'string' ? {} : { l10n: error.message }),
		...(error.details === null || typeof error.details === 'string' ? {} : { details_l10n: error.details }),
	},
});

function endEntries(event: Extract<TurnEvent, { type: 'turnEnded' }>, form: RecordForm): readonly RolloutEntry[] {
	const times = { completed_at: Math.floor(event.at / 1000), completed_at_ms: event.at, duration_ms: event.durationMs };
	if (event.end.status === 'interrupted') return [eventMsg('turn_aborted', { turn_id: event.turnId, reason: 'interrupted', ...times })];
	// Newer programs look for the reason here; it has a record of its own too.
	const error =
		form.paged && event.end.status === 'failed' ? { error: { message: inEnglish(event.end.error.message), codex_error_info: 'other' } } : {};
	return [eventMsg('task_complete', { turn_id: event.turnId, last_agent_message: event.lastMessage, ...error, ...times })];
}

/**
 * What a line says, as events. A line that says nothing that is shown gives none. What was recorded without an id is named after the
 * place of its line (`offset`, in bytes), which is the same at every reading; without a place the lines are counted.
 */
export class RecordReader {
	#turnId: string | null = null;
	#place: string | number = 0;
	#lines = 0;
	/** Of a turn of a program that records commands for the model only; null in a turn of ours. */
	#calls: CallItems | null = null;
	readonly #withHistory: boolean;

	/** `withHistory: false` for whoever only shows the turns: what the model saw is not read then. */
	constructor({ withHistory = true }: { readonly withHistory?: boolean } = {}) {
		this.#withHistory = withHistory;
	}

	read(line: RolloutLine & { readonly offset?: number }): readonly TurnEvent[] {
		const at = Date.parse(line.timestamp) || 0;
		this.#place = line.offset ?? `line-${++this.#lines}`;
		if (line.type === 'response_item') return this.#responseItem(line.payload, at);
		if (line.type === 'turn_context' && this.#calls && typeof line.payload.cwd === 'string') this.#calls.cwd = line.payload.cwd;
		if (line.type !== 'event_msg') return [];
		return this.#event(line, at);
	}

	#responseItem(payload: Payload, at: number): readonly TurnEvent[] {
		const turnId = this.#turnId;
		const item = this.#withHistory ? fromWire(payload) : null;
		const call = turnId === null ? null : this.#calls?.read(payload, this.#itemId());
		return [
			...(item ? [{ type: 'history' as const, turnId: turnId ?? '', item }] : []),
			...(call && turnId !== null ? [{ type: call.phase, turnId, at, item: call.item }] : []),
		];
	}

	readonly #itemId = () => `item-${this.#place}`;

	#event({ payload, ordinal }: RolloutLine, at: number): readonly TurnEvent[] {
		const number = wholeNumber;
		const text = (value: unknown) => (typeof value === 'string' ? value : null);
		const times = { at: number(payload.completed_at_ms) ?? at, startedAt: number(payload.started_at_ms) };
		switch (payload.type) {
			case 'task_started':
			case 'turn_started': {
				const startedAt = number(payload.started_at_ms) ?? (number(payload.started_at) ?? Math.floor(at / 1000)) * 1000;
				this.#implicit = false;
				// Our own records, and those of newer programs, have all items.
				this.#calls = payload.started_at_ms === undefined && ordinal === undefined ? new CallItems() : null;
				return this.#begin(text(payload.turn_id), startedAt, {
					contextWindow: number(payload.model_context_window),
					mode: readMode(payload.collaboration_mode_kind),
				});
			}
			case 'task_complete':
			case 'turn_complete':
			case 'turn_aborted': {
				const turnId = text(payload.turn_id) ?? this.#turnId;
				if (turnId === null) return [];
				if (turnId === this.#turnId) this.#turnId = null;
				const completedAt = number(payload.completed_at_ms) ?? (number(payload.completed_at) ?? Math.floor(at / 1000)) * 1000;
				const status = payload.type === 'turn_aborted' ? 'interrupted' : 'completed';
				return [
					...(this.#told !== turnId && isPayload(payload.error)
						? [{ type: 'error' as const, turnId, willRetry: false, error: failureFromRecord(payload.error) }]
						: []),
					{
						type: 'turnEnded',
						turnId,
						at: completedAt,
						durationMs: number(payload.duration_ms) ?? 0,
						end: { status },
						lastMessage: text(payload.last_agent_message),
					},
				];
			}
			case 'error': {
				if (this.#turnId === null) return [];
				this.#told = this.#turnId;
				return [{ type: 'error', turnId: this.#turnId, willRetry: false, error: failureFromRecord(payload) }];
			}
			case 'thread_rolled_back': {
				this.#turnId = null;
				const count = number(payload.num_turns) ?? 0;
				return count > 0 ? [{ type: 'turnsRolledBack', count }] : [];
			}
			case 'plan_update':
				return this.#turnId === null ? [] : [planFromRecord(payload, this.#turnId)];
			case 'token_count': {
				const usage = usageFromRecord(payload, this.#turnId ?? '');
				return usage ? [usage] : [];
			}
			case 'agent_reasoning':
			case 'agent_reasoning_raw_content': {
				if (this.#turnId === null) return [];
				const id = text(payload.item_id);
				// The parts of one reasoning follow each other; without ids (other programs' records) that is all that joins them.
				const joins =
					this.#reasoning && this.#turnId === this.#reasoning.turnId && (id === null ? this.#reasoning.open : id === this.#reasoning.item.id);
				const before =
					joins && this.#reasoning ? this.#reasoning.item : { type: 'reasoning' as const, id: id ?? this.#itemId(), summary: [], content: [] };
				const part = text(payload.text) ?? '';
				const item =
					payload.type === 'agent_reasoning' ? { ...before, summary: [...before.summary, part] } : { ...before, content: [...before.content, part] };
				this.#reasoning = { turnId: this.#turnId, item, open: true };
				return [{ type: 'itemCompleted', turnId: this.#turnId, ...times, item }];
			}
			case 'tiller_hook_run': {
				const turnId = text(payload.turn_id) ?? this.#turnId;
				const run = hookRunFromRecord(payload.run);
				return turnId === null || run === null ? [] : [{ type: 'hookCompleted', turnId, run }];
			}
			default: {
				if (this.#reasoning) this.#reasoning.open = false;
				const read = payload.type === 'item_completed' ? pagedItem(payload.item, this.#itemId) : itemFromRecord(payload, this.#itemId);
				if (!read) return [];
				this.#calls?.recorded(read.item.id);
				const told = (turnId: string) =>
					read.phase === 'itemStarted'
						? { type: read.phase, turnId, at: times.startedAt ?? at, item: read.item }
						: { type: read.phase, turnId, ...times, item: read.item };
				const named = text(payload.turn_id);
				// Newer programs record a review without the beginning of its turn.
				if (named !== null && named !== this.#turnId && read.item.type === 'enteredReviewMode') {
					return [...this.#begin(named, at, { contextWindow: null, mode: 'default' }), told(named)];
				}
				// A record that names its turn may come late, when that turn is over.
				if (named !== null) return [told(named)];
				const begun = this.#turnId === null || (read.item.type === 'userMessage' && this.#implicit) ? this.#beginImplicit(at) : [];
				return [...begun, told(this.#turnId ?? '')];
			}
		}
	}

	/** The turn whose failure has a record of its own. */
	#told: string | null = null;
	#implicit = false;
	#reasoning: { readonly turnId: string; readonly item: Extract<TurnItem, { type: 'reasoning' }>; open: boolean } | null = null;

	/** Old rollouts have no turn boundaries: a user message then begins a turn. */
	#beginImplicit(at: number): TurnEvent[] {
		this.#implicit = true;
		this.#calls = new CallItems();
		return this.#begin(null, at, { contextWindow: null, mode: 'default' });
	}

	#begin(id: string | null, at: number, told: { readonly contextWindow: number | null; readonly mode: ModeKind }): TurnEvent[] {
		this.#turnId = id ?? `turn-${this.#place}`;
		return [{ type: 'turnStarted', turnId: this.#turnId, at, ...told }];
	}
}

type Payload = Readonly<Record<string, unknown>>;
const isPayload = (value: unknown): value is Payload => typeof value === 'object' && value !== null && !Array.isArray(value);

function planFromRecord(payload: Payload, turnId: string): TurnEvent {
	const steps = Array.isArray(payload.plan) ? payload.plan.filter(isPayload) : [];
	const plan = steps.map((step) => ({
		step: typeof step.step === 'string' ? step.step : '',
		status: step.status === 'completed' ? ('completed' as const) : step.status === 'in_progress' ? ('inProgress' as const) : ('pending' as const),
	}));
	return { type: 'planUpdated', turnId, explanation: typeof payload.explanation === 'string' ? payload.explanation : null, plan };
}

function usageFromRecord(payload: Payload, turnId: string): TurnEvent | null {
	const info = isPayload(payload.info) ? payload.info : null;
	if (!info || !isPayload(info.total_token_usage) || !isPayload(info.last_token_usage)) return null;
	const window = info.model_context_window;
	return {
		type: 'tokenUsage',
		turnId,
		total: usageOf(info.total_token_usage),
		last: usageOf(info.last_token_usage),
		contextWindow: count(window),
	};
}

function usageOf(record: Payload) {
	const tokens = (value: unknown) => count(value) ?? 0;
	return {
		inputTokens: tokens(record.input_tokens),
		cachedInputTokens: tokens(record.cached_input_tokens),
		...(tokens(record.cache_write_input_tokens) > 0 ? { cacheWriteInputTokens: tokens(record.cache_write_input_tokens) } : {}),
		outputTokens: tokens(record.output_tokens),
		reasoningOutputTokens: tokens(record.reasoning_output_tokens),
		totalTokens: tokens(record.total_tokens),
	};
}

const FAILURE_KINDS: readonly TurnFailure['kind'][] = [
	'contextWindowExceeded',
	'usageLimitExceeded',
	'serverOverloaded',
	'cyberPolicy',
	'httpConnectionFailed',
	'responseStreamConnectionFailed',
	'responseStreamDisconnected',
	'responseTooManyFailedAttempts',
	'internalServerError',
	'unauthorized',
	'badRequest',
	'sandboxError',
	'other',
];

function failureFromRecord(payload: Readonly<Record<string, unknown>>): TurnFailure {
	const ours = isPayload(payload.tiller_error) ? payload.tiller_error : {};
	return {
		message: readL10n(ours.l10n) ?? (typeof payload.message === 'string' ? payload.message : 'unknown error'),
		kind: FAILURE_KINDS.find((kind) => kind === ours.kind) ?? 'other',
		httpStatusCode: httpStatus(ours.http_status_code),
		details: readL10n(ours.details_l10n) ?? (typeof ours.details === 'string' ? ours.details : null),
	};
}

/** The model-visible history of a rollout: its items, from the last compaction on. Takes live records only. */
export function historyOf(lines: readonly RolloutLine[]): ResponseItem[] {
	let history: ResponseItem[] = [];
	for (const line of lines) {
		if (line.type === 'response_item') {
			const item = fromWire(line.payload);
			if (item) history.push(item);
		} else if (line.type === 'compacted' && Array.isArray(line.payload.replacement_history)) {
			history = line.payload.replacement_history
				.map((item) => fromWire(item))
				.filter((item) => item !== null)
				.filter((item) => !isContext(item));
		}
	}
	return history;
}

/** What the server told the model of settings and surroundings: after a compaction it tells that anew (S126). */
function isContext(item: ResponseItem): boolean {
	if (item.type !== 'message') return false;
	const [first] = item.content;
	return item.role === 'developer' || (item.role === 'user' && first?.type === 'input_text' && isContextText(first.text) && !isSummary(first.text));
}
