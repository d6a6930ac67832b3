/** The English texts that the extension and the page hand to `t`, and what of them is translated. */
import { glob, readFile } from 'node:fs/promises';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../../..');

export const l10nFolder = path.join(root, 'l10n');

/** Calls like `t('Text {0}', value)`. A text is one literal in single or double quotes. */
const call = /\bt\(\s*('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")/g;

/** All texts in the sources, sorted, each once. */
export async function messagesInSources(): Promise<readonly string[]> {
	const found = new Set<string>();
	for await (const file of glob('{extension,webview}/**/*.{ts,tsx}', { cwd: root })) {
		if (file.includes('.test.')) continue;
		const source = await readFile(path.join(root, file), 'utf8');
		for (const [, literal] of source.matchAll(call)) found.add(textOf(literal ?? ''));
	}
	return [...found].sort();
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
