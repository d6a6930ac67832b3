import type { TurnInput } from '../items/input.ts';
import type { Skill } from './skill.ts';

export const SKILLS_TAG = '<skills_instructions>';

/** The list takes at most this of every request, in bytes. */
const BUDGET = 16_000;
/** Descriptions are shortened before skills are left out, but not below this, in characters. */
const SHORTEST = 60;

const PREAMBLE = `A skill is a file with instructions for one kind of work. These are available; each line has a name, when it helps, and its file.`;
const RULES = `How to use them:
- When the task is the kind of work that a skill describes, or the person names a skill (\`$name\`), read its file first and follow it. Read further files that it refers to only when you need them; paths in it are relative to its folder.
- When several fit, use the fewest that cover the task. When none fits, go on without.
- If a skill cannot be read or followed, say so in a sentence and go on as well as you can.`;

/** What a model is told of the skills; null when there are none. Longer lists are made to fit. */
export function skillsInstructions(skills: readonly Skill[]): string | null {
	const known = skills.filter(({ implicit }) => implicit);
	if (known.length === 0) return null;
	const lines = fitted(known);
	const left = known.length - lines.length;
	const more = left === 0 ? [] : [`- (${left} more are not listed here; they are in the folders of those above)`];
	return [SKILLS_TAG, '## Skills', PREAMBLE, ...lines, ...more, RULES, '</skills_instructions>'].join('\n');
}

function fitted(skills: readonly Skill[]): readonly string[] {
	const line = ({ name, description, path }: Skill, most: number) => `- ${name}: ${shortened(description, most)} (file: ${path})`;
	const size = (lines: readonly string[]) => lines.reduce((sum, each) => sum + Buffer.byteLength(each) + 1, 0);
	for (const most of [1024, 400, 200, 120, SHORTEST]) {
		const lines = skills.map((skill) => line(skill, most));
		if (size(lines) <= BUDGET) return lines;
	}
	const kept: string[] = [];
	let left = BUDGET;
	for (const each of skills.map((skill) => line(skill, SHORTEST))) {
		left -= Buffer.byteLength(each) + 1;
		if (left < 0) break;
		kept.push(each);
	}
	return kept;
}

function shortened(text: string, most: number): string {
	const chars = [...text];
	return chars.length <= most
		? text
		: `${chars
				.slice(0, most - 1)
				.join('')
				.trimEnd()}…`;
}

/** A skill's whole file, as the model gets it with the message that chose it. */
export function skillMessage({ name, path }: Pick<Skill, 'name' | 'path'>, content: string): string {
	return `<skill>\n<name>${name}</name>\n<path>${path}</path>\n${content}\n</skill>`;
}

/**
 * The skills that a message chooses, each once, in the order of the message. `skills`: those that are enabled. What was chosen as a
 * skill counts by its path; a `$name` counts only when one skill has that name.
 */
export function chosenSkills(input: readonly TurnInput[], skills: readonly Skill[]): readonly Skill[] {
	const chosen = new Set<Skill>();
	const picked = input.flatMap((part) => (part.type === 'skill' ? skills.filter(({ path }) => path === part.path) : []));
	const named = input.flatMap((part) => (part.type === 'skill' ? [part.name] : []));
	for (const part of input) {
		if (part.type !== 'text') continue;
		for (const [, name = ''] of part.text.matchAll(/(?<![\p{L}\p{N}_$])\$([\p{L}\p{N}_][\p{L}\p{N}_:-]*)/gu)) {
			const own = picked.find((skill) => skill.name === name);
			if (own !== undefined) chosen.add(own);
			// Somebody picked what this word stands for; whatever else has its name was not meant.
			if (own !== undefined || named.includes(name)) continue;
			const [only, ...others] = skills.filter((skill) => skill.name === name);
			if (only !== undefined && others.length === 0) chosen.add(only);
		}
	}
	for (const skill of picked) chosen.add(skill);
	return [...chosen];
}
