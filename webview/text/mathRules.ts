/**
 * Formulas in Markdown: `$…$`, `$$…$$`, `\(…\)` and `\[…\]`. A dollar sign is money or a variable of a shell much more often, so it counts
 * only where it can be nothing else; an open formula stays text. Pure: what it finds is drawn by `enrich`.
 */
import type MarkdownIt from 'markdown-it';

type Markdown = InstanceType<typeof MarkdownIt>;
type StateInline = Parameters<Parameters<Markdown['inline']['ruler']['push']>[1]>[0];
type StateBlock = Parameters<Parameters<Markdown['block']['ruler']['push']>[1]>[0];

/** Longer ones are no formulas. */
const MAX_LENGTH = 4000;

const pairs = [
	{ open: '\\[', close: '\\]', display: true },
	{ open: '\\(', close: '\\)', display: false },
	{ open: '$$', close: '$$', display: true },
] as const;

const closing: Readonly<Record<string, string>> = { '\\[': '\\]', '\\(': '\\)' };

/** The formula without the signs around it. */
export function formulaOf(written: string): string {
	const signs = /^(\$\$?|\\[([])([\s\S]*?)(\$\$?|\\[)\]])$/.exec(written.trim());
	return signs?.[2] ?? written;
}

export function addMathRules(markdown: Markdown): void {
	const escape = markdown.utils.escapeHtml;
	// Before `escape`, which would take the backslashes.
	markdown.inline.ruler.before('escape', 'math', inlineMath);
	markdown.block.ruler.before('fence', 'math', blockMath, { alt: ['paragraph', 'blockquote', 'list'] });
	markdown.renderer.rules.math = (tokens, index) => {
		const token = tokens[index];
		// As it was written, until it is drawn.
		const source = escape(token?.markup === undefined ? '' : `${token.markup}${token.content}${closing[token.markup] ?? token.markup}`);
		// A block element would end the paragraph that it stands in.
		const element = token?.block === true ? 'div' : 'span';
		return `<${element} class="math${token?.tag === 'div' ? ' math-display' : ''}" dir="ltr">${source}</${element}>`;
	};
}

function inlineMath(state: StateInline, silent: boolean): boolean {
	const { src, pos, posMax } = state;
	const pair = pairs.find(({ open }) => src.startsWith(open, pos));
	const found = pair === undefined ? dollarMath(src, pos) : delimited(src, pos, pair);
	if (found === null || found.end > posMax) return false;
	if (!silent) {
		const token = state.push('math', pair?.display === true ? 'div' : 'span', 0);
		token.content = found.content;
		token.markup = pair?.open ?? '$';
	}
	state.pos = found.end;
	return true;
}

interface Found {
	readonly content: string;
	/** Behind the closing sign. */
	readonly end: number;
}

function delimited(src: string, pos: number, { open, close }: { readonly open: string; readonly close: string }): Found | null {
	const start = pos + open.length;
	const end = src.indexOf(close, start);
	if (end < 0 || end - start > MAX_LENGTH) return null;
	const content = src.slice(start, end);
	return content.trim() === '' || content.includes('\n\n') ? null : { content: content.trim(), end: end + close.length };
}

/** `$x$`, but no prices, no `$HOME/$USER`, nothing over several paragraphs. */
function dollarMath(src: string, pos: number): Found | null {
	if (src[pos] !== '$' || /[\w$\\]/.test(src[pos - 1] ?? '') || !/[^\s$]/.test(src[pos + 1] ?? ' ')) return null;
	const end = src.indexOf('$', pos + 1);
	const content = src.slice(pos + 1, end);
	if (end < 0 || content.length > MAX_LENGTH || /[\s\\]$/.test(content) || content.includes('\n') || /[\w$]/.test(src[end + 1] ?? '')) return null;
	const isMoney = /^\d/.test(content) && !/[\\^_=+*<>]/.test(content);
	const isVariable = /^[A-Z_]{2,}[^\\^=]*$|[/:]$/.test(content);
	return isMoney || isVariable ? null : { content, end: end + 1 };
}

/** A formula that has its lines to itself. */
function blockMath(state: StateBlock, startLine: number, endLine: number, silent: boolean): boolean {
	const lineAt = (line: number): string => state.src.slice((state.bMarks[line] ?? 0) + (state.tShift[line] ?? 0), state.eMarks[line]).trimEnd();
	const first = lineAt(startLine);
	const pair = pairs.find(({ open, display }) => display && first.startsWith(open));
	if (pair === undefined || (state.sCount[startLine] ?? 0) - state.blkIndent >= 4) return false;
	const lines: string[] = [];
	for (let line = startLine; line < endLine && (state.sCount[line] ?? 0) >= state.blkIndent; line++) {
		const text = line === startLine ? first.slice(pair.open.length) : lineAt(line);
		const isLast = text.endsWith(pair.close);
		lines.push(isLast ? text.slice(0, -pair.close.length) : text);
		if (text.includes(pair.close) && !isLast) return false;
		if (!isLast) continue;
		const content = lines.join('\n').trim();
		if (content === '' || content.length > MAX_LENGTH) return false;
		if (silent) return true;
		const token = state.push('math', 'div', 0);
		token.block = true;
		token.markup = pair.open;
		token.content = content;
		token.map = [startLine, line + 1];
		state.line = line + 1;
		return true;
	}
	return false;
}
