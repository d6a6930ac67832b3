/** What a server answered to a call, member for member: also what this version does not know goes to the client as it is. */
export interface McpCallResult {
	readonly content: readonly unknown[];
	readonly structuredContent?: unknown;
	readonly isError?: boolean;
	readonly _meta?: unknown;
}

/** Null when it is no result of a call. A result without content has an empty list. */
export function readCallResult(value: unknown): McpCallResult | null {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
	const record: Readonly<Record<string, unknown>> = { ...value };
	const content = record.content ?? [];
	if (!Array.isArray(content)) return null;
	return {
		content: content as readonly unknown[],
		...(record.structuredContent === undefined || record.structuredContent === null ? {} : { structuredContent: record.structuredContent }),
		...(typeof record.isError === 'boolean' ? { isError: record.isError } : {}),
		...(record._meta === undefined || record._meta === null ? {} : { _meta: record._meta }),
	};
}

/** A part of an answer as a model can take it. */
export type ModelPart =
	| { readonly type: 'text'; readonly text: string }
	| { readonly type: 'image' | 'audio'; readonly data: string; readonly mimeType: string };

/**
 * An answer for a model: one text, or parts when there is an image or a recording among them. An error keeps both what it says in words and what it
 * says as data.
 */
export function resultForModel(result: McpCallResult): string | readonly ModelPart[] {
	const { content, structuredContent, isError } = result;
	if (content.some((part) => mediumOf(part) !== null)) {
		const parts = content.map((part) => mediumOf(part) ?? { type: 'text' as const, text: textOf(part) ?? JSON.stringify(part) });
		return structuredContent === undefined ? parts : [{ type: 'text', text: JSON.stringify(structuredContent) }, ...parts];
	}
	if (structuredContent === undefined) return JSON.stringify(content);
	const data = JSON.stringify(structuredContent);
	return isError === true && content.length > 0 ? `${data}\n${JSON.stringify(content)}` : data;
}

function fieldsOf(part: unknown): Readonly<Record<string, unknown>> {
	return typeof part === 'object' && part !== null ? { ...part } : {};
}

function textOf(part: unknown): string | null {
	const { type, text } = fieldsOf(part);
	return type === 'text' && typeof text === 'string' ? text : null;
}

function mediumOf(part: unknown): Extract<ModelPart, { type: 'image' | 'audio' }> | null {
	const { type, data, mimeType } = fieldsOf(part);
	return (type === 'image' || type === 'audio') && typeof data === 'string' && typeof mimeType === 'string' ? { type, data, mimeType } : null;
}
