import type { JsonObject, JsonValue } from '../protocol/wire/jsonValue.ts';
import type { Member, Shape } from './shape.ts';
import type { MethodShape, Surface, SurfaceOptions } from './surface.ts';
import { protocolSurface } from './surface.ts';

/** A JSON Schema (draft 7) of the protocol with every named type as a definition, by file name. */
export function generateJsonSchema(options: SurfaceOptions): Map<string, string> {
	return new Map([['protocol.schemas.json', `${JSON.stringify(printJsonSchema(protocolSurface(options)), null, '\t')}\n`]]);
}

export function printJsonSchema(surface: Surface): JsonObject {
	return {
		$schema: 'http://json-schema.org/draft-07/schema#',
		title: 'AppServerProtocol',
		type: 'object',
		definitions: {
			...Object.fromEntries(surface.types.map(({ name, shape, description }) => [name, described(printShape(shape), description)])),
			ClientRequest: printMethods(surface.clientRequests, ['id']),
			ServerRequest: printMethods(surface.serverRequests, ['id']),
			ClientNotification: printMethods(surface.clientNotifications, []),
			ServerNotification: printMethods(surface.serverNotifications, []),
			ClientResponses: printResults(surface.clientRequests),
			ServerRequestResponses: printResults(surface.serverRequests),
		},
	};
}

function printMethods(methods: readonly MethodShape[], members: readonly 'id'[]): JsonObject {
	return {
		oneOf: methods.map(({ method, params }) => ({
			type: 'object',
			required: ['method', ...members, ...(params === null ? [] : ['params'])],
			properties: {
				method: { type: 'string', enum: [method] },
				...Object.fromEntries(members.map((member) => [member, reference('RequestId')])),
				params: params === null ? { type: 'null' } : printShape(params),
			},
		})),
	};
}

function printResults(methods: readonly MethodShape[]): JsonObject {
	return {
		type: 'object',
		properties: Object.fromEntries(methods.map(({ method, result }) => [method, result === null ? { type: 'null' } : printShape(result)])),
	};
}

function printShape(shape: Shape): JsonObject {
	switch (shape.kind) {
		case 'string':
		case 'boolean':
		case 'number':
		case 'null':
			return { type: shape.kind };
		case 'json':
		case 'unknown':
			return {};
		case 'integer': {
			const { name, minimum, maximum } = shape.format;
			const wide = maximum === Number.MAX_SAFE_INTEGER;
			return {
				type: 'integer',
				format: name,
				...(minimum === Number.MIN_SAFE_INTEGER ? {} : { minimum }),
				...(wide ? {} : { maximum }),
			};
		}
		case 'names':
			return { type: 'string', enum: [...shape.names] };
		case 'reference':
			return reference(shape.name);
		case 'array':
			return { type: 'array', items: printShape(shape.items) };
		case 'record':
			return { type: 'object', additionalProperties: printShape(shape.values) };
		case 'union':
			return { anyOf: shape.options.map(printShape) };
		case 'object':
			return printObject(shape.members, shape.rest);
	}
}

function printObject(members: readonly Member[], rest: Shape | null): JsonObject {
	const required = members.filter((member) => !member.optional).map((member) => member.name);
	return {
		type: 'object',
		...(required.length === 0 ? {} : { required }),
		...(members.length === 0 ? {} : { properties: Object.fromEntries(members.map((member) => [member.name, printMember(member)])) }),
		...(rest === null ? {} : { additionalProperties: printShape(rest) }),
	};
}

function printMember({ shape, fallback, description }: Member): JsonValue {
	const schema = printShape(shape);
	if (fallback === undefined && description === undefined) return schema;
	// Draft 7 ignores what stands beside a `$ref`.
	const carrier = '$ref' in schema ? { allOf: [schema] } : schema;
	return described(fallback === undefined ? carrier : { ...carrier, default: fallback }, description);
}

function described(schema: JsonObject, description: string | undefined): JsonObject {
	return description === undefined ? schema : { description, ...schema };
}

function reference(name: string): JsonObject {
	return { $ref: `#/definitions/${name}` };
}
