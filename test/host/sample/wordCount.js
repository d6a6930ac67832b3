import { readFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';

/** Counts the lines, words and characters of a text. */
export function count(text) {
	const lines = text === '' ? 0 : text.split('\n').length;
	const words = text.split(/\s+/).filter((word) => word !== '').length;
	return { lines, words, characters: [...text].length };
}

if (argv[1] === fileURLToPath(import.meta.url)) {
	for (const file of argv.slice(2)) {
		const { lines, words, characters } = count(readFileSync(file, 'utf8'));
		console.log(`${lines} lines, ${words} words, ${characters} characters: ${file}`);
	}
}
