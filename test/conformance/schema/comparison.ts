import { readFileSync } from 'node:fs';
import path from 'node:path';
import { newerMethods } from '../../../server/protocol/newerMethods.ts';
import { newerParams } from '../../../server/protocol/newerParams.ts';
import { printJsonSchema } from '../../../server/schemaGen/jsonSchema.ts';
import { protocolSurface } from '../../../server/schemaGen/surface.ts';
import type { Json, Node } from './canonical.ts';
import { isRecord, node, resolve } from './canonical.ts';
import type { Comparison, Difference, Reader } from './difference.ts';
import { differences, inBoth } from './difference.ts';
import type { Generation } from './reference.ts';
import { referenceSchema } from './reference.ts';

/** Why something differs, at exact places. A place that ends with `/` is a family of methods that only we have. */
interface Explanation {
	readonly reason: string;
	readonly where: readonly string[];
}

/** By the releases that they are about. */
type Explanations = Readonly<Record<Generation | 'both', readonly Explanation[]>>;

export interface Report {
	readonly differences: number;
	readonly unexplained: readonly Difference[];
	/** Places of explained.json at which nothing differs. */
	readonly stale: readonly string[];
	/** Those that have a reason by rule. */
	readonly byRule: number;
}

interface Compared {
	readonly found: readonly Difference[];
	readonly common: ReadonlySet<string>;
}

/** Our protocol beside that of each release. */
export function compareGenerations(references: (generation: Generation) => Json = referenceSchema): Readonly<Record<Generation, Report>> {
	const base = compareSchemas(ourSchema({ base: true }), references('0.130'));
	const ours = ourSchema({ base: false });
	const newest = compareSchemas(ours, references('0.171'));
	const refused = refusedPlaces(ours);
	const explained = JSON.parse(readFileSync(path.join(import.meta.dirname, 'explained.json'), 'utf8')) as Explanations;
	return {
		'0.130': report(base, [...explained.both, ...explained['0.130']], difference => isFromNewest(difference, newest)),
		'0.171': report(newest, [...explained.both, ...explained['0.171']], difference => isOfBase(difference, base) || isRefused(difference, refused)),
	};
}

function ourSchema({ base }: { readonly base: boolean }): Json {
	return printJsonSchema(protocolSurface({ experimental: true, base }));
}

/** What newer clients may send; clients of the base never do. */
function isFromNewest({ where, only, reader }: Difference, newest: Compared): boolean {
	return only === 'ours' && reader === 'server' && newest.common.has(where);
}

/** What is kept for clients of the base. */
function isOfBase({ where, only }: Difference, base: Compared): boolean {
	return only === 'ours' && base.common.has(where);
}

/** A method whose family is not here, or what some params ask for: refused by name. */
function isRefused({ where, only }: Difference, refusedParams: ReadonlySet<string>): boolean {
	return only === 'theirs' && (newerMethods.has(where) || refusedParams.has(where));
}

/** The places of params that are refused. */
function refusedPlaces(ours: Json): ReadonlySet<string> {
	const methods = methodsOf(ours, 'ClientRequest');
	return new Set(
		Object.entries(newerParams).flatMap(([method, names]) => {
			const schema = methods.get(method)?.schema;
			const type = isRecord(schema) && typeof schema.$ref === 'string' ? schema.$ref.split('/').at(-1) : undefined;
			if (type === undefined) throw new Error(`newerParams.ts names ${method}, which has no params of a named type`);
			return names.map(name => `${type}.${name}`);
		}),
	);
}

function report({ found }: Compared, explanations: readonly Explanation[], hasRule: (difference: Difference) => boolean): Report {
	const explained = [...new Set(explanations.flatMap(({ where }) => where))];
	const isAbout = (place: string, { where, only }: Difference) => place === where || (place.endsWith('/') && only === 'ours' && where.startsWith(place));
	const withoutReason = found.filter(difference => !explained.some(place => isAbout(place, difference)));
	return {
		differences: found.length,
		unexplained: withoutReason.filter(difference => !hasRule(difference)),
		stale: explained.filter(place => !found.some(difference => isAbout(place, difference))),
		byRule: withoutReason.filter(hasRule).length,
	};
}

function compareSchemas(ours: Json, theirs: Json): Compared {
	const comparison: Comparison = { compared: new Set(), common: new Set() };
	const sides = { ours, theirs, comparison };
	const found = [
		...compareUnion('ClientRequest', 'server', { ...sides, results: resultsOf(ours, 'ClientResponses') }),
		...compareUnion('ServerRequest', 'client', { ...sides, results: resultsOf(ours, 'ServerRequestResponses') }),
		...compareUnion('ServerNotification', 'client', { ...sides, results: new Map() }),
		...compareUnion('ClientNotification', 'server', { ...sides, results: new Map() }),
	];
	return { found, common: comparison.common };
}

interface Sides {
	readonly ours: Json;
	readonly theirs: Json;
	readonly comparison: Comparison;
	/** Of our requests, by method. */
	readonly results: ReadonlyMap<string, Node>;
}

function compareUnion(union: string, reader: Reader, sides: Sides): readonly Difference[] {
	const ourMethods = methodsOf(sides.ours, union);
	const theirMethods = methodsOf(sides.theirs, union);
	if (theirMethods.size === 0) throw new Error(`the reference has no ${union}`);
	const { comparison } = sides;
	return [...new Set([...ourMethods.keys(), ...theirMethods.keys()])].flatMap(method => {
		const our = ourMethods.get(method);
		const their = theirMethods.get(method);
		const params = our && their ? differences(our, their, { reader, where: `${method}.params`, comparison }) : [];
		const result = our && their ? compareResult(sides, method, reader) : [];
		return [...inBoth(our !== undefined, their !== undefined, { where: method, reader, ...comparison }), ...params, ...result];
	});
}

/** The reference does not say which result belongs to which method; the names of the types are the same as ours. */
function compareResult({ theirs, results, comparison }: Sides, method: string, reader: Reader): readonly Difference[] {
	const result = results.get(method);
	if (result === undefined || !isRecord(result.schema) || typeof result.schema.$ref !== 'string') return [];
	const name = result.schema.$ref.split('/').at(-1) ?? '';
	const other = definition(theirs, `v2/${name}`, name);
	const answersTo = reader === 'server' ? 'client' : 'server';
	if (other === null) return [{ where: `${method}.result`, only: 'ours', reader: answersTo, what: `the reference has no ${name}` }];
	return differences(result, other, { reader: answersTo, where: `${method}.result`, comparison });
}

function definition(root: Json, ...names: readonly string[]): Node | null {
	for (const name of names)
		try {
			return resolve(`#/definitions/${name}`, root);
		} catch {
			// Not there: try the next.
		}
	return null;
}

/** The params of each method. */
function methodsOf(root: Json, union: string): ReadonlyMap<string, Node> {
	const schema = definition(root, union)?.schema;
	const options = isRecord(schema) ? (schema.oneOf ?? schema.anyOf) : [];
	return new Map(
		(Array.isArray(options) ? options : []).flatMap(option => {
			const properties = isRecord(option) && isRecord(option.properties) ? option.properties : {};
			const method = isRecord(properties.method) && Array.isArray(properties.method.enum) ? properties.method.enum[0] : undefined;
			return typeof method === 'string' ? [[method, node(properties.params ?? { type: 'null' }, root)] as const] : [];
		}),
	);
}

function resultsOf(root: Json, union: 'ClientResponses' | 'ServerRequestResponses'): ReadonlyMap<string, Node> {
	const schema = definition(root, union)?.schema;
	const properties = isRecord(schema) && isRecord(schema.properties) ? schema.properties : {};
	return new Map(Object.entries(properties).map(([method, result]) => [method, node(result, root)]));
}

export function summary(generation: Generation, { differences: all, unexplained, stale, byRule }: Report): string {
	return `${generation}: ${all} differences, ${byRule} by rule, ${unexplained.length} without a reason, ${stale.length} reasons without a difference`;
}
