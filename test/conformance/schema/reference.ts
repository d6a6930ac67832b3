import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Json } from './canonical.ts';
import { isRecord } from './canonical.ts';
import { type Digest, digestOf, schemaOf } from './digest.ts';

/** The releases of the protocol's first program that ours is compared with: the base, and the newest whose clients are served. */
export const generations = ['0.130', '0.171'] as const;
export type Generation = (typeof generations)[number];

export const referenceFile = (generation: Generation) => path.join(import.meta.dirname, 'reference', `${generation}.jsonl`);

/** Each line has a type: its path below `definitions`, and its digest. */
export function referenceSchema(generation: Generation): Json {
	const definitions: { [name: string]: Json } = { v2: {} };
	for (const line of readFileSync(referenceFile(generation), 'utf8').trim().split('\n')) {
		const [name, digest] = JSON.parse(line) as [string, Digest];
		const within = name.startsWith('v2/') ? definitions.v2 : definitions;
		if (isRecord(within)) within[name.replace(/^v2\//, '')] = schemaOf(digest);
	}
	return { definitions };
}

/** What the release says now, in the folder that its `generate-json-schema --experimental --out FOLDER` wrote; as lines of our file. */
export function digestLines(folder: string): string {
	const schema = JSON.parse(readFileSync(path.join(folder, 'codex_app_server_protocol.schemas.json'), 'utf8')) as Json;
	const definitions = isRecord(schema) && isRecord(schema.definitions) ? schema.definitions : {};
	const { v2, ...first } = definitions;
	const lines = [...Object.entries(first), ...Object.entries(isRecord(v2) ? v2 : {}).map(([name, type]) => [`v2/${name}`, type] as const)]
		.sort(([a], [b]) => (a < b ? -1 : 1))
		.map(([name, type]) => JSON.stringify([name, digestOf(type)]));
	return `${lines.join('\n')}\n`;
}

export function isGeneration(name: string | undefined): name is Generation {
	return generations.some(generation => generation === name);
}
