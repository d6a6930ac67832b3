import type { ParsedScript } from './parsedScript.ts';
import type { ShellParser } from './shellParser.ts';

const SHELL = /^(?:(?:\/usr)?\/bin\/)?(?:bash|sh|zsh|dash)$/;
/** A shell in a shell in a shell is nobody's everyday command. */
const DEEPEST = 3;

/**
 * The script that a shell is given to run, where a script does nothing else: `bash -lc 'npm test'` is `npm test`. The script itself where
 * it does more, or where what is inside is not understood. Only for recognising what was allowed; a shell is never harmless by itself.
 */
export async function withoutShell(script: ParsedScript, parser: Pick<ShellParser, 'parse'>, depth = 0): Promise<ParsedScript> {
	const [command, ...others] = script.kind === 'plain' ? script.commands : [];
	if (command === undefined || others.length > 0 || command.hasGlob || command.input !== undefined || depth === DEEPEST) return script;
	const [program = '', flags = '', text, ...more] = command.words;
	if (!SHELL.test(program) || !/^-l?c$/.test(flags) || text === undefined || more.length > 0) return script;
	return withoutShell(await parser.parse(text), parser, depth + 1);
}

const commandsOf = (script: ParsedScript) => (script.kind === 'plain' ? script.commands.map(({ words }) => words) : (script.seen ?? []));

const isShell = (word: string) => /^(?:.*\/)?(?:bash|sh|zsh|dash|ksh)$/.test(word);

/** The texts after `-c` of shells, also of those behind a program that runs others. */
function shellTexts(words: readonly string[]): readonly string[] {
	return words.flatMap((word, at) => {
		if (!isShell(word)) return [];
		const rest = words.slice(at + 1);
		const options = rest.findIndex((each) => !each.startsWith('-'));
		const text = rest[options];
		return text !== undefined && rest.slice(0, options).some((option) => /^-[a-z]*c$/i.test(option)) ? [text] : [];
	});
}

/** What can be read of the commands in texts that a script gives to shells, as an argument or to read, in any place of it. Enough to be stricter. */
export async function commandsInShells(script: ParsedScript, parser: Pick<ShellParser, 'parse'>, depth = 0): Promise<readonly (readonly string[])[]> {
	if (depth === DEEPEST) return [];
	const found: (readonly string[])[] = [];
	const read =
		script.kind === 'plain' ? script.commands.flatMap(({ words, input }) => (input !== undefined && words.some(isShell) ? [input] : [])) : [];
	for (const text of [...commandsOf(script).flatMap(shellTexts), ...read]) {
		const inner = await parser.parse(text);
		found.push(...commandsOf(inner), ...(await commandsInShells(inner, parser, depth + 1)));
	}
	return found;
}
