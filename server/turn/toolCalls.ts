import type { CustomToolCallItem, FunctionCallItem, OpaqueItem, ResponseItem, ToolSearchCallItem } from '../items/responseItem.ts';
import { callIdOf, isLocalShellCall } from '../model/history/pairCalls.ts';
import type { Tool, ToolCall, ToolContext, ToolOutcome, ToolWatch } from '../tools/tool.ts';
import type { GuardedCall } from '../items/guard.ts';
import type { Guards } from './guards.ts';
import { toolKey } from '../tools/toolSet.ts';
import { l10n } from '../words/l10n.ts';

type CallItem = FunctionCallItem | CustomToolCallItem | ToolSearchCallItem | OpaqueItem;

/** A call and the item that answers it. */
export interface ToolResult {
	readonly call: CallItem;
	readonly output: ResponseItem;
}

/**
 * The tool calls of one response. A call starts as soon as the model has finished it; parallel tools overlap, any other waits for
 * all before it. Results come back in the order of the calls.
 */
export class ToolCalls {
	/** Those of the request whose answer comes in. */
	#tools: ReadonlyMap<string, Tool> = new Map();
	/** All that any request of the turn offered. */
	readonly #offered = new Set<Tool>();
	readonly #context: ToolContext;
	readonly #guards: Guards | null;
	readonly #watch: ToolWatch | null;
	/** Calls that run and that guards look at, by id. */
	readonly #guarded = new Map<string, GuardedCall>();
	#running: { readonly item: CallItem; readonly outcome: Promise<ToolOutcome> }[] = [];
	#exclusive: Promise<unknown> = Promise.resolve();
	readonly #seen = new Set<string>();
	readonly #previews = new Map<string, { readonly callId: string; readonly key: string; input: string }>();

	/** `approver` of the context: before whom the guards are asked. */
	constructor(context: ToolContext, guards: Guards | null = null, watch: ToolWatch | null = null) {
		this.#guards = guards;
		this.#watch = watch;
		this.#context = guards ? { ...context, approver: guards.before(context.approver, (itemId) => this.#guarded.get(itemId) ?? null) } : context;
	}

	/** The tools that the next request offers: what comes back is called with these. */
	offer(tools: ReadonlyMap<string, Tool>): void {
		this.#tools = tools;
		for (const tool of tools.values()) this.#offered.add(tool);
	}

	/** The model began to write a call. */
	announce(item: ResponseItem): void {
		if (!isCall(item) || item.type === 'opaque') return;
		this.#previews.set(item.id ?? item.call_id, { callId: item.call_id, key: keyOf(item), input: '' });
	}

	inputDelta(event: { readonly itemId: string; readonly callId: string | null; readonly delta: string }): void {
		const preview = this.#previews.get(event.itemId) ?? (event.callId === null ? undefined : this.#previews.get(event.callId));
		if (!preview) return;
		preview.input += event.delta;
		this.#tools.get(preview.key)?.preview?.({ callId: preview.callId, inputSoFar: preview.input }, this.#context);
	}

	/** Starts a finished call; ignores every other item, and a call that was started already. */
	start(item: ResponseItem): void {
		const call = isCall(item) ? toCall(item) : null;
		if (!isCall(item) || !call || this.#seen.has(call.callId)) return;
		this.#seen.add(call.callId);
		const tool = this.#tools.get(keyOf(item));
		if (!tool) {
			const name = `${call.namespace ?? ''}${call.name}`;
			const output = item.type === 'custom_tool_call' ? `unsupported custom tool call: ${name}` : `unsupported call: ${name}`;
			this.#running.push({ item, outcome: Promise.resolve({ output, success: false }) });
			return;
		}
		const before = tool.parallel ? this.#exclusive : Promise.all([this.#exclusive, ...this.#running.map((each) => each.outcome)]);
		const outcome = before.then(() => this.#watched(tool, call));
		if (!tool.parallel) this.#exclusive = outcome;
		this.#running.push({ item, outcome });
	}

	/** Waits for every call and returns the outputs for the model, in the order of the calls. */
	async settle(): Promise<ToolResult[]> {
		const running = this.#running;
		this.#running = [];
		this.#previews.clear();
		const results: ToolResult[] = [];
		for (const { item, outcome } of running) results.push({ call: item, output: toOutput(item, await outcome) });
		return results;
	}

	/** Called once, after the last `settle`: lets every tool complete what it left open. */
	async end(): Promise<void> {
		for (const tool of this.#offered) await tool.endTurn?.(this.#context);
	}

	async #watched(tool: Tool, call: ToolCall): Promise<ToolOutcome> {
		const watch = this.#watch?.(call, { threadId: this.#context.threadId, isGuarded: tool.guarded !== undefined }) ?? null;
		if (watch === null) return this.#run(tool, call);
		const outcome = await watch.run(() => this.#run(tool, call));
		watch.ended(outcome);
		return outcome;
	}

	async #run(tool: Tool, call: ToolCall): Promise<ToolOutcome> {
		if (this.#context.signal.aborted) return { output: 'aborted', success: false };
		try {
			const { callId } = call;
			const guarded = this.#guards ? (tool.guarded?.(call) ?? null) : null;
			return await (this.#guards && guarded
				? this.#runGuarded(tool, call, { guards: this.#guards, guarded: { ...guarded, callId } })
				: tool.run(call, this.#context));
		} catch (error) {
			// A tool must not throw; when one does, the model hears of it and the turn goes on.
			const message = error instanceof Error ? error.message : String(error);
			this.#context.emit({ type: 'warning', message: l10n`The tool ${tool.name} failed unexpectedly: ${message}` });
			return { output: `${tool.name} failed: ${message}`, success: false };
		}
	}

	async #runGuarded(tool: Tool, call: ToolCall, { guards, guarded }: { guards: Guards; guarded: GuardedCall }): Promise<ToolOutcome> {
		const { signal } = this.#context;
		const instead = await guards.beforeTool(guarded);
		if (signal.aborted) return { output: 'aborted', success: false };
		if (instead !== null) return { output: instead, success: false };
		this.#guarded.set(call.callId, guarded);
		const outcome = await tool.run(call, this.#context);
		this.#guarded.delete(call.callId);
		if (outcome.response === undefined || signal.aborted) return outcome;
		const output = await guards.afterTool({ ...guarded, response: outcome.response });
		return output === null ? outcome : { ...outcome, output };
	}
}

function isCall(item: ResponseItem): item is CallItem {
	if (item.type === 'opaque') return isLocalShellCall(item);
	return item.type === 'function_call' || item.type === 'custom_tool_call' || item.type === 'tool_search_call';
}

function keyOf(item: CallItem): string {
	if (item.type === 'opaque') return LOCAL_SHELL;
	if (item.type === 'tool_search_call') return 'tool_search';
	const namespace = item.type === 'function_call' ? (item.namespace ?? null) : null;
	return toolKey(namespace, namespace === null && item.name === 'container.exec' ? 'shell' : item.name);
}

/** A tool of the provider's own definition, which the caller runs. */
const LOCAL_SHELL = 'local_shell';

/** Null for one that nobody could answer. */
function toCall(item: CallItem): ToolCall | null {
	const callId = callIdOf(item);
	if (callId === null) return null;
	switch (item.type) {
		case 'opaque':
			return { callId, name: LOCAL_SHELL, namespace: null, kind: 'function', input: JSON.stringify(item.raw.action ?? {}) };
		case 'function_call':
			return { callId, name: item.name, namespace: item.namespace ?? null, kind: 'function', input: item.arguments };
		case 'custom_tool_call':
			return { callId, name: item.name, namespace: null, kind: 'custom', input: item.input };
		case 'tool_search_call':
			return { callId, name: 'tool_search', namespace: null, kind: 'search', input: JSON.stringify(item.arguments ?? {}) };
		default:
			return item satisfies never;
	}
}

function toOutput(item: CallItem, { output, found }: ToolOutcome): ResponseItem {
	const call_id = callIdOf(item) ?? '';
	if (item.type === 'tool_search_call') return { type: 'tool_search_output', call_id, status: 'completed', execution: 'client', tools: found ?? [] };
	return { type: item.type === 'custom_tool_call' ? 'custom_tool_call_output' : 'function_call_output', call_id, output };
}
