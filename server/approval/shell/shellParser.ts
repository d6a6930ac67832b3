import { isDeepStrictEqual } from 'node:util';
import type { Node } from '@vscode/tree-sitter-wasm';
import type { ShellLanguage } from '../../platform/shellPlan.ts';
import { Grammars, nodesOf, type WasmFolder } from './grammars.ts';
import { commandsSeen, readPowershell } from './powershellTree.ts';
import type { ParsedScript, PlainCommand } from './parsedScript.ts';
import { readWindowsScript } from './windowsScript.ts';

const OPAQUE: ParsedScript = { kind: 'opaque' };
/** Longer scripts are not worth the time; they count as opaque. */
const MAX_LENGTH = 20_000;
const JOINERS: ReadonlySet<string> = new Set(['&&', '||', '|', ';', '\n']);

/** Turns shell text into commands. `warm` may be called early, so that the first command does not wait for it. */
export interface ShellParser {
	parse(script: string, language?: ShellLanguage): Promise<ParsedScript>;
	warm(): void;
}

class NotPlain extends Error {}

interface Word {
	readonly text: string;
	readonly hasGlob: boolean;
}

/** `\` before these is removed within double quotes, before others it stays. */
function unescapeDoubleQuoted(text: string): string {
	return text.replace(/\\([$`"\\\n])/g, (_, character: string) => (character === '\n' ? '' : character));
}

function readWord(node: Node): Word {
	switch (node.type) {
		case 'word':
		case 'number':
			// Escapes, braces and history are read differently by different shells and by the grammar.
			if (node.childCount > 0 || /[\\{}!$`'"<>|&;()]/.test(node.text)) throw new NotPlain(node.type);
			return { text: node.text, hasGlob: /[*?[\]]/.test(node.text) };
		case 'raw_string':
			return { text: node.text.slice(1, -1), hasGlob: false };
		case 'string': {
			for (const child of node.children) if (child?.type !== '"' && child?.type !== 'string_content') throw new NotPlain(child?.type);
			return { text: unescapeDoubleQuoted(node.text.slice(1, -1)), hasGlob: false };
		}
		case 'concatenation': {
			const parts = node.children.map((child) => {
				if (child === null || child.type === 'concatenation') throw new NotPlain();
				return readWord(child);
			});
			return { text: parts.map((part) => part.text).join(''), hasGlob: parts.some((part) => part.hasGlob) };
		}
		default:
			throw new NotPlain(node.type);
	}
}

function readCommand(node: Node, after: PlainCommand['after']): PlainCommand {
	const words = node.children.map((child) => {
		if (child === null) throw new NotPlain();
		if (child.type !== 'command_name') return readWord(child);
		const name = child.child(0);
		if (child.childCount !== 1 || name === null) throw new NotPlain();
		return readWord(name);
	});
	if (node.child(0)?.type !== 'command_name' || words[0]?.text === '' || words[0]?.hasGlob) throw new NotPlain();
	return { words: words.map((word) => word.text), hasGlob: words.some((word) => word.hasGlob), after };
}

function collect(node: Node, commands: PlainCommand[], joiner: { last: PlainCommand['after']; readonly script: string }): void {
	let end = node.startIndex;
	for (const child of node.children) {
		if (child === null) throw new NotPlain();
		if (child.type === 'command') {
			commands.push(readCommand(child, commands.length === 0 ? null : (joiner.last ?? ';')));
			joiner.last = null;
		} else if (child.type === 'list' || child.type === 'pipeline') {
			collect(child, commands, joiner);
		} else if (child.type === 'heredoc_redirect' && node.type === 'redirected_statement') {
			// What is redirected is the last command of a list.
			const last = commands.pop();
			if (last === undefined || last.input !== undefined) throw new NotPlain(child.type);
			const words = LOST_DASH.test(joiner.script.slice(end, child.startIndex)) ? [...last.words, '-'] : last.words;
			commands.push({ ...last, words, input: readHereDocument(child) });
		} else if (child.type === 'redirected_statement') {
			collect(child, commands, joiner);
		} else if (!child.isNamed && JOINERS.has(child.type)) {
			joiner.last = child.type === '\n' ? ';' : (child.type as PlainCommand['after']);
		} else {
			throw new NotPlain(child.type);
		}
		end = child.endIndex;
	}
}

/**
 * The text of a here-document in which the shell replaces nothing, and beside which nothing else stands. Where it ends is looked after,
 * so that no line that the shell runs is taken for a part of it.
 */
function readHereDocument(node: Node): string {
	const [operator, start, body, end, ...others] = node.children.filter((child) => child !== null && child.type !== '\n');
	if (others.length > 0 || operator?.type !== '<<' || start?.type !== 'heredoc_start' || body?.type !== 'heredoc_body') throw new NotPlain(node.type);
	const word = /^(['"]?)(\w+)\1$/.exec(start.text)?.[2];
	if (end?.type !== 'heredoc_end' || word === undefined || end.text !== word) throw new NotPlain(node.type);
	if (word === start.text && /[$`\\]/.test(body.text)) throw new NotPlain(body.type);
	const text = body.text;
	if (!text.endsWith('\n') || text.split('\n').includes(word)) throw new NotPlain(body.type);
	return text;
}

/** The grammar makes no word of a `-` before a here-document. */
const LOST_DASH = /^[ \t]+-[ \t]*$/;

/** Blanks, or lines that go on in the next one: the words before and after it are two only with a blank beside the line's end. */
const GAP = /^(?:[ \t\n]*|[ \t]+(?:\\\n[ \t]*)+|(?:\\\n[ \t]*)*\\\n[ \t]+)$/;

/** Whether every character of the text belongs to a node that was looked at, or is a blank between two. */
function coversAll(root: Node, script: string): boolean {
	// Strings are leaves as a whole: blanks in them belong to them.
	const isLeaf = (node: Node) => node.childCount === 0 || node.type === 'string';
	let at = 0;
	for (const leaf of nodesOf(root, isLeaf)) {
		if (!isLeaf(leaf)) continue;
		const gap = script.slice(at, leaf.startIndex);
		if (!GAP.test(gap) && !(leaf.type === '<<' && LOST_DASH.test(gap))) return false;
		at = leaf.endIndex;
	}
	return /^[ \t\n]*$/.test(script.slice(at));
}

function seenCommands(root: Node): readonly (readonly string[])[] {
	return [...nodesOf(root)].flatMap((node) => {
		const words = node.type === 'command' ? readableWords(node) : [];
		return words.length === 0 ? [] : [words];
	});
}

function readableWords(command: Node): readonly string[] {
	const words: string[] = [];
	for (const child of command.children) {
		if (child === null || child.type === 'variable_assignment' || child.type.endsWith('redirect')) continue;
		try {
			words.push(readWord(child.type === 'command_name' ? (child.child(0) ?? child) : child).text);
		} catch (error) {
			if (error instanceof NotPlain) break;
			throw error;
		}
	}
	return words;
}

function readScript(root: Node, script: string): ParsedScript {
	if (root.hasError || !coversAll(root, script)) return { kind: 'opaque', seen: seenCommands(root) };
	try {
		const commands: PlainCommand[] = [];
		collect(root, commands, { last: null, script });
		return commands.length === 0 ? OPAQUE : { kind: 'plain', commands };
	} catch (error) {
		// Lists nest as deep as they are long, too.
		if (error instanceof NotPlain || error instanceof RangeError) return { kind: 'opaque', seen: seenCommands(root) };
		throw error;
	}
}

/** Shell text through tree-sitter, whose grammars are loaded with the first script. Without Bash's every script is opaque. */
export class TreeSitterShellParser implements ShellParser {
	readonly #grammars: Grammars;

	constructor(wasm: WasmFolder, onError: (error: unknown) => void) {
		this.#grammars = new Grammars(wasm, onError);
	}

	warm(): void {
		void this.#grammars.parser('bash');
	}

	async parse(script: string, language: ShellLanguage = 'posix'): Promise<ParsedScript> {
		switch (language) {
			case 'cmd':
				return readWindowsScript(script, 'cmd');
			case 'powershell':
				return this.#parsePowershell(script);
			case 'posix':
				return this.#parseBash(script);
		}
	}

	/** Two readers of their own: what either understands is plain, but not when they understand different things. */
	async #parsePowershell(script: string): Promise<ParsedScript> {
		const strict = readWindowsScript(script, 'powershell');
		if (script.length > MAX_LENGTH) return strict;
		const parser = await this.#grammars.parser('powershell');
		const tree = parser?.parse(script);
		if (!tree) return strict;
		try {
			const byGrammar = readPowershell(tree.rootNode, script);
			if (byGrammar === null && strict.kind === 'plain') return strict;
			if (byGrammar === null || (strict.kind === 'plain' && !isDeepStrictEqual(strict.commands, byGrammar))) {
				const seen = strict.kind === 'opaque' ? (strict.seen ?? []) : [];
				return { kind: 'opaque', seen: [...seen, ...commandsSeen(tree.rootNode)], windows: 'powershell' };
			}
			return { kind: 'plain', commands: byGrammar };
		} finally {
			tree.delete();
		}
	}

	async #parseBash(script: string): Promise<ParsedScript> {
		// Characters that are not seen, or seen as something else than a program reads: nobody can judge such a text.
		if (script.length > MAX_LENGTH || /[^\P{C}\t\n]|[^\P{Z} ]/u.test(script)) return OPAQUE;
		const parser = await this.#grammars.parser('bash');
		const tree = parser?.parse(script);
		if (!tree) return OPAQUE;
		try {
			return readScript(tree.rootNode, script);
		} finally {
			tree.delete();
		}
	}
}
