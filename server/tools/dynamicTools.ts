import type { FunctionToolSpec } from '../items/modelInfo.ts';
import type { ToolOutputBody } from '../items/responseItem.ts';
import type { DynamicToolSpec } from '../store/dynamicToolSpec.ts';
import type { DynamicToolCallItem, ToolContentItem } from '../items/item.ts';
import { checkInputSchema } from './inputSchema.ts';
import type { ClientToolResult } from '../items/clientTools.ts';
import type { Tool, ToolContext, ToolOutcome } from './tool.ts';

/** The tools that the client of a thread implements. The deferred ones are called like the others, but a model has to search for them. */
export function dynamicTools(specs: readonly DynamicToolSpec[]): readonly Tool[] {
	return specs.map(dynamicTool);
}

/** As a model sees it; null when its schema, which came from an old record, cannot be used. */
export function dynamicToolSpec(spec: DynamicToolSpec): FunctionToolSpec | null {
	const checked = checkInputSchema(spec.inputSchema);
	if (!checked.ok) return null;
	return { type: 'function', name: spec.name, description: spec.description, strict: false, parameters: checked.schema };
}

function dynamicTool(spec: DynamicToolSpec): Tool {
	return {
		name: spec.name,
		...(spec.namespace === undefined ? {} : { namespace: spec.namespace }),
		...(spec.namespaceDescription === undefined ? {} : { namespaceDescription: spec.namespaceDescription }),
		parallel: true,
		spec: () => (spec.deferLoading ? null : dynamicToolSpec(spec)),
		async run(call, context): Promise<ToolOutcome> {
			const args = parse(call.input);
			if (args === undefined) return { output: `failed to parse the arguments of ${spec.name}: they are not JSON`, success: false };
			const begun = Date.now();
			const clock = performance.now();
			const item: DynamicToolCallItem = {
				type: 'dynamicToolCall',
				id: call.callId,
				namespace: spec.namespace ?? null,
				tool: spec.name,
				arguments: args,
				status: 'inProgress',
				contentItems: null,
				success: null,
				durationMs: null,
			};
			context.emit({ type: 'itemStarted', turnId: context.turnId, at: begun, item });
			const result = await context.clientTools.callTool({ itemId: call.callId, namespace: item.namespace, tool: item.tool, arguments: args });
			const { contentItems, success } = contentOf(result);
			complete(context, {
				...item,
				status: success ? 'completed' : 'failed',
				contentItems,
				success,
				durationMs: Math.round(performance.now() - clock),
			});
			return { output: outputOf(contentItems), success };
		},
	};
}

function complete(context: ToolContext, item: DynamicToolCallItem): void {
	context.emit({ type: 'itemCompleted', turnId: context.turnId, at: Date.now(), item });
}

function parse(text: string): unknown {
	if (text.trim() === '') return {};
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

function contentOf(result: ClientToolResult): { readonly contentItems: readonly ToolContentItem[]; readonly success: boolean } {
	switch (result.type) {
		case 'result':
			return result;
		case 'failed':
			return { contentItems: [{ type: 'inputText', text: result.message }], success: false };
		case 'cancel':
			return { contentItems: [{ type: 'inputText', text: 'aborted' }], success: false };
		default:
			return result satisfies never;
	}
}

/** A single text goes as text; anything else as parts. */
function outputOf(contentItems: readonly ToolContentItem[]): ToolOutputBody {
	const [first, ...others] = contentItems;
	if (first === undefined) return '';
	if (first.type === 'inputText' && others.length === 0) return first.text;
	return contentItems.map((part) =>
		part.type === 'inputText' ? { type: 'input_text', text: part.text } : { type: 'input_image', image_url: part.imageUrl, detail: 'high' },
	);
}
