import { compileGlob } from './glob.ts';

/** One line of a `.gitignore` or `.ignore` file. */
interface Rule {
	readonly isNegated: boolean;
	readonly foldersOnly: boolean;
	/** Against the name alone, or against the path from the folder of the file. */
	readonly scope: 'name' | 'path';
	readonly test: (text: string) => boolean;
}

export type Verdict = 'ignored' | 'kept' | 'unsaid';

/** The rules of one file, for the tree below its folder. */
export interface IgnoreRules {
	/** `path` from the folder of the rules, with slashes; `name` is its last part. */
	verdict(path: string, name: string, kind: 'file' | 'folder'): Verdict;
}

/** Reads the text of an ignore file as git does. A line that is no valid pattern says nothing. Null when none says anything. */
export function parseIgnoreRules(text: string): IgnoreRules | null {
	const literals = new Map<string, number[]>();
	const patterns: number[] = [];
	const rules: Rule[] = [];
	for (const line of text.replace(/^\uFEFF/, '').split('\n')) {
		const parsed = parseLine(line.endsWith('\r') ? line.slice(0, -1) : line);
		if (parsed === null) continue;
		const index = rules.push(parsed.rule) - 1;
		if (parsed.literal === null) patterns.push(index);
		else literals.set(parsed.literal, [...(literals.get(parsed.literal) ?? []), index]);
	}
	if (rules.length === 0) return null;
	return {
		verdict: (path, name, kind) => {
			// The last rule that fits decides.
			const fits = (index: number) => {
				const rule = rules[index];
				return rule !== undefined && (kind === 'folder' || !rule.foldersOnly) && rule.test(rule.scope === 'name' ? name : path);
			};
			const literal = literals.get(name)?.findLast((index) => kind === 'folder' || !rules[index]?.foldersOnly) ?? -1;
			let last = literal;
			for (let i = patterns.length - 1; i >= 0; i--) {
				const index = patterns[i] ?? -1;
				if (index < last) break;
				if (!fits(index)) continue;
				last = index;
				break;
			}
			if (last < 0) return 'unsaid';
			return rules[last]?.isNegated ? 'kept' : 'ignored';
		},
	};
}

function parseLine(line: string): { readonly rule: Rule; readonly literal: string | null } | null {
	let pattern = withoutTrailingSpaces(line);
	if (pattern === '' || pattern.startsWith('#')) return null;
	const isNegated = pattern.startsWith('!');
	if (isNegated) pattern = pattern.slice(1);
	const foldersOnly = pattern.endsWith('/');
	if (foldersOnly) pattern = pattern.slice(0, -1);
	const scope = pattern.includes('/') ? 'path' : 'name';
	if (pattern.startsWith('/')) pattern = pattern.slice(1);
	if (pattern === '' || endsWithEscape(pattern)) return null;
	if (scope === 'name' && !/[*?[\\]/.test(pattern)) {
		const literal = pattern;
		return { rule: { isNegated, foldersOnly, scope, test: (name) => name === literal }, literal };
	}
	const ending = /^\*([^*?[\\]+)$/.exec(pattern)?.[1];
	if (scope === 'name' && ending !== undefined) {
		return { rule: { isNegated, foldersOnly, scope, test: (name) => name.endsWith(ending) }, literal: null };
	}
	const test = compileGlob(pattern);
	return test === null ? null : { rule: { isNegated, foldersOnly, scope, test }, literal: null };
}

/** Spaces at the end count only when the last one is escaped. */
function withoutTrailingSpaces(line: string): string {
	let end = line.length;
	while (end > 0 && line[end - 1] === ' ' && !isEscaped(line, end - 1)) end--;
	return line.slice(0, end);
}

function isEscaped(text: string, at: number): boolean {
	let slashes = 0;
	while (text[at - 1 - slashes] === '\\') slashes++;
	return slashes % 2 === 1;
}

function endsWithEscape(pattern: string): boolean {
	return pattern.endsWith('\\') && !isEscaped(pattern, pattern.length - 1);
}
