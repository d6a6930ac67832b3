import * as z from 'zod/mini';
// As a member of `z` it looks like the end of a promise.
import { catch as orElse } from 'zod/mini';
import type { Skill } from './skill.ts';

/** What `[skills]` of a configuration says. */
export interface SkillsConfig {
	/** Whether the ones that come with the program count. */
	readonly bundled: boolean;
	/** Whether models are told which there are. */
	readonly instructions: boolean;
	readonly rules: readonly SkillRule[];
}

/** Later rules win. */
export type SkillRule = { readonly enabled: boolean } & ({ readonly path: string } | { readonly name: string });

const Table = z.looseObject({
	bundled: z.optional(orElse(z.looseObject({ enabled: z.optional(orElse(z.boolean(), true)) }), {})),
	include_instructions: z.optional(orElse(z.boolean(), true)),
	config: z.optional(orElse(z.array(z.unknown()), [])),
});
const Rule = z.looseObject({ path: z.optional(z.string()), name: z.optional(z.string()), enabled: z.boolean() });

export function readSkillsConfig(table: unknown): SkillsConfig {
	const read = Table.safeParse(table ?? {});
	const { bundled, include_instructions, config } = read.success ? read.data : {};
	return { bundled: bundled?.enabled ?? true, instructions: include_instructions ?? true, rules: (config ?? []).flatMap(ruleOf) };
}

function ruleOf(value: unknown): readonly SkillRule[] {
	const read = Rule.safeParse(value);
	if (!read.success) return [];
	const { path, name, enabled } = read.data;
	if (path !== undefined) return [{ path, enabled }];
	return name === undefined ? [] : [{ name, enabled }];
}

export function isSkillEnabled({ rules }: SkillsConfig, { path, name }: Pick<Skill, 'path' | 'name'>): boolean {
	return rules.findLast((rule) => ('path' in rule ? rule.path === path : rule.name === name))?.enabled ?? true;
}

/** The entries of `skills.config` once a skill is switched: what others say of it goes, and only what is off is written. */
export function switchedRules(entries: unknown, which: { readonly path: string } | { readonly name: string }, enabled: boolean): readonly unknown[] {
	const [key, value] = 'path' in which ? (['path', which.path] as const) : (['name', which.name] as const);
	const isSame = (entry: unknown) => typeof entry === 'object' && entry !== null && key in entry && (entry as Record<string, unknown>)[key] === value;
	const others = Array.isArray(entries) ? (entries as readonly unknown[]).filter((entry) => !isSame(entry)) : [];
	return enabled ? others : [...others, { [key]: value, enabled: false }];
}
