import type { FunctionToolSpec, ToolSpec } from '../items/modelInfo.ts';
import type { TurnSettings } from '../items/settings.ts';
import type { Tool } from './tool.ts';

/** By which a call finds its tool: the same name in two namespaces is two tools. No name has a dot. */
export function toolKey(namespace: string | null, name: string): string {
	return namespace === null ? name : `${namespace}.${name}`;
}

/** By key. Of two tools with one key the first counts: nobody can put a tool in the place of one of ours. */
export function toolSet(tools: readonly Tool[]): ReadonlyMap<string, Tool> {
	const set = new Map<string, Tool>();
	for (const tool of tools) {
		const key = toolKey(tool.namespace ?? null, tool.name);
		if (!set.has(key)) set.set(key, tool);
	}
	return set;
}

/** The tools that a turn with these settings may use. A provider refuses a request with tools for a model that cannot call them. */
export function usableTools(tools: ReadonlyMap<string, Tool>, settings: TurnSettings): ReadonlyMap<string, Tool> {
	if (settings.model.supportsTools === false) return new Map();
	return settings.hasEnvironment ? tools : new Map([...tools].filter(([, tool]) => tool.needsEnvironment !== true));
}

/** What the model is offered: the tools of one namespace together, at the place of the first of them. */
export function toolSpecs(tools: ReadonlyMap<string, Tool>, settings: TurnSettings): readonly ToolSpec[] {
	const specs: ToolSpec[] = [];
	const namespaces = new Map<string, FunctionToolSpec[]>();
	for (const tool of tools.values()) {
		const spec = tool.spec(settings);
		if (spec === null) continue;
		if (tool.namespace === undefined || spec.type !== 'function') {
			specs.push(spec);
			continue;
		}
		const members = namespaces.get(tool.namespace);
		if (members) {
			members.push(spec);
			continue;
		}
		const first = [spec];
		namespaces.set(tool.namespace, first);
		specs.push(inNamespace(tool.namespace, first, tool.namespaceDescription));
	}
	return specs;
}

/** The same form for what is offered and for what a search found. */
export function inNamespace(namespace: string, tools: readonly FunctionToolSpec[], description = `Tools of ${namespace}.`): ToolSpec {
	return { type: 'namespace', name: namespace, description, tools };
}
