import path from 'node:path';
import type { ParsedScript } from './parsedScript.ts';

/** Options of git, of `git init` and of `git clone` that take the next word with them. */
const VALUED: Readonly<Record<'git' | 'init' | 'clone', ReadonlySet<string>>> = {
	git: new Set(['-C', '-c', '--git-dir', '--work-tree', '--namespace', '--config-env']),
	init: new Set(['-b', '--initial-branch', '--template', '--separate-git-dir', '--object-format', '--ref-format', '--shared']),
	clone: new Set(
		(
			'-b --branch -o --origin -u --upload-pack --reference --reference-if-able --depth --shallow-since --shallow-exclude --template -c --config ' +
			'--separate-git-dir -j --jobs --filter --server-option --bundle-uri --ref-format --revision'
		).split(' '),
	),
};

/** The words that are no options. */
function operands(words: readonly string[], valued: ReadonlySet<string>): readonly string[] {
	const found: string[] = [];
	for (let at = 0; at < words.length; at++) {
		const word = words[at] ?? '';
		if (word === '--') return [...found, ...words.slice(at + 1)];
		if (valued.has(word)) at++;
		else if (!word.startsWith('-')) found.push(word);
	}
	return found;
}

/** Where a command of git makes a repository; null where it makes none, or one in a new folder named by it. */
function target(words: readonly string[], cwd: string): string | null {
	let at = 1;
	let folder = cwd;
	for (; words[at]?.startsWith('-'); at++) {
		if (words[at] === '-C') folder = path.resolve(folder, words[at + 1] ?? '.');
		if (VALUED.git.has(words[at] ?? '')) at++;
	}
	const [subcommand, ...rest] = words.slice(at);
	if (subcommand === 'init') return path.resolve(folder, operands(rest, VALUED.init)[0] ?? '.');
	const named = subcommand === 'clone' ? operands(rest, VALUED.clone)[1] : undefined;
	return named === undefined ? null : path.resolve(folder, named);
}

/** The folder of these that a script makes a repository of, by `git init` or `git clone ... .`; null where it does no such thing. */
export function newRepository(script: ParsedScript, { cwd, folders }: { readonly cwd: string; readonly folders: readonly string[] }): string | null {
	if (script.kind === 'opaque') return null;
	let place = cwd;
	for (const { words } of script.commands) {
		const [program = '', first] = words;
		if (program === 'cd' && first !== undefined) place = path.resolve(place, first);
		const made = path.posix.basename(program) === 'git' ? target(words, place) : null;
		if (made !== null && folders.includes(made)) return made;
	}
	return null;
}
