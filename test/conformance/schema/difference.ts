import type { Canonical, Node, ObjectForm, Property } from './canonical.ts';
import { canonical, isRecord } from './canonical.ts';

export interface Difference {
	/** Such as `ThreadListParams.limit`, `Thread.source="cli"`, `Turn.error null`. */
	readonly where: string;
	/** Who has what the other has not; `kind` where both have it, in another form. */
	readonly only: 'ours' | 'theirs' | 'kind';
	readonly reader: Reader;
	readonly what: string;
}

/** Who reads a value: `server` for params of requests, `client` for results and notifications. */
export type Reader = 'server' | 'client';

export interface Comparison {
	/** Named types that were compared already, by who reads them: each is compared once, whatever mentions it. */
	readonly compared: Set<string>;
	/** All places that both have. */
	readonly common: Set<string>;
}

/**
 * How our schema differs from the reference's. Not reported, since no client can tell: params that also accept null where
 * they may be left out; members of results that are always sent where the reference may leave them out.
 */
export function differences(
	ours: Node,
	theirs: Node,
	{ reader, where, comparison }: { readonly reader: Reader; readonly where: string; readonly comparison: Comparison },
): readonly Difference[] {
	return compare(ours, theirs, { reader, where, ...comparison });
}

interface Context extends Comparison {
	readonly reader: Reader;
	readonly where: string;
}

function compare(ourNode: Node, theirNode: Node, context: Context, absentAllowed = false): readonly Difference[] {
	const [ourName, theirName] = [nameOf(ourNode), nameOf(theirNode)];
	let inner = context;
	if (ourName !== null && theirName !== null) {
		const pair = `${context.reader} ${ourName} ${theirName}`;
		if (context.compared.has(pair)) return compareNull(canonical(ourNode), canonical(theirNode), context, absentAllowed);
		context.compared.add(pair);
		inner = { ...context, where: ourName };
	}
	const ours = canonical(ourNode);
	const theirs = canonical(theirNode);
	if (context.reader === 'client' && isOnlyNull(ours) && (theirs.nullable || theirs.any)) return [];
	if (ours.any || theirs.any) return ours.any === theirs.any ? [] : [kind(inner, 'any', String(ours.any), String(theirs.any))];
	return [
		...compareNull(ours, theirs, context, absentAllowed),
		...(ours.boolean === theirs.boolean ? [] : [kind(inner, 'boolean', String(ours.boolean), String(theirs.boolean))]),
		...(ours.number === theirs.number ? [] : [kind(inner, 'number', ours.number, theirs.number)]),
		...compareStrings(ours, theirs, inner),
		...compareItems(ours, theirs, inner),
		...compareObjects(ours.objects, theirs.objects, inner),
	];
}

/** A member that is always null says nothing, whatever else it may be. */
function isOnlyNull({ nullable, boolean, strings, number, items, objects }: Canonical): boolean {
	return nullable && !boolean && strings !== 'all' && strings.size + items.length + objects.length === 0 && number === 'none';
}

/** The last part of the name of a type; null for one without a name. */
function nameOf({ schema, name }: Node): string | null {
	return isRecord(schema) && typeof schema.$ref === 'string' ? (schema.$ref.split('/').at(-1) ?? null) : name;
}

function compareNull(ours: Canonical, theirs: Canonical, context: Context, absentAllowed: boolean): readonly Difference[] {
	if (ours.nullable === theirs.nullable || ours.any || theirs.any) return [];
	const harmless = context.reader === 'server' ? ours.nullable && absentAllowed : theirs.nullable;
	return harmless ? [] : [kind(context, 'null', String(ours.nullable), String(theirs.nullable))];
}

function compareStrings(ours: Canonical, theirs: Canonical, context: Context): readonly Difference[] {
	if (ours.strings === 'all' && theirs.strings === 'all') return [];
	if (ours.strings === 'all' || theirs.strings === 'all') return [kind(context, 'strings', listOf(ours.strings), listOf(theirs.strings))];
	const [our, their] = [ours.strings, theirs.strings];
	return [...new Set([...our, ...their])].flatMap(value => inBoth(our.has(value), their.has(value), { ...context, where: `${context.where}="${value}"` }));
}

const listOf = (strings: Canonical['strings']): string => (strings === 'all' ? 'all' : [...strings].sort().join(' ') || 'none');

function compareItems(ours: Canonical, theirs: Canonical, context: Context): readonly Difference[] {
	if (ours.items.length !== theirs.items.length) return [kind(context, 'arrays', String(ours.items.length), String(theirs.items.length))];
	return ours.items.flatMap((item, index) => {
		const other = theirs.items[index];
		return other === undefined ? [] : compare(item, other, { ...context, where: `${context.where}[]` });
	});
}

function compareObjects(ours: readonly ObjectForm[], theirs: readonly ObjectForm[], context: Context): readonly Difference[] {
	if (ours.length === 1 && theirs.length === 1 && ours[0] && theirs[0]) return compareForms(ours[0], theirs[0], context);
	const ourForms = byName(ours);
	const theirForms = byName(theirs);
	return [...new Set([...ourForms.keys(), ...theirForms.keys()])].flatMap(name => {
		const at = { ...context, where: `${context.where}<${name}>` };
		const ourForm = ourForms.get(name);
		const theirForm = theirForms.get(name);
		const form = ourForm && theirForm ? compareForms(ourForm, theirForm, at) : [];
		return [...inBoth(ourForm !== undefined, theirForm !== undefined, at), ...form];
	});
}

function byName(forms: readonly ObjectForm[]): ReadonlyMap<string, ObjectForm> {
	const tag = ['type', 'kind', 'mode', 'handlerType'].find(name => forms.every(form => valueOf(form, name) !== null));
	const named = new Map<string, ObjectForm>();
	for (const form of forms) {
		const name = (tag !== undefined ? valueOf(form, tag) : null) ?? requiredOf(form);
		const other = named.get(name);
		named.set(name, other ? { ...form, properties: either(other.properties, form.properties) } : form);
	}
	return named;
}

/** Of two forms with one name: what one has, and needs only what both need. */
function either(one: ObjectForm['properties'], other: ObjectForm['properties']): ObjectForm['properties'] {
	const names = new Set([...one.keys(), ...other.keys()]);
	return new Map(
		[...names].flatMap(name => {
			const [first, second] = [one.get(name), other.get(name)];
			const property = first ?? second;
			return property ? [[name, { ...property, required: (first?.required ?? false) && (second?.required ?? false) }] as const] : [];
		}),
	);
}

/** The only value of this member. */
function valueOf(form: ObjectForm, name: string): string | null {
	const property = form.properties.get(name);
	const strings = property === undefined ? null : canonical(property.node).strings;
	return strings !== null && strings !== 'all' && strings.size === 1 ? [...strings].join('') : null;
}

function requiredOf({ properties }: ObjectForm): string {
	return [...properties]
		.filter(([, { required }]) => required)
		.map(([name]) => name)
		.sort()
		.join('+');
}

function compareForms(ours: ObjectForm, theirs: ObjectForm, context: Context): readonly Difference[] {
	const names = new Set([...ours.properties.keys(), ...theirs.properties.keys()]);
	const members = [...names].flatMap(name => {
		const at = { ...context, where: `${context.where}.${name}` };
		const our = ours.properties.get(name);
		const their = theirs.properties.get(name);
		if (!our || !their) return inBoth(our !== undefined, their !== undefined, at);
		context.common.add(at.where);
		return [...compareRequired(our, their, at), ...compare(our.node, their.node, at, !our.required && !their.required)];
	});
	return [...members, ...compareRest(ours, theirs, context)];
}

function compareRequired(ours: Property, theirs: Property, context: Context): readonly Difference[] {
	if (ours.required === theirs.required) return [];
	const alwaysSent =
		context.reader === 'client' && ours.required && (theirs.fallback || canonical(theirs.node).nullable || canonical(theirs.node).any);
	return alwaysSent ? [] : [kind(context, 'required', String(ours.required), String(theirs.required))];
}

function compareRest(ours: ObjectForm, theirs: ObjectForm, context: Context): readonly Difference[] {
	const at = { ...context, where: `${context.where}.*` };
	const of = ({ rest }: ObjectForm): string => (rest === null ? 'none' : rest === 'any' || canonical(rest).any ? 'any' : 'typed');
	if (of(ours) !== of(theirs)) return [kind(at, 'other members', of(ours), of(theirs))];
	if (ours.rest === null || theirs.rest === null || ours.rest === 'any' || theirs.rest === 'any' || of(ours) !== 'typed') return [];
	return compare(ours.rest, theirs.rest, at);
}

/** No difference when both have what is at this place; whoever has it is noted. */
export function inBoth(ours: boolean, theirs: boolean, { where, reader, common }: Omit<Context, 'compared'>): readonly Difference[] {
	if (ours && theirs) {
		common.add(where);
		return [];
	}
	return [{ where, only: ours ? 'ours' : 'theirs', reader, what: ours ? 'only we have it' : 'only the reference has it' }];
}

function kind({ where, reader }: Context, name: string, ours: string, theirs: string): Difference {
	return { where: `${where} ${name}`, only: 'kind', reader, what: `ours ${ours}; reference ${theirs}` };
}
