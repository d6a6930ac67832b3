/** On the wire a command stands with the shell that runs it, as one line. People are shown the script that the shell is given. */

const shellPrograms = /(?:^|\/)(?:ba|z|k|da)?sh$/;

/** The script in a line such as `/bin/bash -lc 'npm test'`; any other line stays as it is. */
export function shellScriptOf(line: string): string {
	const words = splitLine(line);
	return words === null ? line : (scriptIn(words) ?? line);
}

/** The same for a command in words; any other is joined with spaces. */
export function shellScriptOfWords(words: readonly string[]): string {
	return scriptIn(words) ?? words.join(' ');
}

function scriptIn(words: readonly string[]): string | null {
	const [program, flag, script] = words;
	const isShell = words.length === 3 && program !== undefined && shellPrograms.test(program) && (flag === '-c' || flag === '-lc');
	return isShell && script !== undefined ? script : null;
}

/** The words of a line as a POSIX shell quotes them; null when a quote is open or something is there that is no plain word. */
function splitLine(line: string): readonly string[] | null {
	const words: string[] = [];
	const piece = /'([^']*)'|"((?:[^"\\]|\\[^])*)"|\\([^])|([^\s'"\\]+)|(\s+)/y;
	let word: string | null = null;
	for (piece.lastIndex = 0; piece.lastIndex < line.length; ) {
		const found = piece.exec(line);
		if (found === null) {
			return null;
		}
		const [, single, double, escaped, bare, space] = found;
		if (space === undefined) {
			word = (word ?? '') + (single ?? double?.replace(/\\([$`"\\])/g, '$1') ?? escaped ?? bare ?? '');
		} else if (word !== null) {
			words.push(word);
			word = null;
		}
	}
	return word === null ? words : [...words, word];
}
