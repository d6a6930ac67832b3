import type { DynamicToolSpec } from '../store/dynamicToolSpec.ts';
import { checkInputSchema } from './inputSchema.ts';

const NAME = /^[a-zA-Z0-9_-]+$/;
const MAX_NAME = 128;
const MAX_NAMESPACE = 64;
/** Namespaces that providers keep for themselves. */
const PROVIDER_NAMESPACES = new Set([
	'browser',
	'computer',
	'container',
	'file_search',
	'functions',
	'image_gen',
	'multi_tool_use',
	'python',
	'terminal',
	'tool_search',
	'web',
]);

const isMcp = (name: string) => name === 'mcp' || name.startsWith('mcp__');

/** Why these tools of a client cannot be offered to a model, for its programmer; null when they can. */
export function refusedDynamicTools(tools: readonly DynamicToolSpec[]): string | null {
	const seen = new Set<string>();
	for (const tool of tools) {
		const problem = nameProblem(tool.name) ?? namespaceProblem(tool) ?? schemaProblem(tool);
		if (problem !== null) return problem;
		const key = JSON.stringify([tool.namespace ?? null, tool.name]);
		if (seen.has(key)) {
			return tool.namespace === undefined
				? `duplicate dynamic tool name: ${tool.name}`
				: `duplicate dynamic tool name in namespace ${tool.namespace}: ${tool.name}`;
		}
		seen.add(key);
	}
	return null;
}

function nameProblem(name: string): string | null {
	if (name === '') return 'dynamic tool name must not be empty';
	if (name !== name.trim()) return `dynamic tool name has leading/trailing whitespace: ${name}`;
	if (!NAME.test(name)) return `dynamic tool name must match ${NAME.source} to match Responses API: ${name}`;
	if (name.length > MAX_NAME) return `dynamic tool name must be at most ${MAX_NAME} characters to match Responses API: ${name}`;
	return isMcp(name) ? `dynamic tool name is reserved: ${name}` : null;
}

function namespaceProblem({ name, namespace, deferLoading }: DynamicToolSpec): string | null {
	if (namespace === undefined) return deferLoading ? `deferred dynamic tool must include a namespace: ${name}` : null;
	if (namespace === '') return `dynamic tool namespace must not be empty for ${name}`;
	if (namespace !== namespace.trim()) return `dynamic tool namespace has leading/trailing whitespace for ${name}: ${namespace.trim()}`;
	if (!NAME.test(namespace)) return `dynamic tool namespace must match ${NAME.source} to match Responses API: ${namespace}`;
	if (namespace.length > MAX_NAMESPACE) {
		return `dynamic tool namespace must be at most ${MAX_NAMESPACE} characters to match Responses API: ${namespace}`;
	}
	if (isMcp(namespace)) return `dynamic tool namespace is reserved for ${name}: ${namespace}`;
	return PROVIDER_NAMESPACES.has(namespace)
		? `dynamic tool namespace collides with a reserved Responses API namespace for ${name}: ${namespace}`
		: null;
}

function schemaProblem(tool: DynamicToolSpec): string | null {
	const checked = checkInputSchema(tool.inputSchema);
	return checked.ok ? null : `dynamic tool input schema is not supported for ${tool.name}: ${checked.message}`;
}
