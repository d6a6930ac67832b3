import * as z from 'zod/mini';
import { JsonValue } from '../wire/jsonValue.ts';
import { lazy } from '../wire/lazy.ts';
import { double, flag, text, textOrNull, texts, uint32, uint64 } from '../wire/scalar.ts';

// The form an MCP server wants filled in: the flat subset of JSON Schema that MCP allows.

const maybe = lazy(() => z.nullish(text));
const described = { title: maybe, description: maybe };
const maybeCount = lazy(() => z.nullish(uint64));
const maybeLength = lazy(() => z.nullish(uint32));

export const McpElicitationStringType = lazy(() => z.enum(['string']));
export type McpElicitationStringType = z.infer<typeof McpElicitationStringType>;

export const McpElicitationNumberType = lazy(() => z.enum(['number', 'integer']));
export type McpElicitationNumberType = z.infer<typeof McpElicitationNumberType>;

export const McpElicitationBooleanType = lazy(() => z.enum(['boolean']));
export type McpElicitationBooleanType = z.infer<typeof McpElicitationBooleanType>;

export const McpElicitationArrayType = lazy(() => z.enum(['array']));
export type McpElicitationArrayType = z.infer<typeof McpElicitationArrayType>;

export const McpElicitationObjectType = lazy(() => z.enum(['object']));
export type McpElicitationObjectType = z.infer<typeof McpElicitationObjectType>;

export const McpElicitationConstOption = lazy(() => z.object({ const: text, title: text }));
export type McpElicitationConstOption = z.infer<typeof McpElicitationConstOption>;

export const McpElicitationUntitledSingleSelectEnumSchema = lazy(() =>
	z.object({
		type: McpElicitationStringType,
		...described,
		enum: texts,
		default: maybe,
	}),
);
export type McpElicitationUntitledSingleSelectEnumSchema = z.infer<typeof McpElicitationUntitledSingleSelectEnumSchema>;

export const McpElicitationTitledSingleSelectEnumSchema = lazy(() =>
	z.object({
		type: McpElicitationStringType,
		...described,
		oneOf: z.array(McpElicitationConstOption),
		default: maybe,
	}),
);
export type McpElicitationTitledSingleSelectEnumSchema = z.infer<typeof McpElicitationTitledSingleSelectEnumSchema>;

export const McpElicitationSingleSelectEnumSchema = lazy(() =>
	z.union([McpElicitationUntitledSingleSelectEnumSchema, McpElicitationTitledSingleSelectEnumSchema]),
);
export type McpElicitationSingleSelectEnumSchema = z.infer<typeof McpElicitationSingleSelectEnumSchema>;

export const McpElicitationUntitledEnumItems = lazy(() => z.object({ type: McpElicitationStringType, enum: texts }));
export type McpElicitationUntitledEnumItems = z.infer<typeof McpElicitationUntitledEnumItems>;

export const McpElicitationTitledEnumItems = lazy(() => z.object({ anyOf: z.array(McpElicitationConstOption) }));
export type McpElicitationTitledEnumItems = z.infer<typeof McpElicitationTitledEnumItems>;

const selection = { ...described, minItems: maybeCount, maxItems: maybeCount, default: z.nullish(texts) };

export const McpElicitationUntitledMultiSelectEnumSchema = lazy(() =>
	z.object({
		type: McpElicitationArrayType,
		...selection,
		items: McpElicitationUntitledEnumItems,
	}),
);
export type McpElicitationUntitledMultiSelectEnumSchema = z.infer<typeof McpElicitationUntitledMultiSelectEnumSchema>;

export const McpElicitationTitledMultiSelectEnumSchema = lazy(() =>
	z.object({
		type: McpElicitationArrayType,
		...selection,
		items: McpElicitationTitledEnumItems,
	}),
);
export type McpElicitationTitledMultiSelectEnumSchema = z.infer<typeof McpElicitationTitledMultiSelectEnumSchema>;

export const McpElicitationMultiSelectEnumSchema = lazy(() =>
	z.union([McpElicitationUntitledMultiSelectEnumSchema, McpElicitationTitledMultiSelectEnumSchema]),
);
export type McpElicitationMultiSelectEnumSchema = z.infer<typeof McpElicitationMultiSelectEnumSchema>;

export const McpElicitationLegacyTitledEnumSchema = lazy(() =>
	z.object({
		type: McpElicitationStringType,
		...described,
		enum: texts,
		enumNames: z.nullish(texts),
		default: maybe,
	}),
);
export type McpElicitationLegacyTitledEnumSchema = z.infer<typeof McpElicitationLegacyTitledEnumSchema>;

/** The legacy form is tried first: it is the only one with `enumNames`, which the others would drop. */
export const McpElicitationEnumSchema = lazy(() =>
	z.union([McpElicitationLegacyTitledEnumSchema, McpElicitationSingleSelectEnumSchema, McpElicitationMultiSelectEnumSchema]),
);
export type McpElicitationEnumSchema = z.infer<typeof McpElicitationEnumSchema>;

export const McpElicitationStringFormat = lazy(() => z.enum(['email', 'uri', 'date', 'date-time']));
export type McpElicitationStringFormat = z.infer<typeof McpElicitationStringFormat>;

export const McpElicitationStringSchema = lazy(() =>
	z.object({
		type: McpElicitationStringType,
		...described,
		minLength: maybeLength,
		maxLength: maybeLength,
		format: z.nullish(McpElicitationStringFormat),
		default: maybe,
	}),
);
export type McpElicitationStringSchema = z.infer<typeof McpElicitationStringSchema>;

export const McpElicitationNumberSchema = lazy(() =>
	z.object({
		type: McpElicitationNumberType,
		...described,
		minimum: z.nullish(double),
		maximum: z.nullish(double),
		default: z.nullish(double),
	}),
);
export type McpElicitationNumberSchema = z.infer<typeof McpElicitationNumberSchema>;

export const McpElicitationBooleanSchema = lazy(() => z.object({ type: McpElicitationBooleanType, ...described, default: z.nullish(flag) }));
export type McpElicitationBooleanSchema = z.infer<typeof McpElicitationBooleanSchema>;

export const McpElicitationPrimitiveSchema = lazy(() =>
	z.union([McpElicitationEnumSchema, McpElicitationStringSchema, McpElicitationNumberSchema, McpElicitationBooleanSchema]),
);
export type McpElicitationPrimitiveSchema = z.infer<typeof McpElicitationPrimitiveSchema>;

export const McpElicitationSchema = lazy(() =>
	z.object({
		$schema: maybe,
		type: McpElicitationObjectType,
		properties: z.record(text, McpElicitationPrimitiveSchema),
		required: z.nullish(texts),
	}),
);
export type McpElicitationSchema = z.infer<typeof McpElicitationSchema>;

const asked = { threadId: text, turnId: textOrNull, serverName: text, _meta: z.nullable(JsonValue), message: text };

/** An MCP server asks the person: fill in a form, or visit an address. */
export const McpServerElicitationRequestParams = lazy(() =>
	z.discriminatedUnion('mode', [
		z.object({ mode: z.literal('form'), ...asked, requestedSchema: McpElicitationSchema }),
		z.object({ mode: z.literal('url'), ...asked, url: text, elicitationId: text }),
	]),
);
export type McpServerElicitationRequestParams = z.infer<typeof McpServerElicitationRequestParams>;

export const McpServerElicitationAction = lazy(() => z.enum(['accept', 'decline', 'cancel']));
export type McpServerElicitationAction = z.infer<typeof McpServerElicitationAction>;

const optionalJson = lazy(() => z.nullish(JsonValue));

/** `content`: what was filled in, when accepted. */
export const McpServerElicitationRequestResponse = lazy(() =>
	z.object({
		action: McpServerElicitationAction,
		content: optionalJson,
		_meta: optionalJson,
	}),
);
export type McpServerElicitationRequestResponse = z.infer<typeof McpServerElicitationRequestResponse>;
