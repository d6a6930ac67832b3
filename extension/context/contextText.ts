/** How what a person points at in VS Code is written into the composer: words that they can read and change, and that the model understands. */

export interface SelectionContext {
	/** As the agent finds it: relative to its folder, or absolute. */
	readonly file: string;
	readonly languageId: string;
	/** The first and the last line, from 1. */
	readonly lines: readonly [number, number];
	readonly text: string;
	/** The editor holds what is not on the disk yet. */
	readonly unsaved: boolean;
}

export interface ProblemContext {
	readonly file: string;
	/** From 1. */
	readonly line: number;
	readonly column: number;
	readonly severity: 'error' | 'warning' | 'information' | 'hint';
	readonly message: string;
	/** What reported it and under which code, such as `ts 2304`. */
	readonly source: string;
	/** The line that it is about. */
	readonly code: string;
}

export interface TerminalContext {
	readonly terminal: string;
	readonly command: string;
	readonly output: string;
	/** Null while it runs, and when the shell did not say. */
	readonly exitCode: number | null;
	readonly running: boolean;
}

/** Characters of a selection or of an output that go along; the rest is for the agent to read itself. */
const MAX_CHARACTERS = 16_000;
const MAX_PROBLEMS = 50;
const MAX_LINE = 200;

export function fileText(file: string): string {
	return `@${/\s/.test(file) ? `"${file}"` : file}`;
}

export function selectionText({ file, languageId, lines: [from, to], text, unsaved }: SelectionContext): string {
	const head = `${fileText(file)} ${from === to ? `line ${from}` : `lines ${from}-${to}`}${unsaved ? ' (not saved yet)' : ''}:`;
	const shown = text.slice(0, MAX_CHARACTERS);
	return `${head}\n${fenced(languageId, shown)}${text.length > shown.length ? `\n(${text.length - shown.length} more characters are not shown)` : ''}\n`;
}

export function problemsText(problems: readonly ProblemContext[]): string {
	const shown = problems.slice(0, MAX_PROBLEMS).map(({ file, line, column, severity, message, source, code }) => {
		const from = source === '' ? '' : ` (${source})`;
		const at = code.trim() === '' ? '' : `\n  ${inCode(code.trim().slice(0, MAX_LINE))}`;
		return `- ${fileText(file)}:${line}:${column} ${severity}: ${message.replaceAll(/\s*\n\s*/g, ' ')}${from}${at}`;
	});
	const rest = problems.length - shown.length;
	const head = problems.length === 1 ? 'Fix this problem:' : 'Fix these problems:';
	return [head, ...shown, ...(rest > 0 ? [`- and ${rest} more`] : []), ''].join('\n');
}

export function terminalText({ terminal, command, output, exitCode, running }: TerminalContext): string {
	const how = running ? 'still running' : exitCode === null ? 'ended' : `exit code ${exitCode}`;
	const end = output === '' ? '(no output is known)' : output.slice(-MAX_CHARACTERS);
	const left = Math.max(0, output.length - MAX_CHARACTERS);
	const first = left > 0 ? `(the first ${left} characters are not shown)\n` : '';
	return `Terminal "${terminal}", ${how}:\n${fenced('', `$ ${command}\n${first}${end}`)}\n`;
}

/** The last lines of what a command wrote, without the codes that colour it and move the cursor. */
export function plainOutput(raw: string, strip: (text: string) => string): string {
	return strip(raw)
		.replaceAll('\r\n', '\n')
		.split('\n')
		.map((line) => line.slice(line.trimEnd().lastIndexOf('\r') + 1).trimEnd())
		.join('\n')
		.trim();
}

/** A fence longer than every one inside. */
function fenced(language: string, text: string): string {
	const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
	const fence = '`'.repeat(longest + 1);
	return `${fence}${language}\n${text.replace(/\n$/, '')}\n${fence}`;
}

function inCode(text: string): string {
	const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
	const mark = '`'.repeat(longest + 1);
	return longest === 0 ? `${mark}${text}${mark}` : `${mark} ${text} ${mark}`;
}
