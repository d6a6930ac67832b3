/**
 * Markdown of the model to HTML. No raw HTML, no images (nothing is fetched), only links that the page opens itself. The result still
 * goes through `sanitize` before it reaches the document.
 */
import MarkdownIt from 'markdown-it';
import { strings } from '../strings.ts';
import { addMathRules } from './mathRules.ts';
import { looksLikeFile } from './paths.ts';

/** Link targets that mean something in the page: the web, mail, files. Everything with another scheme stays text. */
const allowedTarget = /^(?:https?:\/\/|mailto:|file:\/\/\/|[a-z]:[\\/]|[a-z][\w+-]*\.[\w.-]+:\d+(?:[:,-]\d+)*$|#?(?![a-z][a-z0-9+.-]*:)[^\s])/i;

export function isAllowedTarget(target: string): boolean {
	// What a browser leaves out of an address must not hide its scheme.
	// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed
	const visible = target.replace(/[\x00-\x20\x7f-\x9f\u200b-\u200f\u2028\u2029\ufeff]/g, '');
	return allowedTarget.test(visible) && !/^\/\/|^\\\\/.test(visible);
}

const markdown = new MarkdownIt({ html: false, linkify: true, breaks: false });
markdown.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false });
markdown.validateLink = isAllowedTarget;
addMathRules(markdown);

const escape = markdown.utils.escapeHtml;

/** Languages that a terminal understands. */
const shells: ReadonlySet<string> = new Set(['bash', 'sh', 'shell', 'zsh', 'fish', 'console', 'powershell', 'pwsh', 'ps1', 'bat', 'cmd']);

function isPicture(source: string): boolean {
	return !/^(?:https?|mailto|data):/i.test(source) && /\.(?:png|jpe?g|gif|webp|avif|bmp|svg)$/i.test(source);
}

markdown.renderer.rules.image = (tokens, index) => {
	const token = tokens[index];
	const source = String(token?.attrGet('src') ?? '');
	// Pictures of the workspace are shown in the place of the link; from elsewhere nothing is fetched.
	const isLocal = isPicture(source);
	return `<a${isLocal ? ' class="picture-link"' : ''} href="${escape(source)}">${escape(token?.content || source)}</a>`;
};
markdown.renderer.rules.code_inline = (tokens, index) => {
	const code = tokens[index]?.content ?? '';
	const shown = `<code>${escape(code)}</code>`;
	return looksLikeFile(code) ? `<a class="file-link" href="${escape(code)}">${shown}</a>` : shown;
};
markdown.renderer.rules.table_open = () => '<div class="table-scroll" tabindex="0"><table>';
for (const cell of ['th_open', 'td_open'] as const) {
	markdown.renderer.rules[cell] = (tokens, index, options, _env, self) => {
		const token = tokens[index];
		// A style may not reach the document; a class may.
		const align = /text-align:\s*(right|center)/.exec(String(token?.attrGet('style') ?? ''))?.[1];
		if (token !== undefined) token.attrs = align === undefined ? null : [['class', `align-${align}`]];
		return self.renderToken(tokens, index, options);
	};
}
markdown.renderer.rules.list_item_open = (tokens, index, options, _env, self) => {
	const inline = tokens.slice(index, index + 3).find(({ type }) => type === 'inline');
	const text = inline?.children?.[0];
	const task = text?.type === 'text' ? /^\[([ xX])\]\s+/.exec(text.content) : null;
	if (task === null || text === undefined || text === null) return self.renderToken(tokens, index, options);
	text.content = text.content.slice(task[0].length);
	const done = task[1] !== ' ';
	const label = escape(done ? strings.taskDone : strings.taskOpen);
	return `<li class="task"><span class="codicon codicon-${done ? 'pass' : 'circle-large-outline'}" aria-hidden="true"></span><span class="sr-only">${label} </span>`;
};
markdown.renderer.rules.table_close = () => '</table></div>';
markdown.renderer.rules.fence = (tokens, index, _options, env) => {
	const token = tokens[index];
	const language = (token?.info ?? '').trim().split(/\s+/)[0] ?? '';
	return codeBlock(token?.content ?? '', language, isOpenEnd(env));
};
markdown.renderer.rules.code_block = (tokens, index) => codeBlock(tokens[index]?.content ?? '', '', false);

function isOpenEnd(env: unknown): boolean {
	return typeof env === 'object' && env !== null && 'openEnd' in env && env.openEnd === true;
}

function codeBlock(code: string, language: string, isOpen: boolean): string {
	const text = code.endsWith('\n') ? code.slice(0, -1) : code;
	// The language is named for `enrich`, which colours the code once nothing is added to it.
	const named = isOpen || language === '' ? '' : ` class="language-${escape(language.toLowerCase())}"`;
	const action = (name: string, icon: string, label: string): string =>
		`<button type="button" class="icon-button" data-action="${name}" aria-label="${escape(label)}" title="${escape(label)}"><span class="codicon codicon-${icon}"></span></button>`;
	const buttons = [
		...(shells.has(language.toLowerCase())
			? [action('run-code', 'terminal', strings.runCode)]
			: [action('insert-code', 'insert', strings.insertCode), action('apply-code', 'go-to-file', strings.applyCode)]),
		action('copy-code', 'copy', strings.copyCode),
	].join('');
	const isDiagram = language.toLowerCase() === 'mermaid' && !isOpen;
	return `<div class="code-block${isDiagram ? ' code-diagram' : ''}" dir="ltr"><div class="code-head"><span class="code-language">${escape(language)}</span><span class="code-actions">${isOpen ? '' : buttons}</span></div><pre tabindex="0"><code${named}>${escape(text)}</code></pre></div>`;
}

/** One top-level block: a paragraph, a list, a fence. */
export interface MarkdownBlock {
	readonly source: string;
	readonly html: string;
}

/**
 * A growing text as blocks. Blocks before the last one are never looked at again: nothing that comes later changes them, except a link
 * reference, which `finish` takes care of.
 */
export class MarkdownStream {
	#stable: MarkdownBlock[] = [];
	#text = '';
	#tailStart = 0;
	#env: { references?: Record<string, unknown>; openEnd: boolean } = { openEnd: true };

	/** The blocks of `text`. When it does not continue what was given before, all is parsed anew. */
	update(text: string): readonly MarkdownBlock[] {
		if (!text.startsWith(this.#text)) {
			this.#stable = [];
			this.#tailStart = 0;
			this.#env = { openEnd: true };
		}
		this.#text = text;
		const { blocks, lastStart } = parseBlocks(text.slice(this.#tailStart), this.#env);
		if (lastStart === 0) {
			return [...this.#stable, ...blocks];
		}
		this.#stable.push(...blocks.slice(0, -1));
		this.#tailStart += lastStart;
		const last = blocks.at(-1);
		return last === undefined ? [...this.#stable] : [...this.#stable, last];
	}
}

export function finishedBlocks(text: string): readonly MarkdownBlock[] {
	return parseBlocks(text, { openEnd: false }).blocks;
}

function parseBlocks(text: string, env: { openEnd: boolean }): { readonly blocks: readonly MarkdownBlock[]; readonly lastStart: number } {
	const source = text.replaceAll('\r\n', '\n').replaceAll('\r', '\n');
	// Offsets count in `source`; a text with carriage returns is not cut, so that they stay true.
	const cut = source.length === text.length;
	const tokens = markdown.parse(source, env);
	const starts = lineStarts(source);
	const blocks: MarkdownBlock[] = [];
	const lastLine = tokens.findLast((token) => token.level === 0 && token.nesting >= 0)?.map?.[0] ?? 0;
	let begin = 0;
	tokens.forEach((token, index) => {
		if (token.level !== 0 || token.nesting > 0) {
			return;
		}
		const first = tokens[begin];
		const [from, to] = [first?.map?.[0] ?? 0, first?.map?.[1] ?? starts.length];
		const html = markdown.renderer.render(tokens.slice(begin, index + 1), markdown.options, { ...env, openEnd: env.openEnd && from === lastLine });
		blocks.push({ source: source.slice(starts[from] ?? 0, starts[to] ?? source.length), html });
		begin = index + 1;
	});
	return cut ? { blocks, lastStart: starts[lastLine] ?? 0 } : { blocks, lastStart: 0 };
}

function lineStarts(text: string): readonly number[] {
	const starts = [0];
	for (let index = text.indexOf('\n'); index >= 0; index = text.indexOf('\n', index + 1)) {
		starts.push(index + 1);
	}
	return starts;
}
