import type { Canonical, Node, ObjectForm, Property } from './canonical.ts';
import { canonical, isRecord } from './canonical.ts';

export interface Difference {
	/** Such as `thread/list.params.limit`. */
	readonly where: string;
	readonly what: string;
}

/** Who reads a value: `server` for params of requests, `client` for results and notifications. */
export type Reader = 'server' | 'client';

/** Named types that were compared already, by who reads them: each is compared once, whatever mentions it. */
export type ComparedTypes = Set<string>;

/**
 * How our schema differs from the reference's. Not reported, since no client can tell: params that also accept null where
 * they may be left out; members of results that are always sent where the reference may leave them out.
 */
export function differences(
	ours: Node,
	theirs: Node,
	{ reader, where, compared }: { readonly reader: Reader; readonly where: string; readonly compared: ComparedTypes },
): readonly Difference[] {
	return compare(ours, theirs, { reader, where, compared });
}

interface Context {
	readonly reader: Reader;
	readonly where: string;
	readonly compared: ComparedTypes;
}

function compare(ourNode: Node, theirNode: Node, context: Context, absentAllowed = false): readonly Difference[] {
	const [ourName, theirName] = [nameOf(ourNode), nameOf(theirNode)];
	let inner = context;
	if (ourName !== null && theirName !== null) {
		const pair = `${context.reader} ${ourName} ${theirName}`;
		if (context.compared.has(pair)) return [];
		context.compared.add(pair);
		inner = { ...context, where: ourName };
	}
	const ours = canonical(ourNode);
	const theirs = canonical(theirNode);
	if (ours.any || theirs.any) return ours.any === theirs.any ? [] : [report(context, `accepts ${ours.any ? 'anything' : 'less'}`, 'anything')];
	return [
		...compareNull(ours, theirs, context, absentAllowed),
		...(ours.boolean === theirs.boolean ? [] : [report(inner, `boolean: ${ours.boolean}`, String(theirs.boolean))]),
		...(ours.number === theirs.number ? [] : [report(inner, `number: ${ours.number}`, theirs.number)]),
		...compareStrings(ours, theirs, inner),
		...compareItems(ours, theirs, inner),
		...compareObjects(ours.objects, theirs.objects, inner),
	];
}

/** The last part of the name of a type; null for one without a name. */
function nameOf({ schema, name }: Node): string | null {
	return isRecord(schema) && typeof schema.$ref === 'string' ? (schema.$ref.split('/').at(-1) ?? null) : name;
}

function compareNull(ours: Canonical, theirs: Canonical, context: Context, absentAllowed: boolean): readonly Difference[] {
	if (ours.nullable === theirs.nullable) return [];
	const harmless = context.reader === 'server' ? ours.nullable && absentAllowed : theirs.nullable;
	return harmless ? [] : [report(context, `null: ${ours.nullable}`, String(theirs.nullable))];
}

function compareStrings(ours: Canonical, theirs: Canonical, context: Context): readonly Difference[] {
	const text = ({ strings }: Canonical): string => (strings === 'all' ? 'all' : [...strings].sort().join(' '));
	return text(ours) === text(theirs) ? [] : [report(context, `strings: ${text(ours)}`, text(theirs))];
}

function compareItems(ours: Canonical, theirs: Canonical, context: Context): readonly Difference[] {
	if (ours.items.length !== theirs.items.length) return [report(context, `arrays: ${ours.items.length}`, String(theirs.items.length))];
	return ours.items.flatMap((item, index) => {
		const other = theirs.items[index];
		return other === undefined ? [] : compare(item, other, { ...context, where: `${context.where}[]` });
	});
}

function compareObjects(ours: readonly ObjectForm[], theirs: readonly ObjectForm[], context: Context): readonly Difference[] {
	if (ours.length === 1 && theirs.length === 1 && ours[0] && theirs[0]) return compareForms(ours[0], theirs[0], context);
	const ourForms = new Map(ours.map(form => [formName(form), form] as const));
	const theirForms = new Map(theirs.map(form => [formName(form), form] as const));
	return [...new Set([...ourForms.keys(), ...theirForms.keys()])].flatMap(name => {
		const at = { ...context, where: `${context.where}<${name}>` };
		const ourForm = ourForms.get(name);
		const theirForm = theirForms.get(name);
		if (ourForm === undefined) return [report(at, 'no such variant', 'has it')];
		if (theirForm === undefined) return [report(at, 'has this variant', 'no such variant')];
		return compareForms(ourForm, theirForm, at);
	});
}

/** By the value of its tag, else by what it needs. */
function formName(form: ObjectForm): string {
	for (const tag of ['type', 'kind', 'mode']) {
		const property = form.properties.get(tag);
		const strings = property === undefined ? null : canonical(property.node).strings;
		if (strings !== null && strings !== 'all' && strings.size === 1) return [...strings].join('');
	}
	return [...form.properties]
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
		if (our === undefined) return [report(at, 'no such member', 'has it')];
		if (their === undefined) return [report(at, 'has this member', 'no such member')];
		return [...compareRequired(our, their, at), ...compare(our.node, their.node, at, !our.required && !their.required)];
	});
	return [...members, ...compareRest(ours, theirs, context)];
}

function compareRequired(ours: Property, theirs: Property, context: Context): readonly Difference[] {
	if (ours.required === theirs.required) return [];
	const alwaysSent =
		context.reader === 'client' && ours.required && (theirs.fallback || canonical(theirs.node).nullable || canonical(theirs.node).any);
	return alwaysSent ? [] : [report(context, `required: ${ours.required}`, String(theirs.required))];
}

function compareRest(ours: ObjectForm, theirs: ObjectForm, context: Context): readonly Difference[] {
	const at = { ...context, where: `${context.where}.*` };
	const kind = ({ rest }: ObjectForm): string => (rest === null ? 'none' : rest === 'any' || canonical(rest).any ? 'any' : 'typed');
	if (kind(ours) !== kind(theirs)) return [report(at, `other members: ${kind(ours)}`, kind(theirs))];
	if (ours.rest === null || theirs.rest === null || ours.rest === 'any' || theirs.rest === 'any' || kind(ours) !== 'typed') return [];
	return compare(ours.rest, theirs.rest, at);
}

function report({ where }: Context, ours: string, theirs: string): Difference {
	return { where, what: `ours ${ours}; reference ${theirs}` };
}
