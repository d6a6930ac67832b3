/**
 * Prompts that a person keeps as Markdown files, as the Codex CLI has them: front matter with `description` and `argument-hint`, and
 * placeholders in the text. Pure.
 */
export interface CustomPrompt {
	readonly description: string | null;
	readonly argumentHint: string | null;
	readonly text: string;
	/** `$1` to `$9` or `$ARGUMENTS` stand in it. */
	readonly positional: boolean;
	/** Names of the placeholders that are given as `NAME=value`, in the order of the text. */
	readonly named: readonly string[];
}

export type ParsedPrompt =
	| { readonly type: 'prompt'; readonly prompt: CustomPrompt }
	| { readonly type: 'bad'; readonly reason: 'openFrontMatter' | 'empty' };

export type ExpandedPrompt =
	| { readonly type: 'text'; readonly text: string }
	| { readonly type: 'missing'; readonly names: readonly string[] }
	/** Words that name nothing, where every placeholder has a name. */
	| { readonly type: 'nameless'; readonly words: readonly string[] };

const placeholder = /\$(?:(\$)|([1-9])|([A-Z][A-Z0-9_]*))/g;

export function parsePrompt(source: string): ParsedPrompt {
	const lines = source.replace(/^\uFEFF/, '').split(/\r?\n/);
	let body = lines;
	let fields: ReadonlyMap<string, string> = new Map();
	if (lines[0]?.trim() === '---') {
		const end = lines.findIndex((line, index) => index > 0 && line.trim() === '---');
		if (end < 0) return { type: 'bad', reason: 'openFrontMatter' };
		fields = readFields(lines.slice(1, end));
		body = lines.slice(end + 1);
	}
	const text = body.join('\n').trim();
	if (text === '') return { type: 'bad', reason: 'empty' };
	const found = [...text.matchAll(placeholder)];
	const names = found.flatMap(([, , , name]) => (name === undefined || name === 'ARGUMENTS' ? [] : [name]));
	return {
		type: 'prompt',
		prompt: {
			description: fields.get('description') ?? null,
			argumentHint: fields.get('argument-hint') ?? fields.get('argument_hint') ?? null,
			text,
			positional: found.some(([, , digit, name]) => digit !== undefined || name === 'ARGUMENTS'),
			named: [...new Set(names)],
		},
	};
}

/** Simple values only: `key: value`, with or without quotes. */
function readFields(lines: readonly string[]): ReadonlyMap<string, string> {
	const fields = new Map<string, string>();
	for (const line of lines) {
		const found = /^\s*([\w-]+)\s*:\s*(.*?)\s*$/.exec(line);
		const [, key, raw] = found ?? [];
		if (key === undefined || raw === undefined) continue;
		const value = /^"(.*)"$/.exec(raw)?.[1] ?? /^'(.*)'$/.exec(raw)?.[1] ?? raw;
		if (value !== '') fields.set(key.toLowerCase(), value);
	}
	return fields;
}

/**
 * Where placeholders have names, the arguments are `NAME=value`; else they count from 1, and one that is not given is empty. Quotes keep
 * words together. `$$` is a dollar.
 */
export function expandPrompt({ text, named }: CustomPrompt, argumentText: string): ExpandedPrompt {
	const words = splitWords(argumentText);
	const values = new Map<string, string>();
	if (named.length > 0) {
		const nameless: string[] = [];
		for (const word of words) {
			const found = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(word);
			if (found?.[1] === undefined) nameless.push(word);
			else values.set(found[1].toUpperCase(), found[2] ?? '');
		}
		if (nameless.length > 0) return { type: 'nameless', words: nameless };
		const missing = named.filter((name) => !values.has(name));
		if (missing.length > 0) return { type: 'missing', names: missing };
	}
	const expanded = text.replaceAll(placeholder, (whole: string, dollar?: string, digit?: string, name?: string) => {
		if (dollar !== undefined) return '$';
		if (digit !== undefined) return words[Number(digit) - 1] ?? '';
		if (name === 'ARGUMENTS') return argumentText.trim();
		return values.get(name ?? '') ?? whole;
	});
	return { type: 'text', text: expanded };
}

/** By spaces. Quotes around a word, or around the value behind `NAME=`, keep it together and are taken off; an apostrophe is none. */
function splitWords(text: string): readonly string[] {
	const word = /([A-Za-z_]\w*=)?(?:"((?:\\.|[^"\\])*)"|'([^']*)'|“([^”]*)”)(?=\s|$)|\S+/g;
	return [...text.matchAll(word)].map(([whole, name = '', double, single, curly]) => {
		if (double !== undefined) return name + double.replaceAll(/\\(["\\])/g, '$1');
		const quoted = single ?? curly;
		return quoted === undefined ? whole : name + quoted;
	});
}
