import type { Json, JsonRecord } from './canonical.ts';
import { isRecord } from './canonical.ts';

// A JSON schema of a reference program without its texts: only the names of its types and members, and their kinds.

/**
 * `"string"`, `"#/definitions/Name"`, `"=value"` for one fixed text, `[...]` for one of several; a list is `{ list }`, an object
 * `{ of, rest }`. The name of a member ends with `?` when it may be left out, with `??` when it then has a value of its own.
 */
export type Digest = string | readonly Digest[] | { readonly list: Digest } | { readonly of: { readonly [member: string]: Digest }; readonly rest?: Digest };

const KINDS = ['null', 'boolean', 'string', 'integer', 'number'];

export function digestOf(schema: Json | undefined): Digest {
	if (!isRecord(schema)) return schema === false ? [] : 'any';
	if (typeof schema.$ref === 'string') return schema.$ref;
	if (Array.isArray(schema.allOf) && schema.allOf.length === 1) return digestOf(schema.allOf[0]);
	const options = schema.oneOf ?? schema.anyOf;
	if (Array.isArray(options)) {
		const common = isRecord(schema.properties) ? { properties: schema.properties, required: schema.required ?? [] } : null;
		return options.map(option => digestOf(common === null ? option : withCommon(option, common)));
	}
	const types = Array.isArray(schema.type) ? schema.type : schema.type === undefined ? [] : [schema.type];
	if (types.length === 0) return 'any';
	const all = types.flatMap(type => ofType(String(type), schema));
	return all.length === 1 && all[0] !== undefined ? all[0] : all;
}

function withCommon(option: Json, { properties, required }: JsonRecord): Json {
	if (!isRecord(option) || !isRecord(properties)) throw new Error('members beside an option that is no object');
	const own = Array.isArray(option.required) ? option.required : [];
	return {
		...option,
		properties: { ...properties, ...(isRecord(option.properties) ? option.properties : {}) },
		required: [...own, ...(Array.isArray(required) ? required : [])],
	};
}

function ofType(type: string, schema: JsonRecord): readonly Digest[] {
	switch (type) {
		case 'string':
			return Array.isArray(schema.enum) ? schema.enum.map(value => `=${String(value)}`) : ['string'];
		case 'integer':
			return [typeof schema.minimum === 'number' && schema.minimum >= 0 ? 'unsigned' : 'integer'];
		case 'array':
			return [{ list: digestOf(schema.items) }];
		case 'object':
			return [objectOf(schema)];
		default:
			if (!KINDS.includes(type)) throw new Error(`unknown type ${type}`);
			return [type];
	}
}

function objectOf(schema: JsonRecord): Digest {
	const required = new Set(Array.isArray(schema.required) ? schema.required : []);
	const members = Object.entries(isRecord(schema.properties) ? schema.properties : {}).map(([name, member]) => {
		const fallback = isRecord(member) && member.default !== undefined;
		return [`${name}${required.has(name) ? '' : fallback ? '??' : '?'}`, digestOf(member)] as const;
	});
	const rest = schema.additionalProperties;
	const of = Object.fromEntries(members);
	return rest === undefined || rest === false ? { of } : { of, rest: digestOf(rest) };
}

/** A schema again, of which `digestOf` makes the same. */
export function schemaOf(digest: Digest): Json {
	if (typeof digest === 'string') {
		if (digest.startsWith('#')) return { $ref: digest };
		if (digest.startsWith('=')) return { type: 'string', enum: [digest.slice(1)] };
		if (digest === 'any') return true;
		return digest === 'unsigned' ? { type: 'integer', minimum: 0 } : { type: digest };
	}
	if (isList(digest)) return { anyOf: digest.map(schemaOf) };
	if ('list' in digest) return { type: 'array', items: schemaOf(digest.list) };
	const members = Object.entries(digest.of);
	return {
		type: 'object',
		required: members.filter(([name]) => !name.endsWith('?')).map(([name]) => name),
		properties: Object.fromEntries(members.map(([name, member]) => [name.replace(/\?+$/, ''), memberOf(name, member)])),
		...(digest.rest === undefined ? {} : { additionalProperties: schemaOf(digest.rest) }),
	};
}

function memberOf(name: string, member: Digest): Json {
	const schema = schemaOf(member);
	return name.endsWith('??') ? { ...(isRecord(schema) && schema.$ref === undefined ? schema : { allOf: [schema] }), default: null } : schema;
}

function isList(digest: Digest): digest is readonly Digest[] {
	return Array.isArray(digest);
}
