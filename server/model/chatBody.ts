import type { FunctionToolSpec, ToolSpec } from '../items/modelInfo.ts';
import type { ModelRequest } from './model.ts';
import type { ContentPart, ResponseItem, ToolOutputBody } from '../items/responseItem.ts';

type Json = Readonly<Record<string, unknown>>;

/** The member of a message in which a server spells out what a model thinks. */
export type ReasoningField = 'reasoning_content' | 'reasoning';

export interface ChatDialect {
	/** Known once the server has used it; some want it back while a model works through its tool calls. */
	readonly reasoningField: ReasoningField | null;
	readonly usage: boolean;
}

/** The body of `POST /chat/completions` (https://platform.openai.com/docs/api-reference/chat) that asks the same as a Responses request. */
export function chatBody(request: ModelRequest, dialect: ChatDialect): Json {
	const tools = request.tools.flatMap(chatTool);
	const effort = request.reasoning?.effort;
	return {
		model: request.model,
		messages: [{ role: 'system', content: request.instructions }, ...chatMessages(request.input, dialect.reasoningField)],
		stream: true,
		...(dialect.usage ? { stream_options: { include_usage: true } } : {}),
		...(tools.length > 0 ? { tools, tool_choice: 'auto', ...(request.parallelToolCalls ? { parallel_tool_calls: true } : {}) } : {}),
		...(effort === undefined ? {} : { reasoning_effort: effort }),
		...(request.outputSchema === null || request.outputSchema === undefined
			? {}
			: { response_format: { type: 'json_schema', json_schema: { name: 'codex_output_schema', strict: true, schema: request.outputSchema } } }),
	};
}

/** A tool with free text becomes a function with one text; a tool that the provider runs itself does not exist here. */
function chatTool(spec: ToolSpec): readonly Json[] {
	switch (spec.type) {
		case 'function':
			return [chatFunction(spec.name, spec)];
		case 'custom':
			return [
				{
					type: 'function',
					function: {
						name: spec.name,
						description: `${spec.description}\nThe text has to follow this ${spec.format.syntax} grammar:\n${spec.format.definition}`,
						parameters: {
							type: 'object',
							properties: { input: { type: 'string', description: 'The whole text, line breaks included.' } },
							required: ['input'],
							additionalProperties: false,
						},
					},
				},
			];
		case 'namespace':
			return spec.tools.map((tool) => chatFunction(chatName(tool.name, spec.name), tool));
		case 'hosted':
			return [];
		default:
			return spec satisfies never;
	}
}

function chatFunction(name: string, { description, parameters }: Pick<FunctionToolSpec, 'description' | 'parameters'>): Json {
	return { type: 'function', function: { name, description, parameters } };
}

/** The one name of a tool in a namespace. At most 64 characters, as servers want it. */
export function chatName(name: string, namespace: string | undefined): string {
	if (namespace === undefined) return name;
	return `${namespace}${namespace.endsWith('__') ? '' : '__'}${name}`.slice(0, 64);
}

/** What the model said in one go: text, thoughts and calls. */
interface Said {
	text: string;
	reasoning: string;
	readonly calls: Json[];
	readonly callIds: string[];
}

/**
 * The conversation as chat messages. The outputs of calls have to follow the message with the calls at once, so they are moved there;
 * pictures in an output come after them, as a user's message, since a tool's message holds text only.
 */
function chatMessages(items: readonly ResponseItem[], reasoningField: ReasoningField | null): readonly Json[] {
	const outputs = new Map(items.flatMap((item) => (isOutput(item) ? [[item.call_id, item.output] as const] : [])));
	const lastUser = items.findLastIndex((item) => item.type === 'message' && item.role === 'user');
	const messages: Json[] = [];
	let said: Said | null = null;
	const close = () => {
		if (said) messages.push(...saidMessages(said, outputs, reasoningField));
		said = null;
	};
	const open = (): Said => (said ??= { text: '', reasoning: '', calls: [], callIds: [] });
	for (const [index, item] of items.entries()) {
		switch (item.type) {
			case 'message':
				if (item.role === 'assistant') {
					const current = open();
					current.text += (current.text === '' ? '' : '\n\n') + plainText(item.content);
				} else {
					close();
					messages.push({ role: item.role === 'user' ? 'user' : 'system', content: chatContent(item.content) });
				}
				break;
			case 'reasoning':
				if (index > lastUser) open().reasoning += (item.content ?? []).map((part) => part.text).join('');
				break;
			case 'function_call':
				addCall(open(), item.call_id, { name: chatName(item.name, item.namespace), arguments: item.arguments });
				break;
			case 'custom_tool_call':
				addCall(open(), item.call_id, { name: item.name, arguments: JSON.stringify({ input: item.input }) });
				break;
			case 'function_call_output':
			case 'custom_tool_call_output':
				close();
				break;
			// Chat Completions has nothing like these.
			case 'tool_search_call':
			case 'tool_search_output':
			case 'web_search_call':
			case 'opaque':
				break;
			default:
				item satisfies never;
		}
	}
	close();
	return messages;
}

function addCall(said: Said, id: string, call: { readonly name: string; readonly arguments: string }): void {
	said.calls.push({ id, type: 'function', function: call });
	said.callIds.push(id);
}

function saidMessages(said: Said, outputs: ReadonlyMap<string, ToolOutputBody>, reasoningField: ReasoningField | null): readonly Json[] {
	const thoughts = reasoningField !== null && said.reasoning !== '' ? { [reasoningField]: said.reasoning } : {};
	if (said.calls.length === 0) return said.text === '' ? [] : [{ role: 'assistant', content: said.text, ...thoughts }];
	const given = said.callIds.map((id) => ({ id, output: outputs.get(id) ?? 'aborted' }));
	const pictures = given.flatMap(({ output }) => (typeof output === 'string' ? [] : output.filter((part) => part.type === 'input_image')));
	return [
		{ role: 'assistant', content: said.text === '' ? null : said.text, tool_calls: said.calls, ...thoughts },
		...given.map(({ id, output }) => ({ role: 'tool', tool_call_id: id, content: typeof output === 'string' ? output : outputText(output) })),
		...(pictures.length > 0
			? [{ role: 'user', content: chatContent([{ type: 'input_text', text: 'The pictures of the tool results:' }, ...pictures]) }]
			: []),
	];
}

function outputText(parts: readonly ContentPart[]): string {
	return plainText(parts) || 'The result is a picture; it follows.';
}

function plainText(parts: readonly ContentPart[]): string {
	return parts.flatMap((part) => (part.type === 'input_image' ? [] : [part.text])).join('\n');
}

function chatContent(parts: readonly ContentPart[]): unknown {
	if (parts.every((part) => part.type !== 'input_image')) return plainText(parts);
	return parts.map((part) =>
		part.type === 'input_image' ? { type: 'image_url', image_url: { url: part.image_url } } : { type: 'text', text: part.text },
	);
}

function isOutput(item: ResponseItem): item is Extract<ResponseItem, { type: 'function_call_output' | 'custom_tool_call_output' }> {
	return item.type === 'function_call_output' || item.type === 'custom_tool_call_output';
}
