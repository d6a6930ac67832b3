import type { ParsedScript, PlainCommand } from './parsedScript.ts';
import { isDestructiveOnWindows, isMover, isOtherMachine, isReaderOnWindows, pipesOwnPaths, programName } from './windowsScript.ts';

/** Programs that only read and print, whatever their arguments. */
const READERS = new Set([
	'basename',
	'cat',
	'cd',
	'cut',
	'dirname',
	'echo',
	'expr',
	'false',
	'grep',
	'head',
	'id',
	'ls',
	'nl',
	'numfmt',
	'paste',
	'pwd',
	'readlink',
	'realpath',
	'rev',
	'seq',
	'stat',
	'tac',
	'tail',
	'tr',
	'true',
	'uname',
	'wc',
	'which',
	'whoami',
]);

const FIND_ACTIONS = ['-exec', '-execdir', '-ok', '-okdir', '-delete', '-fprint', '-fprint0', '-fprintf', '-fls'];

/** Whether an argument is one of these long options, written out or shortened, with or without a value. */
function isLongOption(argument: string, names: readonly string[]): boolean {
	if (!argument.startsWith('--') || argument.length === 2) return false;
	const given = argument.slice(2).split('=')[0] ?? '';
	return names.some((name) => name.startsWith(given) || given.startsWith(name));
}

/** Whether an argument is a cluster of short options that has this letter. */
const hasShortOption = (argument: string, letter: string) => /^-[^-]/.test(argument) && argument.includes(letter);

function isReadingFind(args: readonly string[]): boolean {
	return !args.some((argument) => FIND_ACTIONS.some((action) => argument.startsWith(action)));
}

function isReadingRipgrep(args: readonly string[]): boolean {
	return !args.some((argument) => isLongOption(argument, ['pre', 'hostname-bin', 'search-zip']) || hasShortOption(argument, 'z'));
}

function isPrintingSed(args: readonly string[]): boolean {
	const [option, range, file] = args;
	if (option !== '-n' || args.length < 2 || args.length > 3 || range === undefined) return false;
	return /^\d+(,\d+)?p$/.test(range) && !file?.startsWith('-');
}

/** `uniq` writes to its second operand. */
function isReadingUniq(args: readonly string[]): boolean {
	return args.every((argument) => /^-[cdDiuz]+$/.test(argument)) || (args.length === 1 && !args[0]?.startsWith('-'));
}

function isPrintingBase64(args: readonly string[]): boolean {
	return !args.some((argument) => isLongOption(argument, ['output']) || hasShortOption(argument, 'o'));
}

const GIT_READERS = new Set(['status', 'log', 'diff', 'show', 'rev-parse', 'ls-files']);
/** Options that write a file or start a program. */
const GIT_ACTIONS = ['output', 'ext-diff', 'textconv', 'exec', 'paginate', 'open-files-in-pager', 'show-signature'];
const BRANCH_LISTING = new Set(['-a', '-r', '-v', '-vv', '-l', '--all', '--remotes', '--list', '--show-current', '--verbose', '--no-color']);

function isReadingGit(args: readonly string[]): boolean {
	const rest = args[0] === '--no-pager' ? args.slice(1) : args;
	const [subcommand, ...options] = rest;
	if (subcommand === 'branch') return options.every((option) => BRANCH_LISTING.has(option));
	if (subcommand === undefined || !GIT_READERS.has(subcommand)) return false;
	// The signature of a commit is checked by a program that the repository names.
	return !options.some((option) => isLongOption(option, GIT_ACTIONS) || option.includes('%G'));
}

const CHECKED: Readonly<Record<string, (args: readonly string[]) => boolean>> = {
	base64: isPrintingBase64,
	find: isReadingFind,
	git: isReadingGit,
	rg: isReadingRipgrep,
	sed: isPrintingSed,
	uniq: isReadingUniq,
};

/** Whether a command is known to read and print only. What is not known is not harmless. */
export function isHarmless(command: PlainCommand): boolean {
	const [program = '', ...args] = command.words;
	if (command.windows !== undefined) {
		const isGit = program === 'git' && command.windows.path === null && !command.hasGlob && !args.some(isOtherMachine);
		return isReaderOnWindows(command) || (isGit && isReadingGit(args));
	}
	// What a program does with what it reads is not known.
	if (command.input !== undefined) return false;
	if (READERS.has(program)) return true;
	// A file can be named like an option, so the arguments of these have to be the ones we see.
	const check = Object.hasOwn(CHECKED, program) ? CHECKED[program] : undefined;
	return check !== undefined && !command.hasGlob && check(args);
}

/**
 * Whether a script may run where there is no sandbox: it reads, tells nobody else, and runs nothing of a repository other than that of the
 * folder which the person has opened.
 */
export function isHarmlessUnsandboxed(script: ParsedScript, isInWorkspaceFolder: boolean): boolean {
	if (!isHarmlessScript(script) || script.kind === 'opaque') return false;
	return script.commands.every(({ words }) => !words.some(isOtherMachine) && (words[0] !== 'git' || isInWorkspaceFolder));
}

/** Whether all of a script is. After `cd`, git could read the settings of a repository that nobody looked at. */
export function isHarmlessScript(script: ParsedScript): boolean {
	if (script.kind === 'opaque') return false;
	if (script.commands.some(isMover) && script.commands.some(({ words }) => words[0] === 'git')) return false;
	return script.commands.every(isHarmless) && pipesOwnPaths(script.commands);
}

/** Whether a script holds a command that destroys without asking back: worth a question even inside the sandbox. */
export function isDestructiveScript(script: ParsedScript): boolean {
	if (script.kind === 'opaque') return script.windows !== undefined && (script.seen ?? []).some(mayDestroy);
	return script.commands.some(({ words, windows }) => (windows === undefined ? isDestructive(words) : isDestructiveOnWindows(words)));
}

/** In a text that nobody understands, a command may stand behind any word, as after `do` and `if exist`. */
function mayDestroy(words: readonly string[]): boolean {
	return words.some((word, at) => isDestructiveOnWindows([programName(word), ...words.slice(at + 1)]));
}

/** The same of one command for a POSIX shell. */
export function isDestructive(words: readonly string[]): boolean {
	const [program, ...args] = words;
	if (program === 'sudo') return isDestructive(args);
	if (program !== 'rm') return false;
	const end = args.indexOf('--');
	return args.slice(0, end < 0 ? args.length : end).some((argument) => isLongOption(argument, ['force']) || hasShortOption(argument, 'f'));
}
