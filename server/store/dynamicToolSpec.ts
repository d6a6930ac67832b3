/** A tool that the client of a thread implements, as the client declared it and as a rollout keeps it. */
export interface DynamicToolSpec {
	readonly namespace?: string;
	/** What the tools of the namespace have in common; the same for each of them. */
	readonly namespaceDescription?: string;
	readonly name: string;
	readonly description: string;
	/** JSON Schema of the arguments. */
	readonly inputSchema: unknown;
	/** Not offered at once: a model finds it by `tool_search`. */
	readonly deferLoading: boolean;
}

/** Tools of a `session_meta` line, as either generation writes them; what cannot be read is left out. */
export function dynamicToolsFromRecord(value: unknown): readonly DynamicToolSpec[] {
	if (!Array.isArray(value)) return [];
	return value.flatMap((tool: unknown) => {
		if (typeof tool !== 'object' || tool === null) return [];
		const { type, tools, namespace, namespaceDescription, name, description, inputSchema, deferLoading } = tool as Readonly<Record<string, unknown>>;
		if (typeof name !== 'string') return [];
		if (type === 'namespace') return dynamicToolsFromRecord(tools).map((each) => ({ ...each, ...namespaced(name, description) }));
		return [
			{
				...(typeof namespace === 'string' ? namespaced(namespace, namespaceDescription) : {}),
				name,
				description: typeof description === 'string' ? description : '',
				inputSchema,
				deferLoading: deferLoading === true,
			},
		];
	});
}

/** As newer programs write them: tools stand in their namespaces. */
export function pagedToolsRecord(tools: readonly DynamicToolSpec[]): readonly unknown[] {
	const plain = (tool: DynamicToolSpec) => {
		const { namespace: _, namespaceDescription: __, ...rest } = tool;
		return { type: 'function', ...rest };
	};
	const namespaces = [...new Set(tools.flatMap(({ namespace }) => namespace ?? []))];
	return [
		...tools.filter(({ namespace }) => namespace === undefined).map(plain),
		...namespaces.map((name) => {
			const members = tools.filter(({ namespace }) => namespace === name);
			return { type: 'namespace', name, description: members[0]?.namespaceDescription ?? '', tools: members.map(plain) };
		}),
	];
}

/** What a tool says of its namespace; a description without a word is none. */
export function namespaced(namespace: string, description: unknown): Pick<DynamicToolSpec, 'namespace' | 'namespaceDescription'> {
	return { namespace, ...(typeof description === 'string' && description.trim() !== '' ? { namespaceDescription: description } : {}) };
}
