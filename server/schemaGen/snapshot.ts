import { generateJsonSchema } from './jsonSchema.ts';
import { generateTypescript } from './typescript.ts';

/** The generated files that are checked in, by their path in server/protocol/schema/: reviews see what a change does to the wire. */
export function snapshotFiles(): ReadonlyMap<string, string> {
	return new Map([
		...prefixed('stable', generateJsonSchema({ experimental: false })),
		...prefixed('experimental', generateJsonSchema({ experimental: true })),
		...prefixed('typescript/stable', generateTypescript({ experimental: false })),
		...prefixed('typescript/experimental', generateTypescript({ experimental: true })),
	]);
}

function prefixed(folder: string, files: ReadonlyMap<string, string>): readonly (readonly [string, string])[] {
	return [...files].map(([name, text]) => [`${folder}/${name}`, text] as const);
}
