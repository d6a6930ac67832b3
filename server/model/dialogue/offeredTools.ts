import { createHash } from 'node:crypto';
import type { FunctionToolSpec, ToolSpec } from '../../items/modelInfo.ts';
import type { JsonRecord } from '../http/jsonRecord.ts';

/** A tool as APIs that know nothing but functions have it. */
export interface OfferedFunction {
	readonly name: string;
	readonly description: string;
	readonly parameters: JsonRecord;
}

/** What a call of a function means to us. */
export type OfferedTool =
	| { readonly type: 'function'; readonly name: string; readonly namespace?: string }
	/** Takes free text: its calls come as `{"input": text}`. */
	| { readonly type: 'custom'; readonly name: string };

export interface OfferedTools {
	readonly functions: readonly OfferedFunction[];
	readonly byName: ReadonlyMap<string, OfferedTool>;
}

/** The tools of a request as functions. One that the provider runs itself does not exist here. */
export function offeredTools(specs: readonly ToolSpec[]): OfferedTools {
	const functions: OfferedFunction[] = [];
	const byName = new Map<string, OfferedTool>();
	const add = (tool: OfferedTool, { description, parameters }: Pick<OfferedFunction, 'description' | 'parameters'>) => {
		const name = functionName(tool.name, tool.type === 'function' ? tool.namespace : undefined);
		if (byName.has(name)) return;
		byName.set(name, tool);
		functions.push({ name, description, parameters });
	};
	const ofFunction = ({ description, parameters }: FunctionToolSpec) => ({ description, parameters: parameters as JsonRecord });
	for (const spec of specs) {
		if (spec.type === 'function') add({ type: 'function', name: spec.name }, ofFunction(spec));
		else if (spec.type === 'namespace')
			for (const tool of spec.tools) add({ type: 'function', name: tool.name, namespace: spec.name }, ofFunction(tool));
		else if (spec.type === 'custom') {
			const grammar = `The text has to follow this ${spec.format.syntax} grammar:\n${spec.format.definition}`;
			add({ type: 'custom', name: spec.name }, { description: `${spec.description}\n${grammar}`, parameters: FREE_TEXT });
		}
	}
	return { functions, byName };
}

const FREE_TEXT: JsonRecord = {
	type: 'object',
	properties: { input: { type: 'string', description: 'The whole text, line breaks included.' } },
	required: ['input'],
	additionalProperties: false,
};

/** The one name of a tool: of the letters that all servers take, at most 64 of them, and another one for each tool. */
export function functionName(name: string, namespace: string | undefined): string {
	const whole = namespace === undefined ? name : `${namespace}${namespace.endsWith('__') ? '' : '__'}${name}`;
	const plain = whole.replace(/[^A-Za-z0-9_-]/g, '_');
	if (plain === whole && whole.length <= 64) return whole;
	return `${plain.slice(0, 55)}_${createHash('sha256').update(whole).digest('hex').slice(0, 8)}`;
}
