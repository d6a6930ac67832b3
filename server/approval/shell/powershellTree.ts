import type { Node } from '@vscode/tree-sitter-wasm';
import { nodesOf } from './grammars.ts';
import type { PlainCommand } from './parsedScript.ts';
import { commandName } from './windowsScript.ts';

class NotPlain extends Error {}

/**
 * The commands of a PowerShell script as far as its grammar and the texts of its words agree that it is only commands with fixed words, and
 * expressions that compute. Null for all else. The grammar is laxer than PowerShell (it takes `2>$null` and `“a”` for words), so every leaf
 * has to have the form that its kind has here. A name, block or value that is not listed is not understood.
 */
export function readPowershell(root: Node, script: string): readonly PlainCommand[] | null {
	// A backtick may join lines or hide a sign, and many signs beyond ASCII are quotes, dashes and blanks for PowerShell.
	if (root.hasError || /[`]|--%|[^\x20-\x7e\t\r\n\p{L}\p{N}]/u.test(script) || !coversAll(root, script)) return null;
	const commands: PlainCommand[] = [];
	try {
		if (root.type !== 'program') throw new NotPlain();
		for (const child of childrenOf(root)) readStatements(child, commands);
	} catch (error) {
		if (error instanceof NotPlain || error instanceof RangeError) return null;
		throw error;
	}
	return commands.length === 0 ? null : commands;
}

/** What can be read of the commands anywhere in a text, each up to its first word that cannot. Enough to be stricter. */
export function commandsSeen(root: Node): readonly (readonly string[])[] {
	return [...nodesOf(root)].flatMap((node) => {
		const name =
			node.type === 'command' ? childrenOf(node).find(({ type }) => type.startsWith('command_name') || type === 'foreach_command') : undefined;
		if (name === undefined) return [];
		const elements = childrenOf(node).find(({ type }) => type === 'command_elements');
		const found: Words = { words: [], hasGlob: false };
		try {
			if (elements !== undefined) readElements(elements, found);
		} catch (error) {
			if (!(error instanceof NotPlain)) throw error;
		}
		return [[commandName(name.text.replaceAll(/["'`]/g, ''), 'powershell'), ...found.words]];
	});
}

function childrenOf(node: Node): readonly Node[] {
	return node.children.flatMap((child) => (child === null || child.type === 'comment' ? [] : [child]));
}

const isLeaf = (node: Node) => node.childCount === 0 || node.type === 'string_literal';

/** Whether every character belongs to a leaf that was looked at, or is a blank between two. */
function coversAll(root: Node, script: string): boolean {
	let at = 0;
	for (const leaf of nodesOf(root, isLeaf)) {
		if (!isLeaf(leaf)) continue;
		if (leaf.startIndex < at || /[^ \t\r\n]/.test(script.slice(at, leaf.startIndex))) return false;
		if (leaf.type === 'comment' && !/^#(?!requires)[^\r\n]*$/i.test(leaf.text)) return false;
		at = leaf.endIndex;
	}
	return /^[ \t\r\n]*$/.test(script.slice(at));
}

function readStatements(node: Node, commands: PlainCommand[]): void {
	if (node.type === 'empty_statement' && /^[;\r\n]*$/.test(node.text)) return;
	if (node.type !== 'statement_list') throw new NotPlain(node.type);
	for (const child of childrenOf(node)) {
		if (child.type === 'pipeline') readPipeline(child, commands, commands.length === 0 ? null : ';');
		else if (child.type !== 'empty_statement' || !/^[;\r\n]*$/.test(child.text)) throw new NotPlain(child.type);
	}
}

function readPipeline(node: Node, commands: PlainCommand[], first: PlainCommand['after']): void {
	let after = first;
	for (const child of childrenOf(node)) {
		if (child.type === 'pipeline_chain') readChain(child, commands, after);
		else if (child.type === 'pipeline_chain_tail' && (child.text === '&&' || child.text === '||')) after = child.text;
		else throw new NotPlain(child.type);
	}
}

function readChain(node: Node, commands: PlainCommand[], first: PlainCommand['after']): void {
	const [head, ...rest] = childrenOf(node);
	if (head === undefined) throw new NotPlain();
	if (head.type !== 'command') {
		// What an expression gives could be anything: nothing reads it but the model.
		if (rest.length > 0) throw new NotPlain(head.type);
		checkExpression(head, { commands, after: first });
		commands.push({ words: ['write-output', head.text], hasGlob: false, after: commands.length === 0 ? null : (first ?? ';'), windows: PLAIN });
		return;
	}
	commands.push(readCommand(head, first));
	for (let at = 0; at < rest.length; at += 2) {
		const command = rest[at + 1];
		if (rest[at]?.type !== '|' || command?.type !== 'command') throw new NotPlain(command?.type);
		commands.push(readCommand(command, '|'));
	}
}

const PLAIN = { language: 'powershell', path: null } as const;

interface Words {
	readonly words: string[];
	hasGlob: boolean;
}

function readCommand(node: Node, after: PlainCommand['after']): PlainCommand {
	const [name, elements, ...others] = childrenOf(node);
	if (name === undefined || others.length > 0) throw new NotPlain();
	if (name.type === 'foreach_command') {
		const [sign, block, ...more] = childrenOf(name);
		if (!/^(?:%|foreach(?:-object)?)$/i.test(sign?.text ?? '') || block === undefined || more.length > 0 || elements !== undefined)
			throw new NotPlain(name.type);
		return { words: ['foreach-object', readBlock(block)], hasGlob: false, after, windows: PLAIN };
	}
	const program = name.text;
	if (name.type !== 'command_name' || !/^(?:\?|[A-Za-z][\w.:\\/-]*)$/.test(program)) throw new NotPlain(name.type);
	const found: Words = { words: [], hasGlob: false };
	if (elements !== undefined) readElements(elements, found);
	return {
		words: [commandName(program, 'powershell'), ...found.words],
		hasGlob: found.hasGlob,
		after,
		windows: { language: 'powershell', path: /[\\/:]/.test(program) ? program : null },
	};
}

/** What throws output away, or shows errors where the rest is. */
const HARMLESS_REDIRECTION = /^(?:[1-6*]?>\s*\$null|[2-6*]>&1)$/i;

function readElements(node: Node, found: Words): void {
	if (node.type !== 'command_elements') throw new NotPlain(node.type);
	let between: 'blank' | 'colon' | null = null;
	for (const child of childrenOf(node)) {
		if (child.type === 'command_argument_sep') {
			if (child.text !== ':' && !/^[ \t]+$/.test(child.text)) throw new NotPlain(child.type);
			between = child.text === ':' ? 'colon' : 'blank';
			continue;
		}
		// Two that touch are two words for PowerShell, and one for who reads it.
		if (between === null) throw new NotPlain(child.type);
		if (!HARMLESS_REDIRECTION.test(child.text)) {
			const word = readWord(child, found);
			if (between === 'colon') found.words.push(`${found.words.pop() ?? ''}:${word}`);
			else found.words.push(word);
		} else if (between === 'colon') throw new NotPlain(child.type);
		between = null;
	}
}

function readWord(node: Node, found: Words): string {
	switch (node.type) {
		case 'command_parameter':
			if (!/^--?[A-Za-z][\w-]*$/.test(node.text)) throw new NotPlain(node.text);
			return node.text;
		case 'generic_token':
			if (!/^[A-Za-z0-9_.\\/:=+~*?-]+$/.test(node.text)) throw new NotPlain(node.text);
			found.hasGlob ||= /[*?]/.test(node.text);
			return node.text;
		case 'array_literal_expression': {
			const values = childrenOf(node).filter(({ type }) => type !== ',');
			// A list is a value of PowerShell's own; what a program gets of it depends on the version.
			const words = values.map((value) => readValue(value, found));
			return words.join(',');
		}
		default:
			throw new NotPlain(node.type);
	}
}

/** Values that nothing in a script of this kind can set. `$HOME` is the person's own folder. */
const CONSTANTS: ReadonlySet<string> = new Set(['$true', '$false', '$null', '$home', '$pwd']);

function readValue(node: Node, found: Words): string {
	const [value, ...others] = childrenOf(node);
	if (node.type !== 'unary_expression' || value === undefined || others.length > 0) throw new NotPlain(node.type);
	switch (value.type) {
		case 'string_literal': {
			const text = readString(value);
			found.hasGlob ||= /[*?]/.test(text);
			return text;
		}
		case 'integer_literal':
		case 'expression_with_unary_operator':
			if (!/^-?\d+$/.test(value.text)) throw new NotPlain(value.type);
			return value.text;
		case 'variable':
			if (!CONSTANTS.has(value.text.toLowerCase())) throw new NotPlain(value.text);
			return value.text;
		case 'script_block_expression':
			return readBlock(value);
		default:
			throw new NotPlain(value.type);
	}
}

/** Windows PowerShell hands quotes, a last backslash and nothing at all to programs so that they get other words. */
function readString(node: Node): string {
	const single = /^'((?:[^'"]|'')+)'$/.exec(node.text)?.[1]?.replaceAll("''", "'");
	const text = single ?? /^"([^"$]+)"$/.exec(node.text)?.[1];
	if (text === undefined || text.endsWith('\\')) throw new NotPlain(node.type);
	return text;
}

/** A block that computes with what it gets: no command, no method, no assignment. */
function readBlock(node: Node): string {
	if (node.type !== 'script_block_expression') throw new NotPlain(node.type);
	checkExpression(node, null);
	return node.text;
}

const COMPUTING: ReadonlySet<string> = new Set([
	...['script_block_expression', 'script_block', 'script_block_body', 'statement_list', 'pipeline', 'pipeline_chain', 'logical_expression'],
	...['bitwise_expression', 'comparison_expression', 'additive_expression', 'format_expression', 'array_literal_expression', 'unary_expression'],
	...['expression_with_unary_operator', 'member_access', 'member_name', 'element_access', 'parenthesized_expression', 'array_expression'],
	...['integer_literal', 'string_literal', 'variable', 'comparison_operator', 'format_operator', 'multiplicative_expression', 'range_expression'],
]);
const SIGNS: ReadonlySet<string> = new Set(['{', '}', '(', ')', '@(', '[', ']', '.', ',', '!', '+', '-', '-not', '-and', '-or', '-xor', '-f']);
const COMPARES = /^-[ci]?(?:eq|ne|gt|ge|lt|le|like|notlike|match|notmatch|contains|notcontains|in|notin)$/i;
/** Each may have one part only: with two, little text makes very much. */
const SINGLE: ReadonlySet<string> = new Set(['multiplicative_expression', 'range_expression']);
const VARIABLES: ReadonlySet<string> = new Set([...CONSTANTS, '$_', '$psitem', '$psversiontable']);

/** Throws for an expression that does anything but compute. Commands in it are added, or not allowed when there is no list. */
function checkExpression(root: Node, found: { readonly commands: PlainCommand[]; readonly after: PlainCommand['after'] } | null): void {
	const isDone = (node: Node) =>
		node.type === 'command' || node.type === 'variable' || node.type === 'string_literal' || node.type === 'pipeline_chain';
	const open: Node[] = [root];
	for (let node = open.pop(); node !== undefined; node = open.pop()) {
		const children = childrenOf(node);
		if (node.type === 'pipeline_chain' && found !== null && children[0]?.type === 'command') {
			readChain(node, found.commands, found.commands.length === 0 ? null : (found.after ?? ';'));
			continue;
		}
		checkNode(node, children);
		if (isDone(node) && node.type !== 'pipeline_chain') continue;
		open.push(...children.toReversed());
	}
}

function checkNode(node: Node, children: readonly Node[]): void {
	const { type, text } = node;
	switch (type) {
		case 'variable':
			if (!VARIABLES.has(text.toLowerCase())) throw new NotPlain(text);
			return;
		case 'string_literal':
			if (!/^(?:'(?:[^']|'')*'|"[^"$]*")$/.test(text)) throw new NotPlain(text);
			return;
		case 'simple_name':
			if (!/^\w+$/.test(text)) throw new NotPlain(text);
			return;
		case 'decimal_integer_literal':
			if (!/^\d+(?:[kmgtp]b)?$/i.test(text)) throw new NotPlain(text);
			return;
	}
	if (children.length === 0) {
		if (node.isNamed || !(SIGNS.has(type.toLowerCase()) || COMPARES.test(type))) throw new NotPlain(type);
		return;
	}
	const tooMany = (SINGLE.has(type) || type === 'pipeline' || type === 'pipeline_chain') && children.length > 1;
	if (!COMPUTING.has(type) || tooMany) throw new NotPlain(type);
}
