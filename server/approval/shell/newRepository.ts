import path from 'node:path';
import { isHarmless } from './harmless.ts';
import type { ParsedScript, PlainCommand } from './parsedScript.ts';

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

interface Made {
	readonly folder: string;
	readonly by: 'init' | 'clone';
}

/** What a command of git makes a repository of; null where it makes none, or one in a new folder named by it. */
function target(words: readonly string[], cwd: string): Made | null {
	let at = 1;
	let folder = cwd;
	for (; words[at]?.startsWith('-'); at++) {
		if (words[at] === '-C') folder = path.resolve(folder, words[at + 1] ?? '.');
		if (VALUED.git.has(words[at] ?? '')) at++;
	}
	const [subcommand, ...rest] = words.slice(at);
	if (subcommand === 'init') return { folder: path.resolve(folder, operands(rest, VALUED.init)[0] ?? '.'), by: 'init' };
	const named = subcommand === 'clone' ? operands(rest, VALUED.clone)[1] : undefined;
	return named === undefined ? null : { folder: path.resolve(folder, named), by: 'clone' };
}

/** Options that change nothing of what git puts into a new repository, and those that take a value with them. */
const PLAIN_OPTION = /^(-q|--quiet|-v|--verbose|--(no-)?progress|--no-tags|--(no-)?single-branch|--(initial-branch|branch|depth|filter)=.*|--)$/;
const PLAIN_VALUED = new Set(['-b', '--initial-branch', '--branch', '--depth']);

/** Whether git makes the repository of itself alone: no template, no setting, no program that the command names. */
function isPlainMaking(words: readonly string[]): boolean {
	const [, subcommand, ...rest] = words;
	if (subcommand !== 'init' && subcommand !== 'clone') return false;
	for (let at = 0; at < rest.length; at++) {
		const word = rest[at] ?? '';
		if (PLAIN_VALUED.has(word)) at++;
		// `program::address` starts a program.
		else if (word.includes('::') || (word.startsWith('-') && !PLAIN_OPTION.test(word))) return false;
	}
	return true;
}

/** The programs of a script that only makes this repository, and shows something beside; null for all others. */
function programsOf(commands: readonly PlainCommand[], cwd: string, made: Made): readonly string[] | null {
	let place = cwd;
	let isMade = false;
	for (const command of commands) {
		const { words, hasGlob, input } = command;
		const [program = '', first] = words;
		if (hasGlob || input !== undefined || command.windows !== undefined) return null;
		if (program === 'cd') place = path.resolve(place, first ?? '/');
		else if (path.posix.basename(program) !== 'git') {
			if (!isHarmless(command)) return null;
		} else {
			// Elsewhere, or before there is a new one, git would read the settings of a repository that nobody looked at.
			if (place !== made.folder) return null;
			const makes = !isMade && target(words, place)?.folder === made.folder && isPlainMaking(words);
			if (!makes && !(isMade && isHarmless(command))) return null;
			isMade = true;
		}
	}
	return [...new Set(commands.map(({ words }) => words[0] ?? ''))];
}

interface Found extends Made {
	/** What the script runs, when it is known to do nothing but that; else null. */
	readonly programs: readonly string[] | null;
}

/** The folder of these that a script makes a repository of, by `git init` or `git clone ... .`; null where it does no such thing. */
export function newRepository(script: ParsedScript, { cwd, folders }: { readonly cwd: string; readonly folders: readonly string[] }): Found | null {
	if (script.kind === 'opaque') return null;
	let place = cwd;
	for (const { words } of script.commands) {
		const [program = '', first] = words;
		if (program === 'cd' && first !== undefined) place = path.resolve(place, first);
		const made = path.posix.basename(program) === 'git' ? target(words, place) : null;
		if (made !== null && folders.includes(made.folder)) return { ...made, programs: programsOf(script.commands, cwd, made) };
	}
	return null;
}
