import type { parse as parseYaml } from 'yaml';

export type ParseYaml = typeof parseYaml;

/** Loaded with the first skill: nobody without skills waits for it. */
export async function loadYaml(): Promise<ParseYaml> {
	return (await import('yaml')).parse;
}

export interface FrontMatter {
	readonly name: string | null;
	readonly description: string;
	readonly shortDescription: string | null;
}

/** Characters. */
const MAX_NAME = 64;
const MAX_DESCRIPTION = 1_024;

type Table = Readonly<Record<string, unknown>>;
const isTable = (value: unknown): value is Table => typeof value === 'object' && value !== null && !Array.isArray(value);
/** On one line. */
const collapse = (text: string) => text.replace(/\s+/gu, ' ').trim();
const lengthOf = (text: string) => [...text].length;

/** Anything but text and numbers is no text. */
export function plainText(value: unknown): string | null {
	return typeof value === 'string' || typeof value === 'number' ? collapse(String(value)) : null;
}

/** Reads what stands at the beginning of a `SKILL.md`. A text says what is wrong with it. */
export function readFrontMatter(source: string, parse: ParseYaml): FrontMatter | string {
	const block = /^\uFEFF?---[ \t]*\r?\n([\s\S]*?)(?:^|\r?\n)---[ \t]*(?:\r?\n|$)/.exec(source)?.[1];
	if (block === undefined) return 'it does not begin with a block of YAML between two lines of ---';
	const value = readYaml(block, parse);
	if ('problem' in value) return `its YAML cannot be read: ${value.problem}`;
	if (!isTable(value.value)) return 'the block at its beginning has no description';
	const { name, description, metadata } = value.value;
	const shown = plainText(description);
	if (shown === null || shown === '') return 'it has no description';
	if (lengthOf(shown) > MAX_DESCRIPTION) return `its description is longer than ${MAX_DESCRIPTION} characters`;
	const own = name === undefined || name === null ? null : plainText(name);
	if (own === null && name !== undefined && name !== null) return 'its name is no text';
	if (own !== null && lengthOf(own) > MAX_NAME) return `its name is longer than ${MAX_NAME} characters`;
	return {
		name: own === '' ? null : own,
		description: shown,
		shortDescription: isTable(metadata) ? plainText(metadata['short-description']) || null : null,
	};
}

export function readYaml(source: string, parse: ParseYaml): { readonly value: unknown } | { readonly problem: string } {
	try {
		return { value: parse(source, { maxAliasCount: 50, logLevel: 'silent' }) as unknown };
	} catch (error) {
		return { problem: (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? 'it is no YAML' };
	}
}
