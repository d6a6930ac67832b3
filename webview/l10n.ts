import type { L10nMessage } from '../server/protocol/wire/l10nMessage.ts';

/**
 * The page's words in the person's language. The host puts VS Code's dictionary (English text -> translation, made of
 * l10n/bundle.l10n.*.json) into the document as JSON; without one, everything is said in English.
 */
const dictionary = dictionaryIn(typeof document === 'undefined' ? null : document.getElementById('dictionary'));

/** The translation of an English text, with `{0}`, `{1}` … filled in. Calls have to name the text itself: `npm run l10n` collects them. */
export function t(message: string, ...values: readonly (string | number)[]): string {
	const text = dictionary[message] ?? message;
	return values.length === 0 ? text : text.replace(/\{(\d+)\}/g, (whole, index: string) => String(values[Number(index)] ?? whole));
}

/** A text of the server, of which it says how it was made. It is English where there is no translation. */
export function localized({ message, args }: L10nMessage): string {
	return t(message, ...args.map((value) => (typeof value === 'string' ? value : localized(value))));
}

function dictionaryIn(element: HTMLElement | null): Readonly<Record<string, string>> {
	const words: unknown = JSON.parse(element?.textContent || '{}');
	return typeof words === 'object' && words !== null ? Object.fromEntries(Object.entries(words).filter(isText)) : {};
}

function isText(entry: [string, unknown]): entry is [string, string] {
	return typeof entry[1] === 'string';
}
