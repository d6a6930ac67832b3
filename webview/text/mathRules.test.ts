import assert from 'node:assert/strict';
import fc from 'fast-check';
import { finishedBlocks, MarkdownStream } from './markdown.ts';
import { formulaOf } from './mathRules.ts';

const html = (text: string): string =>
	finishedBlocks(text)
		.map((block) => block.html)
		.join('')
		.trim();
/** The formulas of a text; those that stand alone with a `!`. */
const formulas = (text: string): readonly string[] =>
	[...html(text).matchAll(/<(?:div|span) class="math( math-display)?"[^>]*>([^<]*)<\//g)].map(
		([, display, source]) => `${display === undefined ? '' : '!'}${formulaOf(source ?? '')}`,
	);

describe('formulas', () => {
	it('are found between all usual signs', () => {
		assert.deepEqual(formulas('Euler: $e^{i\\pi} + 1 = 0$, and \\(a_1 < b\\).'), ['e^{i\\pi} + 1 = 0', 'a_1 &lt; b']);
		assert.deepEqual(formulas('$$\n- a\n+ b\n$$\n\nthen\n\n\\[ x = 1 \\]'), ['!- a\n+ b', '!x = 1']);
		assert.deepEqual(formulas('- item\n\n  \\[\n  x\n  \\]\n- $n$'), ['!x', 'n']);
		assert.deepEqual(formulas('So \\[ x^2 \\] holds, $x$-axis too.'), ['!x^2', 'x']);
	});

	it('are not prices, variables of a shell, code, or what has no end', () => {
		for (const text of [
			'It costs $5 and not $10.',
			'from $HOME to $PATH',
			'$HOME/$USER and $A:$B',
			'`$x$` is code',
			'```sh\necho $x $y$\n$$\n```',
			'the process $$ has no end',
			'$$\nno end\n\nand more',
			'\\( open',
			'\\[ open',
			'a\\$x$ b',
			'US$5, AU$6$',
			'$ x $',
		])
			assert.deepEqual(formulas(text), [], text);
		assert.match(html('<T> and $HOME'), /&lt;T&gt; and \$HOME/);
		assert.match(html('`<T>` `$HOME`'), /<code>&lt;T&gt;<\/code> <code>\$HOME<\/code>/);
	});

	it('never fail, however they arrive, and lose no word', () => {
		const pieces = fc.array(fc.constantFrom('$', '$$', '\\[', '\\]', '\\(', '\\)', 'x', ' ', '\n', '\n\n', '- ', '`', '```\n', '5', 'HOME'), {
			maxLength: 30,
		});
		fc.assert(
			fc.property(pieces, (parts) => {
				const stream = new MarkdownStream();
				let text = '';
				for (const part of parts) stream.update((text += part));
				const words = (shown: string): number => shown.split('HOME').length;
				assert.equal(words(html(text)), words(text));
			}),
		);
	});
});
