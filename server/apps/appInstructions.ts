import type { AccessibleApp } from './appEntry.ts';

export const APPS_TAG = '<apps_instructions>';

/** An app with tools that the model may call. */
export interface AppInNamespace extends AccessibleApp {
	/** Of its tools. */
	readonly namespace: string;
}

/** More are not named one by one: their tools say what they are for. */
const MAX_APPS = 100;
const MAX_DESCRIPTION = 200;

/** What a model is told of the apps whose tools it has; null when there are none. */
export function appsInstructions(apps: readonly AppInNamespace[]): string | null {
	if (apps.length === 0) return null;
	const named = apps.toSorted((a, b) => (a.name < b.name ? -1 : 1)).slice(0, MAX_APPS);
	const lines = named.map(({ id, name, description, namespace }) => {
		const about = oneLine(description ?? '');
		return `- ${oneLine(name)} ($${appWord(name)}, app://${id}), tools in ${namespace}${about === '' ? '' : `: ${about}`}`;
	});
	const left = apps.length - named.length;
	return [
		APPS_TAG,
		'## Apps',
		'Apps are services that the person has connected to their account. These can be used; each has tools in a namespace of its own.',
		...lines,
		...(left === 0 ? [] : [`- (${left} more are not listed here; their tools are)`]),
		'How to use them:',
		'- When the person names an app, by `$` and its word or by its app:// address, they want it to be used for that message: use its tools, not another way to the same data.',
		'- Else use an app when the task is about what is in it. When its tools are not among yours, search for tools in its namespace.',
		'</apps_instructions>',
	].join('\n');
}

/** How a person names an app after `$`: its name in small letters, with hyphens. */
function appWord(name: string): string {
	const word = name
		.toLowerCase()
		.replace(/[^\p{L}\p{N}]+/gu, '-')
		.replace(/^-+|-+$/g, '');
	return word === '' ? 'app' : word;
}

function oneLine(text: string): string {
	const line = text.replace(/\s+/g, ' ').trim();
	return line.length > MAX_DESCRIPTION ? `${line.slice(0, MAX_DESCRIPTION)}…` : line;
}
