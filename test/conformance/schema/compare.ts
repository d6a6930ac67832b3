import { readFileSync } from 'node:fs';
import path from 'node:path';
import { printJsonSchema } from '../../../server/schemaGen/jsonSchema.ts';
import { protocolSurface } from '../../../server/schemaGen/surface.ts';
import type { Json, Node } from './canonical.ts';
import { isRecord, node, resolve } from './canonical.ts';
import type { ComparedTypes, Difference, Reader } from './difference.ts';
import { differences } from './difference.ts';

// Compares our schemas with the JSON schemas of a reference program, method by method:
//   node test/conformance/schema/compare.ts [FOLDER]
// FOLDER is what its `generate-json-schema --experimental --out FOLDER` wrote. Ends with 1 when a difference has no
// reason in explained.json, or a reason there has no difference any more.

interface Explained {
	/** The beginning of the place; its end, after an ellipsis. */
	readonly where: string;
	readonly reason: string;
}

const folder = process.argv[2] ?? '/tmp/ref/js';
const reference = readJson(path.join(folder, 'codex_app_server_protocol.schemas.json'));
const compared: ComparedTypes = new Set();
const ours: Json = printJsonSchema(protocolSurface({ experimental: true }));

function readJson(file: string): Json {
	return JSON.parse(readFileSync(file, 'utf8')) as Json;
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

interface Method {
	readonly params: Node;
}

function methodsOf(root: Json, union: string): ReadonlyMap<string, Method> {
	const schema = definition(root, union)?.schema;
	const options = isRecord(schema) && Array.isArray(schema.oneOf) ? schema.oneOf : [];
	return new Map(
		options.flatMap(option => {
			const properties = isRecord(option) && isRecord(option.properties) ? option.properties : {};
			const method = isRecord(properties.method) && Array.isArray(properties.method.enum) ? properties.method.enum[0] : undefined;
			return typeof method === 'string' ? [[method, { params: node(properties.params ?? { type: 'null' }, root) }] as const] : [];
		}),
	);
}

function resultsOf(union: 'ClientResponses' | 'ServerRequestResponses'): ReadonlyMap<string, Node> {
	const schema = definition(ours, union)?.schema;
	const properties = isRecord(schema) && isRecord(schema.properties) ? schema.properties : {};
	return new Map(Object.entries(properties).map(([method, result]) => [method, node(result, ours)]));
}

function compareUnion(union: string, reader: Reader, results: ReadonlyMap<string, Node>): readonly Difference[] {
	const ourMethods = methodsOf(ours, union);
	const theirMethods = methodsOf(reference, union);
	if (theirMethods.size === 0) throw new Error(`${folder} has no ${union}`);
	return [...new Set([...ourMethods.keys(), ...theirMethods.keys()])].flatMap(method => {
		const our = ourMethods.get(method);
		const their = theirMethods.get(method);
		if (our === undefined) return [{ where: method, what: 'ours no such method; reference has it' }];
		if (their === undefined) return [{ where: method, what: 'ours has this method; reference no such method' }];
		return [...differences(our.params, their.params, { reader, where: `${method}.params`, compared }), ...compareResult(method, results.get(method), reader)];
	});
}

/** The reference does not say which result belongs to which method; the names of the types are the same as ours. */
function compareResult(method: string, result: Node | undefined, reader: Reader): readonly Difference[] {
	if (result === undefined || !isRecord(result.schema) || typeof result.schema.$ref !== 'string') return [];
	const name = result.schema.$ref.split('/').at(-1) ?? '';
	const theirs = definition(reference, `v2/${name}`, name);
	if (theirs === null) return [{ where: `${method}.result`, what: `ours ${name}; reference no such type` }];
	return differences(result, theirs, { reader: reader === 'server' ? 'client' : 'server', where: `${method}.result`, compared });
}

const found = [
	...compareUnion('ClientRequest', 'server', resultsOf('ClientResponses')),
	...compareUnion('ServerRequest', 'client', resultsOf('ServerRequestResponses')),
	...compareUnion('ServerNotification', 'client', new Map()),
	...compareUnion('ClientNotification', 'server', new Map()),
];
const explained = readJson(path.join(import.meta.dirname, 'explained.json')) as unknown as readonly Explained[];

function isAbout({ where }: Explained, found: string): boolean {
	return where.startsWith('…') ? found.endsWith(where.slice(1)) : found.startsWith(where);
}

const unexplained = found.filter(({ where }) => !explained.some(reason => isAbout(reason, where)));
const stale = explained.filter(reason => !found.some(({ where }) => isAbout(reason, where)));
for (const { where, what } of unexplained) console.log(`${where}: ${what}`);
for (const { where } of stale) console.log(`explained.json: nothing differs at ${where} any more`);
console.log(`${found.length} differences, ${unexplained.length} without a reason, ${stale.length} reasons without a difference`);
process.exitCode = unexplained.length + stale.length === 0 ? 0 : 1;
