import type { ResponseItem } from '../items/responseItem.ts';

/** More would only cost tokens: then the model is told how many. */
const MAX_NAMED = 40;

/** Tells the model that the person took changes of files back, or brought them again: what it remembers of them is no longer so. */
export function filesRestored(paths: readonly string[]): ResponseItem {
	const named = paths.slice(0, MAX_NAMED).map((path) => `- ${path}\n`);
	const rest = paths.length > MAX_NAMED ? `- and ${paths.length - MAX_NAMED} more\n` : '';
	const text = `<files_restored>\nThe user undid or redid changes of these files. Read them again before you rely on what is in them, and do not repeat what was undone unless asked:\n${named.join('')}${rest}</files_restored>`;
	return { type: 'message', role: 'user', content: [{ type: 'input_text', text }] };
}
