/** JSON Schema as models take it: the subset of types, properties, items and enumerations. */
export type InputSchema = Readonly<Record<string, unknown>>;
export type CheckedSchema = { readonly ok: true; readonly schema: InputSchema } | { readonly ok: false; readonly message: string };

type Payload = Readonly<Record<string, unknown>>;
const isPayload = (value: unknown): value is Payload => typeof value === 'object' && value !== null && !Array.isArray(value);

const TYPES = ['string', 'number', 'boolean', 'integer', 'object', 'array', 'null'];
/** Deeper schemas are cut: what is below may be anything. */
const MAX_DEPTH = 32;

class SchemaError extends Error {}

/**
 * Checks and simplifies the schema of a tool's arguments, whoever declared the tool: a client, an MCP server, we. What models do not
 * take (limits, formats, patterns) is left out, a missing type is guessed; what makes no sense is refused with a message for people.
 */
export function checkInputSchema(value: unknown): CheckedSchema {
	try {
		if (!isPayload(value)) throw new SchemaError(Array.isArray(value) ? mismatch('a sequence') : expected(value, 'struct JsonSchema'));
		if (value.type === 'null') throw new SchemaError('tool input schema must not be a singleton null type');
		const { type: _, ...rest } = simplify(value, 0);
		return { ok: true, schema: { type: 'object', ...rest, properties: isPayload(rest.properties) ? rest.properties : {} } };
	} catch (error) {
		if (error instanceof SchemaError) return { ok: false, message: error.message };
		throw error;
	}
}

function simplify(value: unknown, depth: number): InputSchema {
	if (depth > MAX_DEPTH) return {};
	// `true` takes anything; a string can say anything.
	if (typeof value === 'boolean') return { type: 'string' };
	if (!isPayload(value)) throw new SchemaError(expected(value, 'struct JsonSchema'));
	const alternatives = unionOf(value, depth);
	const values = enumOf(value);
	const type = typeOf(value, { hasValues: values !== null, hasAlternatives: alternatives !== null });
	const has = (name: string) => type === name || (Array.isArray(type) && type.includes(name));
	return {
		...(type === null ? {} : { type }),
		...(typeof value.description === 'string' ? { description: value.description } : {}),
		...(values === null ? {} : { enum: values }),
		...(has('object') ? objectOf(value, depth) : {}),
		...(has('array') ? { items: isEmpty(value.items) ? { type: 'string' } : simplify(value.items, depth + 1) } : {}),
		...(alternatives === null ? {} : { anyOf: alternatives }),
	};
}

function objectOf(value: Payload, depth: number): InputSchema {
	const { properties, required, additionalProperties } = value;
	if (properties !== undefined && !isPayload(properties)) throw new SchemaError(expected(properties, 'a map'));
	const members = Object.entries(properties ?? {}).map(([name, member]) => [name, simplify(member, depth + 1)] as const);
	const names = Array.isArray(required) ? required.filter((name) => typeof name === 'string') : [];
	return {
		properties: Object.fromEntries(members),
		...(names.length === 0 ? {} : { required: names }),
		...(additionalProperties === undefined
			? {}
			: { additionalProperties: typeof additionalProperties === 'boolean' ? additionalProperties : simplify(additionalProperties, depth + 1) }),
	};
}

function unionOf(value: Payload, depth: number): readonly InputSchema[] | null {
	const alternatives = value.anyOf ?? value.oneOf;
	if (!Array.isArray(alternatives) || alternatives.length === 0 || value.type !== undefined) return null;
	return alternatives.map((each) => simplify(each, depth + 1));
}

function enumOf(value: Payload): readonly unknown[] | null {
	if (Array.isArray(value.enum)) return value.enum as readonly unknown[];
	return value.const === undefined ? null : [value.const];
}

function typeOf(value: Payload, { hasValues, hasAlternatives }: { hasValues: boolean; hasAlternatives: boolean }): string | readonly string[] | null {
	const known = (Array.isArray(value.type) ? value.type : [value.type]).filter((name) => typeof name === 'string' && TYPES.includes(name));
	const [first, ...others] = known.map(String);
	if (first !== undefined) return others.length === 0 ? first : [first, ...others];
	if (value.properties !== undefined || value.required !== undefined || value.additionalProperties !== undefined) return 'object';
	if (value.items !== undefined || value.prefixItems !== undefined) return 'array';
	if (hasValues) return 'string';
	if (value.minimum !== undefined || value.maximum !== undefined || value.multipleOf !== undefined) return 'number';
	return hasAlternatives ? null : 'string';
}

const isEmpty = (value: unknown) => value === undefined || value === null || (isPayload(value) && Object.keys(value).length === 0);
const mismatch = (what: string) => `invalid type: ${what}, expected struct JsonSchema`;

function expected(value: unknown, what: string): string {
	return `invalid type: ${describe(value)}, expected ${what}`;
}

function describe(value: unknown): string {
	if (value === null || value === undefined) return 'null';
	if (typeof value === 'string') return `string ${JSON.stringify(value)}`;
	if (typeof value === 'boolean') return `boolean \`${value}\``;
	if (typeof value === 'number') return Number.isInteger(value) ? `integer \`${value}\`` : `floating point \`${value}\``;
	return Array.isArray(value) ? 'sequence' : 'map';
}
