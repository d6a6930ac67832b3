import type { TurnEvent } from '../items/events.ts';
import type { Answer, Question } from '../items/question.ts';
import type { ThreadSettings } from '../items/threadSettings.ts';
import type { ModelClient, ModelEvent, ModelRequest } from '../model/model.ts';
import type { ThreadFacts } from '../thread/threadPorts.ts';
import type { Observer } from '../thread/threadObserver.ts';
import type { ToolCall, ToolOutcome, ToolWatch } from '../tools/tool.ts';
import type { Attributes, RemoteParent, Signals, Span } from './signals.ts';
import type { Telemetry } from './telemetry.ts';
import { EVENT_KINDS, type RequestWatch, UNWATCHED, usageAttributes, WatchedModel } from './watchedModel.ts';

export interface ThreadSignalsOptions {
	readonly telemetry: Telemetry;
	readonly version: string;
	/** `TERM_PROGRAM` and the like. */
	readonly terminal: string;
	readonly logsPrompts: () => boolean;
	/** As people know the provider. */
	readonly providerName: (id: string, settings: ThreadSettings) => string;
	readonly mcpServers: (settings: ThreadSettings) => readonly string[];
	/** Takes secrets out of what leaves. */
	readonly redact: (text: string) => string;
}

interface RunningTurn {
	readonly id: string;
	readonly span: Span | null;
	/** By `performance.now()`: the clock may be set while it runs. */
	readonly began: number;
	toolCalls: number;
	/** Whether the model has said the first thing. */
	hasBegun: boolean;
	/** Requests that failed since the last whole answer. */
	failures: number;
}

interface Watched {
	readonly common: Attributes;
	model: string;
	turn: RunningTurn | null;
	/** What a person said to a call, by its id. */
	readonly answers: Map<string, string>;
}

const REDACTED = '[REDACTED]';

/** What happens in threads, as events, numbers and spans. Everything here is empty when nothing is exported. */
export class ThreadSignals {
	readonly #options: ThreadSignalsOptions;
	readonly #threads = new Map<string, Watched>();

	constructor(options: ThreadSignalsOptions) {
		this.#options = options;
	}

	get threads(): readonly string[] {
		return [...this.#threads.keys()];
	}

	endThread(threadId: string): void {
		this.#threads.get(threadId)?.turn?.span?.end({ error: 'closed' });
		this.#threads.delete(threadId);
	}

	/** A thread was loaded. */
	began({ id, settings, originator }: ThreadFacts): void {
		const { telemetry, version, terminal, providerName, mcpServers } = this.#options;
		if (!telemetry.isOn) return;
		const common = { 'conversation.id': id, 'app.version': version, originator, 'terminal.type': terminal };
		const thread: Watched = { common, model: settings.model, turn: null, answers: new Map() };
		this.#threads.set(id, thread);
		const { signals } = telemetry;
		if (signals === null) return;
		this.#log(signals, thread, 'codex.conversation_starts', {
			provider_name: providerName(settings.provider, settings),
			reasoning_effort: settings.effort ?? 'default',
			reasoning_summary: settings.summary ?? 'auto',
			approval_policy: typeof settings.approvalPolicy === 'string' ? settings.approvalPolicy : 'granular',
			sandbox_policy: settings.sandbox.type.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
			mcp_servers: mcpServers(settings).join(', '),
		});
		signals.count('codex.thread.started', 1, { originator });
	}

	/** Makes what a thread needs, as a part of the request that it is loaded for. */
	loading<T>(threadId: string, make: () => T): T {
		const { telemetry } = this.#options;
		const span = telemetry.signals?.span('thread load', { kind: 'internal', parent: telemetry.active, attributes: { 'conversation.id': threadId } });
		try {
			return telemetry.within(span ?? null, make);
		} finally {
			span?.end();
		}
	}

	get observer(): Observer {
		return {
			phase: 'afterwards',
			attach: (threadId) => ({
				event: (event) => this.#heard(threadId, event),
				closed: (question, answer, by) => this.#answered(threadId, { question, answer, by }),
			}),
		};
	}

	/** The client as it is when nothing is exported. */
	watchModel(client: ModelClient, endpoint: string): ModelClient {
		const { telemetry } = this.#options;
		if (!telemetry.isOn) return client;
		return new WatchedModel(client, (request) => (telemetry.signals === null ? UNWATCHED : this.#request(telemetry.signals, request, endpoint)));
	}

	readonly toolWatch: ToolWatch = (call, { threadId, isGuarded }) => {
		const signals = this.#options.telemetry.signals;
		const thread = this.#threads.get(threadId);
		if (signals === null || thread === undefined) return null;
		const startedAt = Date.now();
		const began = performance.now();
		if (thread.turn) thread.turn.toolCalls++;
		const tool = call.namespace === null ? call.name : `${call.namespace}${call.name}`;
		const attributes = { ...thread.common, tool_name: tool, call_id: call.callId };
		const span = signals.span(`tool ${tool}`, { kind: 'internal', parent: this.#parentIn(thread), attributes, startedAt });
		return {
			run: (work) => this.#options.telemetry.within(span, work),
			ended: (outcome) => {
				span?.end({ error: outcome.success ? null : 'failed' });
				this.#toolEnded(signals, thread, { call, tool, outcome, durationMs: msSince(began), isGuarded });
			},
		};
	};

	#toolEnded(
		signals: Signals,
		thread: Watched,
		ended: {
			readonly call: ToolCall;
			readonly tool: string;
			readonly outcome: ToolOutcome;
			readonly durationMs: number;
			readonly isGuarded: boolean;
		},
	): void {
		const { call, tool, outcome, durationMs, isGuarded } = ended;
		const at = { tool_name: tool, call_id: call.callId };
		const answer = thread.answers.get(call.callId);
		thread.answers.delete(call.callId);
		// What a person was asked has been told of when they answered.
		if (isGuarded && answer === undefined) this.#log(signals, thread, 'codex.tool_decision', { ...at, decision: 'approved', source: 'Config' });
		const success = String(outcome.success);
		const length = typeof outcome.output === 'string' ? outcome.output.length : JSON.stringify(outcome.output).length;
		const more = { arguments: this.#options.redact(call.input), duration_ms: String(durationMs), success, output_length: String(length) };
		this.#log(signals, thread, 'codex.tool_result', { ...at, ...more });
		signals.count('codex.tool.call', 1, { success, tool });
		signals.measure('codex.tool.call.duration_ms', durationMs, { success, tool });
	}

	#answered(threadId: string, { question, answer, by }: { readonly question: Question; readonly answer: Answer; readonly by: string | null }): void {
		const signals = this.#options.telemetry.signals;
		const thread = this.#threads.get(threadId);
		const decision = decisionOf(answer);
		if (signals === null || thread === undefined || by === null || decision === null || !('itemId' in question.question)) return;
		const { itemId } = question.question;
		thread.answers.set(itemId, decision);
		this.#log(signals, thread, 'codex.tool_decision', { tool_name: question.kind, call_id: itemId, decision, source: 'User' });
	}

	#heard(threadId: string, event: TurnEvent): void {
		const signals = this.#options.telemetry.signals;
		const thread = this.#threads.get(threadId);
		if (signals === null || thread === undefined) return;
		switch (event.type) {
			case 'turnStarted':
				this.#turnStarted(signals, thread, event);
				break;
			case 'turnEnded':
				this.#turnEnded(signals, thread, event);
				break;
			case 'itemCompleted':
				if (event.item.type === 'userMessage')
					this.#said(signals, thread, event.item.content.map((part) => (part.type === 'text' ? part.text : '')).join(''));
				break;
			case 'tokenUsage':
				for (const [type, tokens] of Object.entries<number>({ ...event.last }))
					signals.measure('codex.turn.token_usage', tokens, { token_type: snake(type), model: thread.model });
				break;
			default:
		}
	}

	#turnStarted(signals: Signals, thread: Watched, { turnId, at }: { readonly turnId: string; readonly at: number }): void {
		const attributes = { ...thread.common, 'turn.id': turnId };
		const span = signals.span('turn', { kind: 'internal', parent: this.#options.telemetry.active, attributes, startedAt: at });
		thread.turn = { id: turnId, span, began: performance.now(), toolCalls: 0, hasBegun: false, failures: 0 };
		signals.count('codex.conversation.turn.count', 1, {});
	}

	#turnEnded(signals: Signals, thread: Watched, { durationMs, end }: Extract<TurnEvent, { type: 'turnEnded' }>): void {
		const { turn } = thread;
		const attributes = { model: thread.model, status: end.status };
		signals.measure('codex.turn.e2e_duration_ms', durationMs, attributes);
		signals.measure('codex.turn.tool.call', turn?.toolCalls ?? 0, attributes);
		turn?.span?.end({ error: end.status === 'failed' ? end.error.kind : null, attributes: { ...attributes, slug: thread.model } });
		thread.turn = null;
		thread.answers.clear();
	}

	#said(signals: Signals, thread: Watched, prompt: string): void {
		const text = this.#options.logsPrompts() ? this.#options.redact(prompt) : REDACTED;
		this.#log(signals, thread, 'codex.user_prompt', { prompt: text, prompt_length: String(Array.from(prompt).length) });
	}

	#request(signals: Signals, request: ModelRequest, endpoint: string): RequestWatch {
		const thread = this.#threads.get(request.threadId) ?? null;
		const turn = thread?.turn?.id === request.turnId ? thread.turn : null;
		if (thread !== null) thread.model = request.model;
		const startedAt = Date.now();
		const began = performance.now();
		let lastAt = began;
		let usage: Attributes = {};
		const attributes = { 'conversation.id': request.threadId, model: request.model, slug: request.model };
		const parent = thread === null ? this.#options.telemetry.active : this.#parentIn(thread);
		const span = signals.span('model request', { kind: 'client', parent, attributes, startedAt });
		const log = (name: string, more: Attributes) => {
			if (thread !== null) this.#log(signals, thread, name, more);
		};
		const streamed = (event: ModelEvent) => {
			const kind = EVENT_KINDS[event.type];
			if (kind === null) return;
			const now = performance.now();
			if (turn && !turn.hasBegun && event.type !== 'created') {
				turn.hasBegun = true;
				signals.measure('codex.turn.ttft.duration_ms', Math.round(now - turn.began), { model: request.model });
			}
			if (event.type === 'completed' && event.usage !== null) usage = usageAttributes(event.usage);
			log('codex.sse_event', { 'event.kind': kind, duration_ms: String(Math.round(now - lastAt)), ...(event.type === 'completed' ? usage : {}) });
			signals.count('codex.sse_event', 1, { kind, success: 'true' });
			lastAt = now;
		};
		return {
			span,
			answered: (status, error) => {
				const [durationMs, success] = [msSince(began), String(error === null)];
				const attempt = turn?.failures ?? 0;
				const answer = { ...(status === null ? {} : { 'http.response.status_code': status }), ...(error === null ? {} : { 'error.message': error }) };
				log('codex.api_request', { attempt, endpoint, duration_ms: String(durationMs), ...answer });
				const labels = { status: status === null ? 'none' : String(status), success };
				signals.count('codex.api_request', 1, labels);
				signals.measure('codex.api_request.duration_ms', durationMs, labels);
			},
			event: streamed,
			ended: (error) => {
				if (turn) turn.failures = error === null ? 0 : turn.failures + 1;
				span?.end({ error, attributes: usage });
			},
		};
	}

	#parentIn(thread: Watched): RemoteParent | null {
		return thread.turn?.span ?? this.#options.telemetry.active;
	}

	#log(signals: Signals, thread: Watched, name: string, attributes: Attributes): void {
		if (!signals.has.logs) return;
		const always = { 'event.name': name, 'event.timestamp': new Date().toISOString(), ...thread.common, model: thread.model, slug: thread.model };
		signals.log(name, { ...always, ...attributes });
	}
}

/** Null: it was no decision about a call. */
function decisionOf(answer: Answer): string | null {
	switch (answer.type) {
		case 'accept':
		case 'grant':
			return 'approved';
		case 'acceptForSession':
			return 'approved_for_session';
		case 'acceptForWorkspace':
			return 'approved_for_workspace';
		case 'acceptWithExecpolicyAmendment':
			return 'approved_execpolicy_amendment';
		case 'applyNetworkPolicyAmendment':
			return answer.action === 'allow' ? 'approved' : 'denied';
		case 'elicited':
			return answer.action === 'accept' ? 'approved' : 'denied';
		case 'decline':
			return 'denied';
		case 'cancel':
			return 'abort';
		default:
			return null;
	}
}

/** `inputTokens` -> `input`, as the names of the metric's labels go. */
function snake(name: string): string {
	return name.replace(/Tokens$/, '').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

const msSince = (began: number) => Math.round(performance.now() - began);
