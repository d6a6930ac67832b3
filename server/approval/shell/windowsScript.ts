import type { PrefixRule } from '../ruleFile.ts';
import type { ParsedScript, PlainCommand } from './parsedScript.ts';

/** The shells of Windows, by what is written in them. */
export type WindowsLanguage = 'cmd' | 'powershell';

/**
 * Words between spaces, or between double quotes in which nothing means anything. Everything else that the two shells know is left out on
 * purpose, also what only one of them knows: `%`, `^`, `$`, backticks, single and typographic quotes, parentheses, commas, operators.
 */
const SIMPLE: Readonly<Record<WindowsLanguage, RegExp>> = {
	cmd: /^(?:[A-Za-z0-9_.\\/:=+~-]|"[A-Za-z0-9_ .\\/:=+~,*?@#'-]*"|[*?]| )+$/,
	powershell: /^(?:[A-Za-z0-9_.\\/:=+~-]|"[A-Za-z0-9_ .\\/:=+~,*?@'-]*"|[*?]| )+$/,
};
const WORD = /(?:"[^"]*"|[^\s"])+/g;
/** Longer scripts are not worth the time. */
const MAX_LENGTH = 20_000;

/** What stands between two commands; nothing of it may stand in quotes, see `SIMPLE`. */
const BETWEEN: Readonly<Record<WindowsLanguage, RegExp>> = {
	cmd: /(\r?\n|&&|\|\||&|\|)/,
	powershell: /(\r?\n|&&|\|\||;|\|)/,
};

function joinerOf(sign: string | undefined): PlainCommand['after'] {
	if (sign === undefined) return null;
	return sign === '&&' || sign === '||' || sign === '|' ? sign : ';';
}

/**
 * What a script for one of Windows' shells does, as far as it is plain commands, one after the other or in pipes. Anything else is opaque:
 * nothing is allowed because of it. The program is named as rules name it: `git` for `git.exe`, `C:\Git\cmd\GIT.EXE` and `Git`.
 */
export function readWindowsScript(script: string, language: WindowsLanguage): ParsedScript {
	const opaque: ParsedScript = { kind: 'opaque', seen: seenIn(script, language), windows: language };
	const text = script.trim();
	if (text.length > MAX_LENGTH) return opaque;
	const parts = text.split(BETWEEN[language]);
	const commands: PlainCommand[] = [];
	for (let at = 0; at < parts.length; at += 2) {
		const command = readCommand(parts[at]?.trim() ?? '', { language, after: joinerOf(parts[at - 1]) });
		if (command === null) return opaque;
		commands.push(command);
	}
	return { kind: 'plain', commands };
}

function readCommand(
	text: string,
	{ language, after }: { readonly language: WindowsLanguage; readonly after: PlainCommand['after'] },
): PlainCommand | null {
	if (!SIMPLE[language].test(text)) return null;
	// A program takes `\\"` for a quote that ends nothing; a word that is quoted in part is two for PowerShell.
	if (text.includes('\\"') || (language === 'powershell' && /[^ ]"[^" ]*"|"[^"]*"[^ ]/.test(text))) return null;
	const words = (text.match(WORD) ?? []).map((word) => word.replaceAll('"', ''));
	const [program = '', ...rest] = words;
	// A quoted program is only a text for PowerShell; a dot alone runs a file in the shell itself; `--%` hands the rest on as it is.
	if (text.startsWith('"') || !/^[A-Za-z][\w.:\\/-]*$/.test(program) || rest.includes('--%')) return null;
	return {
		words: [commandName(program, language), ...rest],
		hasGlob: rest.some((word) => /[*?]/.test(word)),
		after,
		windows: { language, path: /[\\/:]/.test(program) ? program : null },
	};
}

/** PowerShell's own short names. Each is the same command, for rules too. `sort` is not: it is a program of the system outside of Windows. */
const SHORT_NAMES: Readonly<Record<string, string>> = {
	'foreach-object': '% foreach',
	'where-object': '? where',
	'get-content': 'cat gc type',
	'get-childitem': 'dir gci ls',
	'set-location': 'cd chdir sl',
	'push-location': 'pushd',
	'pop-location': 'popd',
	'get-location': 'gl pwd',
	'get-item': 'gi',
	'get-itemproperty': 'gp',
	'get-command': 'gcm',
	'get-process': 'gps',
	'write-output': 'echo write',
	'select-string': 'sls',
	'select-object': 'select',
	'measure-object': 'measure',
	'group-object': 'group',
	'format-list': 'fl',
	'format-table': 'ft',
	'resolve-path': 'rvpa',
	'remove-item': 'rm ri del erase rd rmdir',
	'clear-content': 'clc',
	'copy-item': 'cp cpi copy',
	'move-item': 'mv mi move',
	'new-item': 'ni',
	'rename-item': 'ren rni',
	'invoke-expression': 'iex',
	'invoke-webrequest': 'iwr',
	'invoke-restmethod': 'irm',
	'start-process': 'saps start',
	'stop-process': 'kill spps',
	'invoke-command': 'icm',
	'invoke-item': 'ii',
	'import-module': 'ipmo',
};
const ALIASES: ReadonlyMap<string, string> = new Map(
	Object.entries(SHORT_NAMES).flatMap(([name, short]) => short.split(' ').map((alias) => [alias, name] as const)),
);

/** A program, or a command of the shell itself under its long name. */
export function commandName(program: string, language: WindowsLanguage): string {
	const name = programName(program);
	return language === 'powershell' && !/[\\/]/.test(program) ? (ALIASES.get(name) ?? name) : name;
}

/** The program as rules name it. */
export function programName(program: string): string {
	const name = program.split(/[\\/]/).at(-1) ?? program;
	return name.toLowerCase().replace(/\.(?:exe|com|cmd|bat)$/, '');
}

/** All beginnings of commands that a script may hold, wherever they stand. Enough to be stricter. */
function seenIn(script: string, language: WindowsLanguage): readonly (readonly string[])[] {
	return script
		.slice(0, MAX_LENGTH)
		.split(/[\r\n;&|(){}<>`,]+/)
		.flatMap((part) => {
			const words = (part.match(WORD) ?? []).map((word) => word.replaceAll(/["'^]/g, ''));
			const [program, ...rest] = words.filter((word) => word !== '');
			return program === undefined ? [] : [[commandName(program, language), ...rest]];
		});
}

const READERS: Readonly<Record<WindowsLanguage, ReadonlySet<string>>> = {
	cmd: new Set(['cd', 'chdir', 'dir', 'echo', 'findstr', 'hostname', 'tree', 'type', 'ver', 'vol', 'where', 'whoami']),
	powershell: new Set([
		...['convertto-json', 'findstr', 'foreach-object', 'format-list', 'format-table', 'get-childitem', 'get-command', 'get-content', 'get-date'],
		...['get-filehash', 'get-item', 'get-location', 'get-process', 'group-object', 'hostname', 'join-path', 'measure-object', 'out-string'],
		...['resolve-path', 'select-object', 'select-string', 'set-location', 'sort-object', 'split-path', 'test-path', 'tree', 'where-object'],
		...['whoami', 'write-output'],
	]),
};

/** What hands on the files that it gets or finds as they are, not texts that lie in them. */
const FILE_SOURCES: ReadonlySet<string> = new Set(['get-childitem', 'get-item']);
const FILE_FILTERS: ReadonlySet<string> = new Set(['sort-object', 'where-object']);
/** What takes a text out of a pipe for the path of a file: a line of a project's file may name another machine. */
const TAKES_PATHS: ReadonlySet<string> = new Set([
	...['get-childitem', 'get-content', 'get-filehash', 'get-item', 'join-path', 'resolve-path', 'set-location', 'split-path', 'test-path'],
]);

/** Whether paths that come out of pipes are those of files that were found here. */
export function pipesOwnPaths(commands: readonly PlainCommand[]): boolean {
	return commands.every(({ words, after, windows }, at) => {
		if (windows?.language !== 'powershell' || after !== '|' || !TAKES_PATHS.has(words[0] ?? '')) return true;
		const source = commands.slice(0, at).findLast((command) => !FILE_FILTERS.has(command.words[0] ?? '') || command.after !== '|');
		return source !== undefined && FILE_SOURCES.has(source.words[0] ?? '');
	});
}

/** Whether a command only reads and prints. A program that is named by its path may be anything. */
export function isReaderOnWindows({ words, windows }: PlainCommand): boolean {
	if (windows === undefined || windows.path !== null) return false;
	const [program = '', ...rest] = words;
	if (windows.language === 'powershell') {
		// By a name it would run the method that is called so: `% Delete`.
		if (program === 'foreach-object' && !(rest.length === 1 && rest[0]?.startsWith('{'))) return false;
		if (hasOption(rest, 'computername', 1) && program === 'get-process') return false;
	}
	// To look at another machine's share is to show it who asks.
	return READERS[windows.language].has(program) && !rest.some(isOtherMachine);
}

/** Programs that change the folder in which the next one works. */
const MOVERS = new Set(['cd', 'chdir', 'pushd', 'popd', 'set-location', 'push-location', 'pop-location']);

export function isMover({ words }: PlainCommand): boolean {
	return MOVERS.has(words[0] ?? '');
}

/** Folders of the system, in which nobody but an administrator puts programs. */
const SYSTEM_FOLDER = /^[A-Za-z]:[\\/](?:windows[\\/]system32|program files|program files \(x86\))[\\/]/i;

/** Whether a rule that allows a program by its name is about this one too: one that is named by its path may lie in the project. */
export function isNamedForRules({ windows }: PlainCommand): boolean {
	const path = windows?.path ?? null;
	return path === null || (SYSTEM_FOLDER.test(path) && !/(?:^|[\\/])\.\.(?:[\\/]|$)/.test(path));
}

/** The same rules with their programs as commands of Windows are named: `Git.exe` is `git` there. */
export function rulesForWindows(rules: readonly PrefixRule[], language: WindowsLanguage): readonly PrefixRule[] {
	return rules.map((rule) => {
		const [program, ...rest] = rule.pattern;
		return program === undefined ? rule : { ...rule, pattern: [program.map((name) => commandName(name, language)), ...rest] };
	});
}

const hasSwitch = (words: readonly string[], letter: string) => words.some((word) => word.toLowerCase().split('/').slice(1).includes(letter));
/** PowerShell takes the beginning of an option's name for it. */
const hasOption = (words: readonly string[], name: string, shortest: number) =>
	words.some((word) => /^-\w/.test(word) && word.length > shortest && `-${name}`.startsWith(word.toLowerCase().split(':')[0] ?? ''));

/** Whether words are a command of Windows that destroys without asking back. */
export function isDestructiveOnWindows([program = '', ...args]: readonly string[]): boolean {
	switch (program) {
		case 'del':
		case 'erase':
			if (['f', 's', 'q'].some((letter) => hasSwitch(args, letter))) return true;
			break;
		case 'rd':
		case 'rmdir':
			if (hasSwitch(args, 's')) return true;
			break;
		case 'format':
		case 'diskpart':
		case 'clear-disk':
		case 'format-volume':
		case 'initialize-disk':
		case 'remove-partition':
		case 'clear-recyclebin':
		case 'stop-computer':
		case 'restart-computer':
		case 'invoke-expression':
		case 'iex':
			return true;
		case 'vssadmin':
		case 'wbadmin':
		case 'reg':
			return args[0]?.toLowerCase() === 'delete';
		case 'cipher':
			return hasSwitch(
				args.map((word) => word.slice(0, 2)),
				'w',
			);
	}
	const removes = ['remove-item', 'ri', 'rm', 'del', 'erase', 'rd', 'rmdir', 'clear-content', 'clc'].includes(program);
	return removes && (hasOption(args, 'force', 2) || hasOption(args, 'recurse', 1) || args.some(isUnixForce));
}

/** Elsewhere than on Windows `rm` is the system's own in PowerShell, too. */
function isUnixForce(word: string): boolean {
	return /^-[dfiIrRv]*[frR][dfiIrRv]*$/.test(word) || /^--(?:r|f|no-p)/.test(word);
}

/** Whether a word names something on another machine, or a device. */
export function isOtherMachine(word: string): boolean {
	return /(?:^|[=:,'"{( ])[\\/]{2}/.test(word);
}
