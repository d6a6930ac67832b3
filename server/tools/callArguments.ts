import { type JsonNode, JsonTextError, parseLocatedJson } from './locatedJson.ts';

/** Turns a JSON value into what a tool wants; throws `JsonTextError` with what is wrong. */
export type Read<T> = (node: JsonNode) => T;

interface Field<T> {
	readonly read: Read<T>;
	/** What an argument that is not there stands for; undefined when it has to be there. */
	readonly absent?: { readonly value: T };
}

export type ParsedArguments<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string };

/** The arguments of a call, or what to tell the model. Members that the tool does not know are ignored. */
export function parseArguments<T>(text: string, read: Read<T>): ParsedArguments<T> {
	try {
		return { ok: true, value: read(parseLocatedJson(text)) };
	} catch (error) {
		if (!(error instanceof JsonTextError)) throw error;
		const before = text.slice(0, error.at);
		const line = before.split('\n').length;
		// Columns count bytes, so that they agree with what other programs say of the same text.
		const column = Buffer.byteLength(before.slice(before.lastIndexOf('\n') + 1));
		return { ok: false, message: `failed to parse function arguments: ${error.message} at line ${line} column ${column}` };
	}
}

export function object<const F extends Readonly<Record<string, Field<unknown>>>>(
	fields: F,
): Read<{ readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never }> {
	return (node) => {
		if (node.type !== 'object') throw wrongType(node, 'a map');
		const result: Record<string, unknown> = {};
		for (const [name, value] of node.members) {
			const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
			if (field !== undefined) result[name] = value.type === 'null' && field.absent ? field.absent.value : field.read(value);
		}
		for (const [name, { absent }] of Object.entries(fields)) {
			if (Object.hasOwn(result, name)) continue;
			if (absent === undefined) throw new JsonTextError(`missing field \`${name}\``, node.end);
			result[name] = absent.value;
		}
		return result as { readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never };
	};
}

export function required<T>(read: Read<T>): Field<T> {
	return { read };
}

/** Not there and `null` are the same. */
export function optional<T>(read: Read<T>): Field<T | null> {
	return { read, absent: { value: null } };
}

export const string: Read<string> = (node) => {
	if (node.type !== 'string') throw wrongType(node, 'a string');
	return node.value;
};

export const number: Read<number> = (node) => {
	if (node.type !== 'number') throw wrongType(node, 'a number');
	return node.value;
};

export const boolean: Read<boolean> = (node) => {
	if (node.type !== 'boolean') throw wrongType(node, 'a boolean');
	return node.value;
};

export function list<T>(read: Read<T>): Read<readonly T[]> {
	return (node) => {
		if (node.type !== 'array') throw wrongType(node, 'a sequence');
		return node.items.map(read);
	};
}

export function oneOf<const T extends string>(...names: readonly T[]): Read<T> {
	return (node) => {
		if (node.type !== 'string') throw wrongType(node, 'a string');
		const found = names.find((name) => name === node.value);
		if (found === undefined) {
			throw new JsonTextError(`unknown variant \`${node.value}\`, expected one of ${names.map((name) => `\`${name}\``).join(', ')}`, node.end);
		}
		return found;
	};
}

function wrongType(node: JsonNode, expected: string): JsonTextError {
	return new JsonTextError(
		`invalid type: ${describe(node)}, expected ${expected}`,
		node.type === 'array' || node.type === 'object' ? node.start + 1 : node.end,
	);
}

function describe(node: JsonNode): string {
	switch (node.type) {
		case 'string':
			return `string ${JSON.stringify(node.value)}`;
		case 'number':
			return Number.isInteger(node.value) && !/[.eE]/.test(node.text) ? `integer \`${node.text}\`` : `floating point \`${node.text}\``;
		case 'boolean':
			return `boolean \`${node.value}\``;
		case 'null':
			return 'null';
		case 'array':
			return 'sequence';
		case 'object':
			return 'map';
	}
}

/** The text of one string member of JSON that is still being written; '' before it begins. */
export function partialString(jsonSoFar: string, name: string): string {
	const start = new RegExp(`"${name}"\\s*:\\s*"`).exec(jsonSoFar);
	if (start === null) return '';
	const body = /^(?:[^"\\]|\\u[0-9a-fA-F]{4}|\\[^u])*/.exec(jsonSoFar.slice(start.index + start[0].length))?.[0] ?? '';
	try {
		return String(JSON.parse(`"${body.replace(/[\u0000-\u001f]/g, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`)}"`));
	} catch {
		return '';
	}
}
