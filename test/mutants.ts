export interface Mutant {
	readonly line: number;
	readonly what: string;
	/** The whole file with the change. */
	readonly text: string;
}

/** What stands for what, one at a time. */
const exchanges: readonly (readonly [RegExp, readonly string[]])[] = [
	[/===/g, ['!==']],
	[/!==/g, ['===']],
	[/ <= /g, [' < ']],
	[/ >= /g, [' > ']],
	[/(?<=[\w)\]]) < (?=[\w(])/g, [' <= ']],
	[/(?<=[\w)\]]) > (?=[\w(])/g, [' >= ']],
	[/ && /g, [' || ']],
	[/ \|\| /g, [' && ']],
	[/ \?\? /g, [' && ']],
	[/\btrue\b/g, ['false']],
	[/\bfalse\b/g, ['true']],
	[/(?<=[\w)\]]) \+ (?=[\w(])/g, [' - ']],
	[/(?<=[\w)\]]) - (?=[\w(])/g, [' + ']],
	[/(?<=[(\s,!&|=])!(?=[\w(])/g, ['']],
	[/\bif \((?!.*\bawait\b)/g, ['if (true || ', 'if (false && ']],
	[/\.some\(/g, ['.every(']],
	[/\.every\(/g, ['.some(']],
	[/\bcontinue;/g, [';']],
	[/\bbreak;/g, [';']],
	[/\breturn null;/g, ['return undefined as never;']],
	[/\?\./g, ['.']],
];

/** A call or an assignment that stands for itself. */
const statement = /^(\t+)((?:await |void )?[\w#.?[\]]+(?:\(.*\)|\s[-+]?=\s.*));$/;

/** All changes of a file: an operator, a constant or a condition turned round, a text emptied, a statement left out. Types, comments and imports stay. */
export function mutantsOf(source: string): readonly Mutant[] {
	const found: Mutant[] = [];
	let offset = 0;
	let depthOfType = 0;
	let isComment = false;
	for (const [index, line] of source.split('\n').entries()) {
		const start = offset;
		offset += line.length + 1;
		isComment ||= /^\s*\/\*/.test(line);
		const isPassedOver = isComment || /^\s*(?:\/\/|import |export (?:interface|type) |interface |type |\*)/.test(line) || depthOfType > 0;
		if (isComment && line.includes('*/')) isComment = false;
		if (/^(?:export )?(?:interface|type) [^;]*$/.test(line)) depthOfType = 1;
		if (depthOfType > 0 && /^\}?[^;]*;?$/.test(line) && (/^\}/.test(line) || (/;$/.test(line) && !/^\t/.test(line)))) depthOfType = 0;
		if (isPassedOver) continue;
		const add = (at: number, length: number, by: string) => {
			const text = source.slice(0, start + at) + by + source.slice(start + at + length);
			found.push({ line: index + 1, what: `"${line.slice(at, at + length).trim()}" -> "${by.trim()}" in: ${line.trim().slice(0, 100)}`, text });
		};
		const code = withoutTexts(line);
		for (const [pattern, replacements] of exchanges) {
			for (const match of code.matchAll(pattern)) {
				// A condition needs its closing parenthesis.
				if (match[0].startsWith('if (')) {
					const end = closing(code, match.index + 3);
					if (end < 0) continue;
					for (const by of replacements) add(match.index, end - match.index, `${by}(${line.slice(match.index + 4, end)})`);
				} else for (const by of replacements) add(match.index, match[0].length, by);
			}
		}
		const typeNames = [...line.matchAll(/\b(?:Pick|Omit|Extract|Exclude|Record)<[^()]*?>/g)];
		for (const match of line.matchAll(/'((?:[^'\\]|\\.)+)'/g)) {
			const isType = typeNames.some((type) => type.index < match.index && match.index < type.index + type[0].length);
			if (!isType && !/^\s*(?:case|readonly)\b/.test(line)) add(match.index, match[0].length, "''");
		}
		const whole = statement.exec(line);
		if (whole !== null && !/^(?:return|const|let|throw|super)\b/.test(whole[2] ?? '')) add(0, line.length, ';');
	}
	return found;
}

/** The line with its texts and comments blanked out, as long as it was. */
function withoutTexts(line: string): string {
	return line.replaceAll(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`|\/\/.*$|\/(?![*/ ])(?:[^/\\\n]|\\.)+\/[a-z]*(?=[.,;)\s])/g, (text) =>
		'_'.repeat(text.length),
	);
}

/** Where the parenthesis that opens at a place closes; -1 on another line. */
function closing(code: string, open: number): number {
	let depth = 0;
	for (let at = open; at < code.length; at++) {
		if (code[at] === '(') depth++;
		else if (code[at] === ')' && --depth === 0) return at;
	}
	return -1;
}
