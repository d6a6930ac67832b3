import os from 'node:os';
import path from 'node:path';
import { joinShellWords } from '../../exec/shellQuote.ts';
import type { CommandAction } from '../../items/item.ts';
import { hostSystem } from '../../platform/host.ts';
import type { ParsedScript } from './parsedScript.ts';

/** Folders that say nothing about what was looked at. */
const COMMON_FOLDERS = new Set(['build', 'dist', 'node_modules', 'src']);

/** The last telling part of a path. */
function shortPath(file: string): string {
	const parts = file.split(hostSystem === 'windows' ? /[\\/]/ : '/').filter((part) => part !== '');
	return parts.findLast((part) => !COMMON_FOLDERS.has(part)) ?? (file.replace(/\/+$/, '') || file);
}

const shortOrNull = (file: string | undefined) => (file === undefined ? null : shortPath(file));

/** Arguments that are no options; `valued` take the next word with them. */
function operands(args: readonly string[], valued: readonly string[] = []): readonly string[] {
	const found: string[] = [];
	let isLiteral = false;
	for (let i = 0; i < args.length; i++) {
		const argument = args[i] ?? '';
		if (!isLiteral && argument === '--') isLiteral = true;
		else if (!isLiteral && valued.includes(argument)) i++;
		else if (isLiteral || !argument.startsWith('-') || argument === '-') found.push(argument);
	}
	return found;
}

const PATTERN = ['-e', '--regexp'];
const GREP_VALUES = [...PATTERN, '-A', '-B', '-C', '-m', '-f', '--include', '--exclude', '--exclude-dir', '--max-count'];
const RG_VALUES = [
	...PATTERN,
	'-A',
	'-B',
	'-C',
	'-m',
	'-g',
	'-t',
	'-T',
	'--glob',
	'--type',
	'--type-not',
	'--max-count',
	'--max-depth',
	'-d',
	'-j',
	'--sort',
];
const LIST_VALUES = ['-I', '-w', '-L', '--ignore', '--level', '-T'];
const DU_VALUES = ['-d', '--max-depth', '-t', '--threshold', '-X', '--exclude', '-B', '--block-size'];
const FD_VALUES = ['-e', '-t', '-d', '-E', '--extension', '--type', '--max-depth', '--exclude'];

interface Place {
	/** Where relative paths of this command lead. Absolute. */
	readonly cwd: string;
	readonly command: string;
}

function read(file: string, place: Place): CommandAction {
	return { type: 'read', command: place.command, name: shortPath(file), path: path.resolve(place.cwd, file.replace(/^~(?=\/)/, os.homedir())) };
}

function readOne(files: readonly string[], place: Place): CommandAction | null {
	const [file] = files;
	return files.length === 1 && file !== undefined && file !== '-' ? read(file, place) : null;
}

function search(query: string | undefined, where: string | undefined, place: Place): CommandAction {
	return { type: 'search', command: place.command, query: query ?? null, path: shortOrNull(where) };
}

function list(where: string | undefined, place: Place): CommandAction {
	return { type: 'listFiles', command: place.command, path: shortOrNull(where) };
}

function grepAction(args: readonly string[], valued: readonly string[], place: Place): CommandAction {
	const pattern = args.findIndex((argument) => PATTERN.includes(argument));
	const found = operands(args, valued);
	return pattern < 0 ? search(found[0], found[1], place) : search(args[pattern + 1], found[0], place);
}

function findAction(args: readonly string[], place: Place): CommandAction {
	const named = args.findIndex((argument) => /^-i?(?:name|path|regex|wholename)$/.test(argument));
	const where = args[0]?.startsWith('-') ? undefined : args[0];
	return named < 0 ? list(where, place) : search(args[named + 1], where, place);
}

function gitAction(args: readonly string[], place: Place): CommandAction | null {
	if (args[0] === 'grep') return grepAction(args.slice(1), GREP_VALUES, place);
	if (args[0] === 'ls-files') return list(operands(args.slice(1))[0], place);
	return null;
}

/** A script of sed that prints some lines and does nothing else. */
const SED_RANGES = /^\d[\d,$;p]*p$/;

function sedAction(args: readonly string[], place: Place): CommandAction | null {
	if (!args.includes('-n')) return null;
	const [script = '', ...files] = operands(args);
	return SED_RANGES.test(script) ? readOne(files, place) : null;
}

/** What one command looks at; null when it is no command that only looks. */
function lookingAction(words: readonly string[], place: Place): CommandAction | null {
	const [program = '', ...args] = words;
	switch (program) {
		case 'cat':
		case 'bat':
		case 'less':
		case 'more':
			return readOne(operands(args, ['--style', '--theme', '-p']), place);
		case 'head':
		case 'tail':
			return readOne(
				operands(args, ['-n', '-c', '--lines', '--bytes']).filter((argument) => !/^\+\d+$/.test(argument)),
				place,
			);
		case 'nl':
			return readOne(operands(args, ['-b', '-s', '-w', '-v', '-i']), place);
		case 'sed':
			return sedAction(args, place);
		case 'awk':
			return readOne(operands(args, ['-F', '-v']).slice(1), place);
		case 'ls':
		case 'eza':
		case 'exa':
		case 'tree':
			return list(operands(args, LIST_VALUES)[0], place);
		case 'du':
			return list(operands(args, DU_VALUES)[0], place);
		case 'rg':
		case 'rga':
			return args.includes('--files') ? list(operands(args, RG_VALUES)[0], place) : grepAction(args, RG_VALUES, place);
		case 'grep':
		case 'egrep':
		case 'fgrep':
		case 'ag':
		case 'ack':
			return grepAction(args, GREP_VALUES, place);
		case 'fd': {
			const [query, where] = operands(args, FD_VALUES);
			return query === undefined ? list(where, place) : search(query, where, place);
		}
		case 'find':
			return findAction(args, place);
		case 'git':
			return gitAction(args, place);
		default:
			return null;
	}
}

const FORMATTERS = new Set(['awk', 'column', 'cut', 'echo', 'head', 'printf', 'sort', 'tail', 'tr', 'true', 'uniq', 'wc', 'yes']);

/** Whether sed only shows lines of what it is given, or replaces text in them; `w` and `e` would write and run. */
function shapesLines(args: readonly string[]): boolean {
	const [script = '', ...files] = args.filter((argument) => !/^-[nEre]+$/.test(argument));
	return files.length === 0 && (SED_RANGES.test(script) || /^s([/|#,])(?:(?!\1)[^\\\n]|\\.)*\1(?:(?!\1)[^\\\n]|\\.)*\1[gIp\d]*$/.test(script));
}

/** A command beside others that only shapes or introduces their output. */
function isFormatting([program = '', ...args]: readonly string[]): boolean {
	if (program === 'sed') return shapesLines(args);
	return FORMATTERS.has(program) && lookingAction([program, ...args], { cwd: '/', command: '' }) === null;
}

/** What a script does, for people. One `unknown` with the whole text as soon as a part of it is not understood. */
export function commandActions(script: string, parsed: ParsedScript, cwd: string): readonly CommandAction[] {
	const unknown: readonly CommandAction[] = [{ type: 'unknown', command: script }];
	if (parsed.kind === 'opaque') return unknown;
	let place = cwd;
	const actions: CommandAction[] = [];
	for (const { words, input } of parsed.commands) {
		if (input !== undefined) return unknown;
		if (words[0] === 'cd' && words[1] !== undefined) {
			place = path.resolve(place, words[1]);
			continue;
		}
		const action = lookingAction(words, { cwd: place, command: joinShellWords(words) });
		if (action !== null) actions.push(action);
		else if (parsed.commands.length === 1 || !isFormatting(words)) return unknown;
	}
	const [only] = actions;
	// Which lines were read stands in the whole command.
	if (only?.type === 'read' && actions.length === 1 && parsed.commands.some(({ words }) => selectsLines(words)))
		return [{ ...only, command: script }];
	return only === undefined ? unknown : actions;
}

function selectsLines([program, ...args]: readonly string[]): boolean {
	return program === 'sed' && args.some((argument) => SED_RANGES.test(argument)) && shapesLines(args);
}
