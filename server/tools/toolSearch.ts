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
	readonly namespaceDescription: string | undefined;
	readonly spec: FunctionToolSpec;
}

function deferredOf(specs: readonly DynamicToolSpec[]): readonly Deferred[] {
	return specs.flatMap((tool): Deferred[] => {
		const spec = tool.deferLoading && tool.namespace !== undefined ? dynamicToolSpec(tool) : null;
		return spec === null || tool.namespace === undefined
			? []
			: [{ namespace: tool.namespace, namespaceDescription: tool.namespaceDescription, spec: { ...spec, defer_loading: true } }];
	});
}

/** Finds the tools of a thread that were not offered at once. Null when there are none. */
export function toolSearch(specs: readonly DynamicToolSpec[]): Tool | null {
	const deferred = deferredOf(specs);
	if (deferred.length === 0) return null;
	const index = new WordIndex(deferred.map(textOf));
	return {
		name: 'tool_search',
		parallel: true,
		spec: () => ({
			type: 'hosted',
			name: 'tool_search',
			raw: {
				type: 'tool_search',
				execution: 'client',
				description: descriptionOf(deferred),
				parameters: PARAMETERS,
			},
		}),
		run(call) {
			const found = search(index, deferred, call.input);
			if (typeof found === 'string') return Promise.resolve({ output: found, success: false });
			return Promise.resolve({ output: found.map(({ spec }) => spec.name).join('\n'), success: true, found: grouped(found) });
		},
	};
}

/** A tool that a search has found. */
export interface FoundTool {
	readonly namespace: string;
	readonly name: string;
}

/** The same as a function of its own, for providers whose models have no search: `found` offers what was found from the next request on. */
export function toolFinder(specs: readonly DynamicToolSpec[], found: (tools: readonly FoundTool[]) => void): Tool | null {
	const deferred = deferredOf(specs);
	if (deferred.length === 0) return null;
	const index = new WordIndex(deferred.map(textOf));
	return {
		name: 'find_tools',
		parallel: true,
		spec: () => ({ type: 'function', name: 'find_tools', description: descriptionOf(deferred), strict: false, parameters: PARAMETERS }),
		run(call) {
			const hits = search(index, deferred, call.input);
			if (typeof hits === 'string') return Promise.resolve({ output: hits, success: false });
			found(hits.map(({ namespace, spec }) => ({ namespace, name: spec.name })));
			const lines = hits.map(({ namespace, spec }) => `- ${namespace}${spec.name}: ${(spec.description.split('\n')[0] ?? '').slice(0, 200)}`);
			const output = hits.length === 0 ? 'No tool fits these words. Try others.' : ['These can be called from now on:', ...lines].join('\n');
			return Promise.resolve({ output, success: true });
		},
	};
}

function descriptionOf(deferred: readonly Deferred[]): string {
	const namespaces = [...new Set(deferred.map((each) => each.namespace))];
	return `Finds further tools by words about what they do; those found can be called from the next step on. There are ${deferred.length} in these namespaces: ${namespaces.join(', ')}. Search before you say that something cannot be done.`;
}

const PARAMETERS = {
	type: 'object',
	properties: {
		query: { type: 'string', description: 'What the tool should do, in a few words.' },
		limit: { type: 'number', description: `How many tools to return at most; ${DEFAULT_LIMIT} if left out.` },
	},
	required: ['query'],
	additionalProperties: false,
};

/** The best match first; a text says what is wrong with the call. */
function search(index: WordIndex, deferred: readonly Deferred[], input: string): readonly Deferred[] | string {
	const parsed = parseArguments(input, readArguments);
	if (!parsed.ok) return parsed.message;
	const limit = Math.min(Math.max(Math.floor(parsed.value.limit ?? DEFAULT_LIMIT), 1), MAX_LIMIT);
	return index.search(parsed.value.query, limit).flatMap((position) => deferred[position] ?? []);
}

function textOf({ namespace, namespaceDescription = '', spec }: Deferred): string {
	const { properties } = spec.parameters;
	const parameters = typeof properties === 'object' && properties !== null ? JSON.stringify(properties) : '';
	// The name says most: it counts twice.
	return `${namespace} ${namespaceDescription} ${spec.name} ${spec.name} ${spec.description} ${parameters}`;
}

/** By namespace, the best match first. */
function grouped(found: readonly Deferred[]): readonly ToolSpec[] {
	const groups = Map.groupBy(found, ({ namespace }) => namespace);
	return [...groups].map(([namespace, tools]) =>
		inNamespace(
			namespace,
			tools.map(({ spec }) => spec),
			tools[0]?.namespaceDescription,
		),
	);
}
