import type { SkillEntry } from '../../webview/channel/menuEntries.ts';
import type { Attachment } from '../../webview/channel/attachment.ts';
import type { Client } from '../server/client.ts';

/** The skills that are switched on in a folder, for the menu of the composer. */
export async function skillEntries(client: Client, folder: string | null): Promise<readonly SkillEntry[]> {
	const { data } = await client.request('skills/list', { cwds: folder === null ? null : [folder] });
	return data
		.flatMap(({ skills }) => skills)
		.filter(({ enabled }) => enabled)
		.map(({ name, path, scope, pluginId, description, shortDescription, interface: shown }) => ({
			name,
			path,
			scope: pluginId === undefined ? scope : 'plugin',
			description: shown?.shortDescription ?? shortDescription ?? description,
		}));
}

/** As the message holds it: bound to its word. */
export function chosenSkill({ name, path }: { readonly name: string; readonly path: string }): Attachment {
	return { kind: 'skill', label: name, content: path, tokens: 0, cut: false, words: `$${name}` };
}
