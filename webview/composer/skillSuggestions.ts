import type { SkillEntry } from '../channel/menuEntries.ts';
import { strings } from '../strings.ts';
import type { Suggestion } from './slashCommands.ts';

/** The skills that a word after `$` may name: those that begin with it first. Each says where it comes from, since several may have one name. */
export function skillSuggestions(query: string, skills: readonly SkillEntry[]): readonly Suggestion[] {
	const wanted = query.toLowerCase();
	const begins = ({ name }: SkillEntry): number => (name.toLowerCase().startsWith(wanted) ? 0 : 1);
	return skills
		.filter(({ name }) => name.toLowerCase().includes(wanted))
		.toSorted((a, b) => begins(a) - begins(b))
		.map((skill) => ({
			id: `skill ${skill.path}`,
			icon: 'mortar-board',
			label: skill.name,
			origin: strings.skillScopes[skill.scope],
			detail: skill.description,
			choice: { type: 'skill', skill },
		}));
}
