/**
 * Text that speaks of the other agent, for this one: its name and the name of its guidance file. Paths, addresses, and what stands in
 * code marks or fenced blocks stay as they are: they name real things.
 */
export function reword(text: string): string {
	let fence: string | null = null;
	return text
		.split('\n')
		.map((line) => {
			const mark = /^\s*(`{3,}|~{3,})/.exec(line)?.[1] ?? null;
			if (mark !== null && (fence === null || mark.startsWith(fence))) {
				fence = fence === null ? mark : null;
				return line;
			}
			return fence === null ? rewordLine(line) : line;
		})
		.join('\n');
}

const GUIDANCE_FILE = /^CLAUDE\.md$/;
const NAME = /\bclaude(?:[ -]code)?\b/gi;

function rewordLine(line: string): string {
	return line
		.split(/(`[^`]*`)/)
		.map((part, index) => (index % 2 === 1 ? part : rewordProse(part)))
		.join('');
}

/** The name may be two words: what is no path is put together before it is looked at. */
function rewordProse(text: string): string {
	return text
		.split(/(\s+)/)
		.reduce<string[]>((parts, part) => {
			const isLiteral = isPlace(part);
			const last = parts.at(-1);
			if (isLiteral || last === undefined || isPlace(last)) parts.push(part);
			else parts[parts.length - 1] = last + part;
			return parts;
		}, [])
		.map((part) => {
			if (!isPlace(part)) return part.replace(/\bCLAUDE\.md\b/g, 'AGENTS.md').replace(NAME, 'Codex');
			const [, before = '', word = '', after = ''] = /^([("'[]*)(.*?)([)"'\].,;:!?]*)$/.exec(part) ?? [];
			return GUIDANCE_FILE.test(word) ? `${before}AGENTS.md${after}` : part;
		})
		.join('');
}

/** A word with a slash, a dot inside, an at sign or a backslash: a path, an address, a file. */
const isPlace = (word: string): boolean => /[/\\@]|\.[A-Za-z0-9_-]/.test(word);
