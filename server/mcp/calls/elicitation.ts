/** What a server wants to know of the person. `schema` and `meta` are as it sent them. */
export type ElicitationRequest =
	| { readonly mode: 'form'; readonly message: string; readonly schema: Readonly<Record<string, unknown>>; readonly meta: unknown }
	| { readonly mode: 'url'; readonly message: string; readonly url: string; readonly elicitationId: string; readonly meta: unknown };

export interface ElicitationReply {
	readonly action: 'accept' | 'decline' | 'cancel';
	/** What was filled in; only with `accept`. */
	readonly content: unknown;
	readonly meta: unknown;
}

export const DECLINED: ElicitationReply = { action: 'decline', content: null, meta: null };

/** Longer texts, addresses and forms than any person reads are refused. */
const MAX_BYTES = 256 * 1024;
const MAX_FIELDS = 200;

type Fields = Readonly<Record<string, unknown>>;
const isTable = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A text says why it cannot be shown to anybody; the server gets it. */
export function readElicitation(params: unknown): ElicitationRequest | string {
	if (!isTable(params)) return 'the request has no parameters';
	const { mode = 'form', message, _meta: meta = null } = params;
	if (typeof message !== 'string') return 'message must be a text';
	if (JSON.stringify(params).length > MAX_BYTES) return `it is larger than ${MAX_BYTES} bytes`;
	if (mode === 'url') {
		const { url, elicitationId } = params;
		if (typeof url !== 'string' || !/^https?:$/.test(URL.parse(url)?.protocol ?? '')) return 'url must be an http or https address';
		if (typeof elicitationId !== 'string') return 'elicitationId must be a text';
		return { mode, message, url, elicitationId, meta };
	}
	if (mode !== 'form') return `there is no elicitation mode ${JSON.stringify(mode)}`;
	const schema = params.requestedSchema;
	const problem = formProblem(schema);
	return problem === null && isTable(schema) ? { mode, message, schema, meta } : (problem ?? 'requestedSchema must be an object');
}

/** MCP allows flat forms: texts, numbers, yes or no, and choices. */
function formProblem(schema: unknown): string | null {
	if (!isTable(schema) || schema.type !== 'object') return 'requestedSchema must have the type object';
	const { properties, required } = schema;
	if (!isTable(properties)) return 'requestedSchema must have properties';
	if (required !== undefined && !(Array.isArray(required) && required.every((each) => typeof each === 'string')))
		return 'required must be a list of names';
	const fields = Object.entries(properties);
	if (fields.length > MAX_FIELDS) return `it has more than ${MAX_FIELDS} fields`;
	const odd = fields.find(([, field]) => !isField(field));
	return odd === undefined ? null : `the field ${JSON.stringify(odd[0])} is none of text, number, integer, boolean or a choice`;
}

function isField(field: unknown): boolean {
	if (!isTable(field)) return false;
	const { type, items } = field;
	if (type === 'array') return isTable(items) && (isTexts(items.enum) || isOptions(items.anyOf) || isOptions(items.oneOf));
	if (type === 'string') return (field.enum === undefined || isTexts(field.enum)) && (field.oneOf === undefined || isOptions(field.oneOf));
	return type === 'number' || type === 'integer' || type === 'boolean';
}

const isTexts = (value: unknown) => Array.isArray(value) && value.every((each) => typeof each === 'string');
const isOptions = (value: unknown) => Array.isArray(value) && value.every((each) => isTable(each) && typeof each.const === 'string');

/** The answer as the server gets it. Accepting without filling in anything gives an empty form. */
export function replyForServer({ action, content, meta }: ElicitationReply): Fields {
	const own = meta === null || meta === undefined ? {} : { _meta: meta };
	return action === 'accept' ? { action, content: content ?? {}, ...own } : { action, ...own };
}
