import type { CustomToolCallItem, FunctionCallItem, ResponseItem, ToolOutputBody } from '../model/responseItem.ts';
import type { Tool, ToolCall, ToolContext, ToolOutcome } from '../tools/tool.ts';

type CallItem = FunctionCallItem | CustomToolCallItem;

/**
 * The tool calls of one response. A call starts as soon as the model has finished it; parallel tools overlap, any other waits for
 * all before it. Results come back in the order of the calls.
 */
export class ToolCalls {
	readonly #tools: ReadonlyMap<string, Tool>;
	readonly #context: ToolContext;
	#running: { readonly item: CallItem; readonly outcome: Promise<ToolOutcome> }[] = [];
	#exclusive: Promise<unknown> = Promise.resolve();
	readonly #seen = new Set<string>();
	readonly #previews = new Map<string, { readonly callId: string; readonly name: string; input: string }>();

	constructor(tools: ReadonlyMap<string, Tool>, context: ToolContext) {
		this.#tools = tools;
		this.#context = context;
	}

	/** The model began to write a call. */
	announce(item: ResponseItem): void {
		if (isCall(item)) this.#previews.set(item.id ?? item.call_id, { callId: item.call_id, name: item.name, input: '' });
	}

	inputDelta(event: { readonly itemId: string; readonly callId: string | null; readonly delta: string }): void {
		const preview = this.#previews.get(event.itemId) ?? (event.callId === null ? undefined : this.#previews.get(event.callId));
		if (!preview) return;
		preview.input += event.delta;
		this.#tools.get(preview.name)?.preview?.({ callId: preview.callId, inputSoFar: preview.input }, this.#context);
	}

	/** Starts a finished call; ignores every other item, and a call that was started already. */
	start(item: ResponseItem): void {
		if (!isCall(item) || this.#seen.has(item.call_id)) return;
		this.#seen.add(item.call_id);
		const call: ToolCall =
			item.type === 'function_call'
				? { callId: item.call_id, name: item.name, kind: 'function', input: item.arguments }
				: { callId: item.call_id, name: item.name, kind: 'custom', input: item.input };
		const tool = this.#tools.get(item.name);
		if (!tool) {
			const output = item.type === 'custom_tool_call' ? `unsupported custom tool call: ${item.name}` : `unsupported call: ${item.name}`;
			this.#running.push({ item, outcome: Promise.resolve({ output, success: false }) });
			return;
		}
		const before = tool.parallel ? this.#exclusive : Promise.all([this.#exclusive, ...this.#running.map((each) => each.outcome)]);
		const outcome = before.then(() => this.#run(tool, call));
		if (!tool.parallel) this.#exclusive = outcome;
		this.#running.push({ item, outcome });
	}

	/** Waits for every call and returns the outputs for the model, in the order of the calls. */
	async settle(): Promise<ResponseItem[]> {
		const running = this.#running;
		this.#running = [];
		this.#previews.clear();
		const outputs: ResponseItem[] = [];
		for (const { item, outcome } of running) outputs.push(toOutput(item, (await outcome).output));
		return outputs;
	}

	/** Called once, after the last `settle`: lets every tool complete what it left open. */
	async end(): Promise<void> {
		for (const tool of this.#tools.values()) await tool.endTurn?.(this.#context);
	}

	async #run(tool: Tool, call: ToolCall): Promise<ToolOutcome> {
		if (this.#context.signal.aborted) return { output: 'aborted', success: false };
		try {
			return await tool.run(call, this.#context);
		} catch (error) {
			// A tool must not throw; when one does, the model hears of it and the turn goes on.
			const message = error instanceof Error ? error.message : String(error);
			this.#context.emit({ type: 'warning', message: `The tool ${tool.name} failed unexpectedly: ${message}` });
			return { output: `${tool.name} failed: ${message}`, success: false };
		}
	}
}

function isCall(item: ResponseItem): item is CallItem {
	return item.type === 'function_call' || item.type === 'custom_tool_call';
}

function toOutput(item: CallItem, output: ToolOutputBody): ResponseItem {
	return item.type === 'function_call'
		? { type: 'function_call_output', call_id: item.call_id, output }
		: { type: 'custom_tool_call_output', call_id: item.call_id, output };
}
