import type { AppEntry } from '../channel/menuEntries.ts';
import { appWord } from '../state/draft.ts';
import { strings } from '../strings.ts';
import type { Suggestion } from './slashCommands.ts';

/** The apps that a word after `$` may name, by their names or by the words that stand for them: those that begin with it first. */
export function appSuggestions(query: string, apps: readonly AppEntry[]): readonly Suggestion[] {
	const wanted = query.toLowerCase();
	const names = ({ name }: AppEntry): readonly string[] => [name.toLowerCase(), appWord(name)];
	const begins = (app: AppEntry): number => (names(app).some((name) => name.startsWith(wanted)) ? 0 : 1);
	return apps
		.filter((app) => names(app).some((name) => name.includes(wanted)))
		.toSorted((a, b) => begins(a) - begins(b))
		.map((app) => ({
			id: `app ${app.id}`,
			icon: 'plug',
			label: app.name,
			origin: strings.appOrigin,
			detail: app.description ?? '',
			choice: { type: 'app', app },
		}));
}
