import type { ModelRequest } from '../model.ts';
import type { ToolSpec } from '../../items/modelInfo.ts';
import type { Provider } from '../provider.ts';
import type { ResponseItem } from '../../items/responseItem.ts';
import { toWire } from './responseItemWire.ts';

/**
 * The body of `POST /responses`. Nothing is stored by the provider, so the whole conversation goes along each time. Azure is the exception:
 * it takes back what a model thought only from responses that it has stored, and finds the items by their ids.
 */
export function requestBody(request: ModelRequest, provider: Pick<Provider, 'isAzure'>): Readonly<Record<string, unknown>> {
	const { reasoning, verbosity, outputSchema, serviceTier } = request;
	const hasSchema = outputSchema !== null && outputSchema !== undefined;
	return {
		model: request.model,
		instructions: request.instructions,
		input: request.input.filter(isReadable).map((item) => (provider.isAzure ? storedItem(item) : requestItem(item))),
		tools: request.tools.map(tool),
		tool_choice: 'auto',
		parallel_tool_calls: request.parallelToolCalls,
		...(reasoning ? { reasoning } : {}),
		store: provider.isAzure,
		stream: true,
		// What the model thought, sealed, so that it can be sent back with the next request.
		include: reasoning ? ['reasoning.encrypted_content'] : [],
		...(serviceTier === null ? {} : { service_tier: serviceTier === 'fast' ? 'priority' : serviceTier }),
		prompt_cache_key: request.threadId,
		...(verbosity || hasSchema
			? {
					text: {
						...(verbosity ? { verbosity } : {}),
						...(hasSchema ? { format: { type: 'json_schema', name: 'codex_output_schema', strict: true, schema: outputSchema } } : {}),
					},
				}
			: {}),
	};
}

/** The body of `POST /responses/compact`: the conversation and what it was made with. */
export function compactBody(request: ModelRequest, provider: Pick<Provider, 'isAzure'>): Readonly<Record<string, unknown>> {
	const { tool_choice: _choice, store: _store, stream: _stream, include: _include, ...body } = requestBody(request, provider);
	return body;
}

/**
 * An item as the provider takes it back. Ids name things that the provider did not store, it would look for them in vain. Plain
 * reasoning text is output only.
 */
export function requestItem(item: ResponseItem): Readonly<Record<string, unknown>> {
	switch (item.type) {
		case 'opaque':
		case 'function_call_output':
		case 'custom_tool_call_output':
		case 'tool_search_output':
			return toWire(item);
		case 'reasoning':
			return { type: 'reasoning', summary: item.summary, encrypted_content: item.encrypted_content ?? null };
		case 'message':
		case 'function_call':
		case 'custom_tool_call':
		case 'web_search_call':
		case 'tool_search_call': {
			const { id: _, provider_state: _state, ...rest } = { provider_state: null, ...item };
			return rest;
		}
	}
}

/** Thoughts that another API gave are nothing to this one. */
function isReadable(item: ResponseItem): boolean {
	return item.type !== 'reasoning' || item.provider_state === undefined;
}

function storedItem(item: ResponseItem): Readonly<Record<string, unknown>> {
	return 'id' in item && item.id !== undefined && item.id !== '' ? { ...requestItem(item), id: item.id } : requestItem(item);
}

function tool(spec: ToolSpec): Readonly<Record<string, unknown>> {
	return spec.type === 'hosted' ? spec.raw : { ...spec };
}
