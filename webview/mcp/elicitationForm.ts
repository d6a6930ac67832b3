import type { McpElicitationSchema } from '../../server/protocol/approval/elicitation.ts';

/** One field of a form that an MCP server wants filled in. */
export type FormField = {
	readonly name: string;
	readonly label: string;
	readonly description: string | null;
	readonly required: boolean;
} & (
	| {
			readonly kind: 'text';
			readonly format: 'text' | 'email' | 'url' | 'date' | 'datetime-local';
			readonly minLength: number | null;
			readonly maxLength: number | null;
	  }
	| { readonly kind: 'number'; readonly whole: boolean; readonly minimum: number | null; readonly maximum: number | null }
	| { readonly kind: 'flag' }
	| { readonly kind: 'choice'; readonly options: readonly FormOption[] }
	| { readonly kind: 'choices'; readonly options: readonly FormOption[]; readonly minItems: number | null; readonly maxItems: number | null }
);

export interface FormOption {
	readonly value: string;
	readonly label: string;
}

/** As it stands in the fields: a text, a tick, or the ticked options. */
export type FormValue = string | boolean | readonly string[];
export type FormValues = Readonly<Record<string, FormValue>>;

export type FieldProblem =
	| { readonly type: 'missing' | 'format' | 'number' | 'whole' }
	| { readonly type: 'tooShort' | 'tooLong' | 'tooSmall' | 'tooLarge' | 'tooFew' | 'tooMany'; readonly limit: number };

type Fields = Readonly<Record<string, unknown>>;
const tableOf = (value: unknown): Fields => (typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {});
const textOr = <T>(value: unknown, other: T) => (typeof value === 'string' ? value : other);
const numberOrNull = (value: unknown) => (typeof value === 'number' ? value : null);

/** The fields in the order of the schema. Kinds that this version does not know are asked for as text. */
export function formFields(schema: McpElicitationSchema): readonly FormField[] {
	const required = new Set(schema.required ?? []);
	return Object.entries(schema.properties).map(([name, property]) => {
		const field = tableOf(property);
		const base = { name, label: textOr(field.title, name), description: textOr(field.description, null), required: required.has(name) };
		if (field.type === 'boolean') return { ...base, kind: 'flag' };
		if (field.type === 'number' || field.type === 'integer') {
			return { ...base, kind: 'number', whole: field.type === 'integer', minimum: numberOrNull(field.minimum), maximum: numberOrNull(field.maximum) };
		}
		if (field.type === 'array') {
			return {
				...base,
				kind: 'choices',
				options: optionsOf(tableOf(field.items)),
				minItems: numberOrNull(field.minItems),
				maxItems: numberOrNull(field.maxItems),
			};
		}
		const options = optionsOf(field);
		if (options.length > 0) return { ...base, kind: 'choice', options };
		return {
			...base,
			kind: 'text',
			format: formats[textOr(field.format, '')] ?? 'text',
			minLength: numberOrNull(field.minLength),
			maxLength: numberOrNull(field.maxLength),
		};
	});
}

const formats: Readonly<Record<string, 'email' | 'url' | 'date' | 'datetime-local'>> = {
	email: 'email',
	uri: 'url',
	date: 'date',
	'date-time': 'datetime-local',
};

function optionsOf(field: Fields): readonly FormOption[] {
	const titled = field.oneOf ?? field.anyOf;
	if (Array.isArray(titled)) {
		return titled
			.map(tableOf)
			.flatMap((option) => (typeof option.const === 'string' ? [{ value: option.const, label: textOr(option.title, option.const) }] : []));
	}
	const names = Array.isArray(field.enumNames) ? (field.enumNames as readonly unknown[]) : [];
	const values = Array.isArray(field.enum) ? (field.enum as readonly unknown[]) : [];
	return values.flatMap((value, index) => (typeof value === 'string' ? [{ value, label: textOr(names[index], value) }] : []));
}

/** What the fields hold at first. */
export function firstValues(schema: McpElicitationSchema): FormValues {
	const entries = formFields(schema).map((field): readonly [string, FormValue] => {
		const given = tableOf(schema.properties[field.name]).default;
		switch (field.kind) {
			case 'flag':
				return [field.name, given === true];
			case 'choices':
				return [field.name, Array.isArray(given) ? given.filter((value) => typeof value === 'string') : []];
			case 'number':
				return [field.name, typeof given === 'number' ? String(given) : ''];
			case 'choice':
			case 'text':
				return [field.name, textOr(given, '')];
		}
	});
	return Object.fromEntries(entries);
}

/** Null when the field may be sent as it is. */
export function problemOf(field: FormField, value: FormValue | undefined): FieldProblem | null {
	if (field.kind === 'flag') return null;
	if (field.kind === 'choices') {
		const count = Array.isArray(value) ? value.length : 0;
		if (count === 0 && !field.required) return null;
		if (count === 0) return { type: 'missing' };
		if (field.minItems !== null && count < field.minItems) return { type: 'tooFew', limit: field.minItems };
		return field.maxItems !== null && count > field.maxItems ? { type: 'tooMany', limit: field.maxItems } : null;
	}
	const text = typeof value === 'string' ? value : '';
	if (text === '') return field.required ? { type: 'missing' } : null;
	if (field.kind === 'choice') return null;
	if (field.kind === 'number') return numberProblem(field, text);
	const length = [...text].length;
	if (field.minLength !== null && length < field.minLength) return { type: 'tooShort', limit: field.minLength };
	if (field.maxLength !== null && length > field.maxLength) return { type: 'tooLong', limit: field.maxLength };
	return hasFormat(field.format, text) ? null : { type: 'format' };
}

function numberProblem({ whole, minimum, maximum }: Extract<FormField, { kind: 'number' }>, text: string): FieldProblem | null {
	const number = Number(text);
	if (!Number.isFinite(number)) return { type: 'number' };
	if (whole && !Number.isInteger(number)) return { type: 'whole' };
	if (minimum !== null && number < minimum) return { type: 'tooSmall', limit: minimum };
	return maximum !== null && number > maximum ? { type: 'tooLarge', limit: maximum } : null;
}

function hasFormat(format: Extract<FormField, { kind: 'text' }>['format'], text: string): boolean {
	switch (format) {
		case 'text':
			return true;
		case 'email':
			return /^[^\s@]+@[^\s@]+$/.test(text);
		case 'url':
			return URL.canParse(text);
		case 'date':
			return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
		case 'datetime-local':
			return !Number.isNaN(Date.parse(text));
	}
}

/** What is sent: fields that were left empty are left out. */
export function contentOf(fields: readonly FormField[], values: FormValues): Record<string, string | number | boolean | string[]> {
	const content: Record<string, string | number | boolean | string[]> = {};
	for (const field of fields) {
		const value = values[field.name];
		if (field.kind === 'flag') content[field.name] = value === true;
		else if (field.kind === 'choices') {
			if (Array.isArray(value) && value.length > 0) content[field.name] = [...(value as readonly string[])];
		} else if (typeof value === 'string' && value !== '') {
			if (field.kind === 'number') content[field.name] = Number(value);
			else content[field.name] = field.kind === 'text' && field.format === 'datetime-local' ? new Date(value).toISOString() : value;
		}
	}
	return content;
}
