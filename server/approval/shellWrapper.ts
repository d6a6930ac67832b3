import type { ParsedScript, ShellParser } from './shellParser.ts';

const SHELL = /^(?:(?:\/usr)?\/bin\/)?(?:bash|sh|zsh|dash)$/;
/** A shell in a shell in a shell is nobody's everyday command. */
const DEEPEST = 3;

/**
 * The script that a shell is given to run, where a script does nothing else: `bash -lc 'npm test'` is `npm test`. The script itself where
 * it does more, or where what is inside is not understood. Only for recognising what was allowed; a shell is never harmless by itself.
 */
export async function withoutShell(script: ParsedScript, parser: Pick<ShellParser, 'parse'>, depth = 0): Promise<ParsedScript> {
	const [command, ...others] = script.kind === 'plain' ? script.commands : [];
	if (command === undefined || others.length > 0 || command.hasGlob || depth === DEEPEST) return script;
	const [program = '', flags = '', text, ...more] = command.words;
	if (!SHELL.test(program) || !/^-l?c$/.test(flags) || text === undefined || more.length > 0) return script;
	return withoutShell(await parser.parse(text), parser, depth + 1);
}
