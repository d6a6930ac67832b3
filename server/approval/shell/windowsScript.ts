import type { ParsedScript, PlainCommand } from './shellParser.ts';

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

/**
 * What a script for one of Windows' shells does, as far as it is one plain command. Anything else is opaque: nothing is allowed because of
 * it. The program is named as rules name it: `git` for `git.exe`, `C:\Git\cmd\GIT.EXE` and `Git`.
 */
export function readWindowsScript(script: string, language: WindowsLanguage): ParsedScript {
	const seen = seenIn(script);
	const text = script.trim();
	if (text.length > MAX_LENGTH || !SIMPLE[language].test(text)) return { kind: 'opaque', seen };
	const words = (text.match(WORD) ?? []).map((word) => word.replaceAll('"', ''));
	const [program = '', ...rest] = words;
	// A quoted program is only a text for PowerShell; a dot alone runs a file in the shell itself; `--%` hands the rest on as it is.
	if (text.startsWith('"') || !/^[A-Za-z][\w.:\\/-]*$/.test(program) || rest.includes('--%')) return { kind: 'opaque', seen };
	const isByPath = /[\\/:]/.test(program);
	const command: PlainCommand = {
		words: [programName(program), ...rest],
		hasGlob: rest.some((word) => /[*?]/.test(word)),
		after: null,
		windows: { language, isByPath },
	};
	return { kind: 'plain', commands: [command] };
}

/** The program as rules name it. */
export function programName(program: string): string {
	const name = program.split(/[\\/]/).at(-1) ?? program;
	return name.toLowerCase().replace(/\.(?:exe|com|cmd|bat)$/, '');
}

/** All beginnings of commands that a script may hold, wherever they stand. Enough to be stricter. */
function seenIn(script: string): readonly (readonly string[])[] {
	return script
		.slice(0, MAX_LENGTH)
		.split(/[\r\n;&|(){}<>`,]+/)
		.flatMap((part) => {
			const words = (part.match(WORD) ?? []).map((word) => word.replaceAll(/["'^]/g, ''));
			const [program, ...rest] = words.filter((word) => word !== '');
			return program === undefined ? [] : [[programName(program), ...rest]];
		});
}

const READERS: Readonly<Record<WindowsLanguage, ReadonlySet<string>>> = {
	cmd: new Set(['cd', 'chdir', 'dir', 'echo', 'findstr', 'hostname', 'tree', 'type', 'ver', 'vol', 'where', 'whoami']),
	powershell: new Set([
		...[
			'cat',
			'cd',
			'dir',
			'echo',
			'findstr',
			'gc',
			'gci',
			'get-childitem',
			'get-content',
			'get-item',
			'get-location',
			'gl',
			'hostname',
			'ls',
			'pwd',
		],
		...['resolve-path', 'select-string', 'set-location', 'sls', 'test-path', 'tree', 'type', 'whoami', 'write-output'],
	]),
};

/** Whether a command only reads and prints. A program that is named by its path may be anything. */
export function isReaderOnWindows({ words, windows }: PlainCommand): boolean {
	if (windows === undefined || windows.isByPath) return false;
	const [program = '', ...rest] = words;
	// To look at another machine's share is to show it who asks.
	return READERS[windows.language].has(program) && !rest.some(isOtherMachine);
}

/** Whether a word names something on another machine, or a device. */
export function isOtherMachine(word: string): boolean {
	return /(?:^|[=:])[\\/]{2}/.test(word);
}
