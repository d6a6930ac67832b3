/** What the word at the cursor asks for: a command at the very beginning, something that `@` names, or a skill after `$`. Pure. */
export interface Trigger {
	readonly kind: 'command' | 'mention' | 'skill';
	readonly query: string;
	/** The characters that a choice replaces. */
	readonly start: number;
	readonly end: number;
}

/** Characters of a query; what is longer is no name. */
const MAX_QUERY = 200;

export function triggerAt(text: string, caret: number): Trigger | null {
	const before = text.slice(0, caret);
	if (before.startsWith('/') && !before.includes('\n') && before.length <= MAX_QUERY) {
		return { kind: 'command', query: before.slice(1), start: 0, end: caret };
	}
	const found = /(?:^|[\s(])@([^\s@]*)$/.exec(before);
	const skill = found === null ? /(?:^|[\s(])\$([\p{L}\p{N}_][\p{L}\p{N}_:-]*)?$/u.exec(before) : null;
	const query = found?.[1] ?? (skill === null ? undefined : (skill[1] ?? ''));
	if (query === undefined || query.length > MAX_QUERY) return null;
	return { kind: found === null ? 'skill' : 'mention', query, start: caret - query.length - 1, end: caret };
}

/** The text with `words` in place of what triggered, and where the cursor is then. */
export function replaceTrigger(text: string, { start, end }: Trigger, words: string): { readonly text: string; readonly caret: number } {
	const rest = text.slice(end);
	const space = words === '' || /^\s/.test(rest) ? '' : ' ';
	return { text: `${text.slice(0, start)}${words}${space}${rest}`, caret: start + words.length + (words === '' ? 0 : 1) };
}

/** A message that looks like a command: its name, or null. Paths such as `/usr/bin` are none. */
export function commandName(text: string): string | null {
	return /^\/([a-z][\w-]*)(?:\s|$)/i.exec(text)?.[1]?.toLowerCase() ?? null;
}

/** A message that may call a prompt: the word behind its slash, and the rest. */
export function promptCall(text: string): { readonly word: string; readonly args: string } | null {
	const found = /^\/([^\s/]+)(?:\s+([\s\S]*))?$/.exec(text);
	return found?.[1] === undefined ? null : { word: found[1], args: found[2] ?? '' };
}
