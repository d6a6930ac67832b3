import path from 'node:path';
import { type ParseYaml, plainText, readYaml } from './frontMatter.ts';
import type { Skill, SkillInterface, SkillTool } from './skill.ts';

type Table = Readonly<Record<string, unknown>>;
const isTable = (value: unknown): value is Table => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Characters. */
const MAX_NAME = 64;
const MAX_TEXT = 1_024;

type Metadata = Pick<Skill, 'interface' | 'tools' | 'implicit'>;
export const NO_METADATA: Metadata = { interface: null, tools: [], implicit: true };

/** Reads `agents/openai.yaml` of a skill's folder. What cannot be used is left out: a skill never fails because of it. */
export function readMetadata(source: string, folder: string, parse: ParseYaml): Metadata {
	const read = readYaml(source, parse);
	if ('problem' in read || !isTable(read.value)) return NO_METADATA;
	const { interface: shown, dependencies, policy } = read.value;
	const tools = isTable(dependencies) && Array.isArray(dependencies.tools) ? dependencies.tools : [];
	return {
		interface: isTable(shown) ? interfaceOf(shown, folder) : null,
		tools: tools.flatMap(toolOf),
		implicit: !(isTable(policy) && policy.allow_implicit_invocation === false),
	};
}

function interfaceOf(table: Table, folder: string): SkillInterface | null {
	const color = plainText(table.brand_color);
	const found = {
		displayName: textUpTo(table.display_name, MAX_NAME),
		shortDescription: textUpTo(table.short_description, MAX_TEXT),
		iconSmall: iconOf(table.icon_small, folder),
		iconLarge: iconOf(table.icon_large, folder),
		brandColor: color !== null && /^#[0-9a-fA-F]{6}$/.test(color) ? color : null,
		defaultPrompt: textUpTo(table.default_prompt, MAX_TEXT),
	};
	const entries = Object.entries(found).filter(([, value]) => value !== null);
	return entries.length === 0 ? null : (Object.fromEntries(entries) as SkillInterface);
}

function textUpTo(value: unknown, most: number): string | null {
	const text = plainText(value);
	return text === null || text === '' || [...text].length > most ? null : text;
}

/** Below `assets`, and nowhere else. */
function iconOf(value: unknown, folder: string): string | null {
	const text = typeof value === 'string' ? value : '';
	if (text === '' || path.isAbsolute(text) || text.includes('\\')) return null;
	const parts = path.posix.normalize(text).split('/');
	return parts[0] === 'assets' && parts.length > 1 && !parts.includes('..') ? path.join(folder, ...parts) : null;
}

function toolOf(value: unknown): readonly SkillTool[] {
	if (!isTable(value)) return [];
	const [type, what] = [textUpTo(value.type, MAX_NAME), textUpTo(value.value, MAX_TEXT)];
	if (type === null || what === null) return [];
	const more = (['description', 'transport', 'command', 'url'] as const).flatMap((key) => {
		const text = textUpTo(value[key], MAX_TEXT);
		return text === null ? [] : [[key, text] as const];
	});
	return [{ type, value: what, ...Object.fromEntries(more) }];
}
