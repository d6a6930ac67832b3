/** The English texts that the extension and the page hand to `t`, and what of them is translated. */
import { glob, readFile } from 'node:fs/promises';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../../..');

export const l10nFolder = path.join(root, 'l10n');

/** Calls like `t('Text {0}', value)`. A text is one literal in single or double quotes. */
const call = /\bt\(\s*('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")/g;

/** Texts like l10n`text ${value}` of the server. */
const template = /\bl10n`/g;

/** All texts in the sources, sorted, each once. */
export async function messagesInSources(): Promise<readonly string[]> {
	const found = new Set<string>();
	for await (const file of glob('{extension,webview}/**/*.{ts,tsx}', { cwd: root })) {
		if (file.includes('.test.')) continue;
		const source = await readFile(path.join(root, file), 'utf8');
		for (const [, literal] of source.matchAll(call)) found.add(textOf(literal ?? ''));
	}
	for await (const file of glob('server/**/*.ts', { cwd: root })) {
		if (file.includes('.test.') || file.endsWith(path.join('words', 'l10n.ts'))) continue;
		const source = await readFile(path.join(root, file), 'utf8');
		for (const { index } of source.matchAll(template)) {
			const text = templateAt(source, index + 'l10n`'.length);
			// What has values only needs no words.
			if (/\p{L}/u.test(text.replaceAll(/\{\d+\}/g, ''))) found.add(text);
		}
	}
	return [...found].sort();
}

/** A template literal as a text with `{0}` for its first value. */
function templateAt(source: string, start: number): string {
	let text = '';
	let values = 0;
	for (let at = start; source[at] !== '`'; at++) {
		if (source[at] === '\\') text += source[++at] === 'n' ? '\n' : (source[at] ?? '');
		else if (source.startsWith('${', at)) {
			text += `{${values++}}`;
			at = endOfValue(source, at + 2);
		} else text += source[at] ?? '';
	}
	return text;
}

/** Where the value of a template ends; there may be templates and objects in it. */
function endOfValue(source: string, start: number): number {
	let depth = 1;
	for (let at = start; at < source.length; at++) {
		if (source[at] === '`') {
			for (at++; source[at] !== '`'; at++) if (source.startsWith('${', at)) at = endOfValue(source, at + 2);
		} else if (source[at] === '{') depth++;
		else if (source[at] === '}' && --depth === 0) return at;
	}
	throw new Error('a template has no end');
}

function textOf(literal: string): string {
	return literal.slice(1, -1).replace(/\\(u\{?([\da-f]+)\}?|.)/gi, (_, escaped: string, code: string | undefined) => {
		if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16));
		return escaped === 'n' ? '\n' : escaped;
	});
}

export async function readWords(file: string): Promise<Readonly<Record<string, string>>> {
	const words: Record<string, string> = JSON.parse(await readFile(path.join(root, file), 'utf8'));
	return words;
}

/** The numbers in `{0}`, `{1}` … of a text, sorted. */
export function placeholders(text: string): string {
	return [...new Set(Array.from(text.matchAll(/\{(\d+)\}/g), ([whole]) => whole))].sort().join(' ');
}
