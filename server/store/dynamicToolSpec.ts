/** A tool that the client of a thread implements, as the client declared it and as a rollout keeps it. */
export interface DynamicToolSpec {
	readonly namespace?: string;
	readonly name: string;
	readonly description: string;
	/** JSON Schema of the arguments. */
	readonly inputSchema: unknown;
	/** Not offered at once: a model finds it by `tool_search`. */
	readonly deferLoading: boolean;
}

/** Tools of a `session_meta` line; what cannot be read is left out. */
export function dynamicToolsFromRecord(value: unknown): readonly DynamicToolSpec[] {
	if (!Array.isArray(value)) return [];
	return value.flatMap((tool: unknown) => {
		if (typeof tool !== 'object' || tool === null) return [];
		const { namespace, name, description, inputSchema, deferLoading } = tool as Readonly<Record<string, unknown>>;
		if (typeof name !== 'string') return [];
		return [
			{
				...(typeof namespace === 'string' ? { namespace } : {}),
				name,
				description: typeof description === 'string' ? description : '',
				inputSchema,
				deferLoading: deferLoading === true,
			},
		];
	});
}
