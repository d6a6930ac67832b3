import type { FunctionToolSpec, ToolSpec } from '../items/modelInfo.ts';
import type { DynamicToolSpec } from '../store/dynamicToolSpec.ts';
import { number, object, optional, parseArguments, required, string } from './callArguments.ts';
import { dynamicToolSpec } from './dynamicTools.ts';
import type { Tool } from './tool.ts';
import { inNamespace } from './toolSet.ts';
import { WordIndex } from './wordIndex.ts';

const DEFAULT_LIMIT = 8;
const MAX_LIMIT = 50;

const readArguments = object({ query: required(string), limit: optional(number) });

interface Deferred {
	readonly namespace: string;
	readonly spec: FunctionToolSpec;
}

/** Finds the tools of a thread that were not offered at once. Null when there are none. */
export function toolSearch(specs: readonly DynamicToolSpec[]): Tool | null {
	const deferred = specs.flatMap((tool): Deferred[] => {
		const spec = tool.deferLoading && tool.namespace !== undefined ? dynamicToolSpec(tool) : null;
		return spec === null || tool.namespace === undefined ? [] : [{ namespace: tool.namespace, spec: { ...spec, defer_loading: true } }];
	});
	if (deferred.length === 0) return null;
	const index = new WordIndex(deferred.map(textOf));
	const namespaces = [...new Set(deferred.map((each) => each.namespace))];
	return {
		name: 'tool_search',
		parallel: true,
		spec: () => ({
			type: 'hosted',
			name: 'tool_search',
			raw: {
				type: 'tool_search',
				execution: 'client',
				description: `Finds further tools by words about what they do; those found can be called from the next step on. There are ${deferred.length} in these namespaces: ${namespaces.join(', ')}. Search before you say that something cannot be done.`,
				parameters: {
					type: 'object',
					properties: {
						query: { type: 'string', description: 'What the tool should do, in a few words.' },
						limit: { type: 'number', description: `How many tools to return at most; ${DEFAULT_LIMIT} if left out.` },
					},
					required: ['query'],
					additionalProperties: false,
				},
			},
		}),
		run(call) {
			const parsed = parseArguments(call.input, readArguments);
			if (!parsed.ok) return Promise.resolve({ output: parsed.message, success: false });
			const limit = Math.min(Math.max(Math.floor(parsed.value.limit ?? DEFAULT_LIMIT), 1), MAX_LIMIT);
			const found = index.search(parsed.value.query, limit).flatMap((position) => deferred[position] ?? []);
			return Promise.resolve({ output: found.map(({ spec }) => spec.name).join('\n'), success: true, found: grouped(found) });
		},
	};
}

function textOf({ namespace, spec }: Deferred): string {
	const { properties } = spec.parameters;
	const parameters = typeof properties === 'object' && properties !== null ? JSON.stringify(properties) : '';
	// The name says most: it counts twice.
	return `${namespace} ${spec.name} ${spec.name} ${spec.description} ${parameters}`;
}

/** By namespace, the best match first. */
function grouped(found: readonly Deferred[]): readonly ToolSpec[] {
	const groups = new Map<string, FunctionToolSpec[]>();
	for (const { namespace, spec } of found) groups.set(namespace, [...(groups.get(namespace) ?? []), spec]);
	return [...groups].map(([namespace, tools]) => inNamespace(namespace, tools));
}
