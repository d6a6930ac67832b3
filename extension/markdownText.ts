/** Texts of others in our Markdown: no markup, no links, no pictures of their own. Pure. */
import { visibleText } from '../server/protocol/approval/visibleText.ts';

/** A text that neither hides anything nor passes for more than one line. */
export const oneLine = (text: string): string => visibleText(text, { code: true }).replace(/\s+/g, ' ').trim();

/** A text of one line without any meaning for Markdown or HTML. */
export function plain(text: string): string {
	return visibleText(text)
		.replace(/\s+/g, ' ')
		.trim()
		.replace(/[\\`*_{}[\]()#+\-.!|<>&~:@^$=/"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

export function code(text: string): string {
	const line = oneLine(text);
	const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([ticks]) => ticks.length));
	const fence = '`'.repeat(longest + 1);
	return `${fence} ${line} ${fence}`;
}
