import assert from 'node:assert/strict';
import fc from 'fast-check';
import { hasMixedLineEndings, mergeTexts, textReplacements } from './mergeTexts.ts';
import { processorMs } from '../../test/support/deadline.ts';

const text = (...lines: string[]) => `${lines.join('\n')}\n`;

function apply(from: string, to: string): string {
	const lines = from.split('\n');
	const offset = (at: { line: number; character: number }) => lines.slice(0, at.line).reduce((sum, line) => sum + line.length + 1, 0) + at.character;
	let result = from;
	for (const edit of [...textReplacements(from, to)].reverse())
		result = result.slice(0, offset(edit.start)) + edit.text + result.slice(offset(edit.end));
	return result;
}

const texts = fc.array(fc.constantFrom('', 'a', 'b', 'c', 'd'), { maxLength: 12 }).map((lines) => lines.join('\n'));

describe('mergeTexts', () => {
	it('keeps unsaved text in another place', () => {
		assert.deepEqual(mergeTexts(text('1', '2', '3', '4'), text('mine', '1', '2', '3', '4'), text('1', '2', 'three', '4')), {
			type: 'merged',
			text: text('mine', '1', '2', 'three', '4'),
		});
	});

	it('merges changes of neighbouring lines', () => {
		assert.deepEqual(mergeTexts(text('1', '2'), text('one', '2'), text('1', 'two')), { type: 'merged', text: text('one', 'two') });
	});

	it('reports the line when both changed it', () => {
		assert.deepEqual(mergeTexts(text('1', '2', '3'), text('new', '1', 'mine', '3'), text('1', 'theirs', '3')), { type: 'conflict', liveLine: 3 });
	});

	it('reports a conflict for different insertions at one place', () => {
		assert.equal(mergeTexts(text('1', '2'), text('1', 'mine', '2'), text('1', 'theirs', '2')).type, 'conflict');
	});

	it('takes a change that both made only once', () => {
		assert.deepEqual(mergeTexts(text('1', '2', '3'), text('0', '1', 'two', '3'), text('1', 'two', '3')), {
			type: 'merged',
			text: text('0', '1', 'two', '3'),
		});
	});

	it('does not count line ends and a byte order mark as changes', () => {
		assert.deepEqual(mergeTexts('\uFEFFa\r\nb\r\n', 'a\nb\n', 'a\r\nc\r\n'), { type: 'merged', text: 'a\nc\n' });
	});

	it('is quick for long files with many equal lines', () => {
		const lines = Array.from({ length: 20_000 }, (_, i) => (i % 3 === 0 ? '' : `line ${i}`));
		const live = [...lines];
		live.splice(100, 1);
		const after = [...lines];
		after[15_000] = 'changed';
		const took = processorMs(() => assert.equal(mergeTexts(lines.join('\n'), live.join('\n'), after.join('\n')).type, 'merged'));
		assert.ok(took < 500, `${took} ms`);
	});

	it('gives the other side when one side changed nothing', () => {
		fc.assert(
			fc.property(texts, texts, (before, other) => {
				assert.deepEqual(mergeTexts(before, before, other), { type: 'merged', text: other });
				assert.deepEqual(mergeTexts(before, other, before), { type: 'merged', text: other });
			}),
		);
	});

	it('does not depend on who made which change', () => {
		fc.assert(
			fc.property(texts, texts, texts, (before, a, b) => {
				const one = mergeTexts(before, a, b);
				const other = mergeTexts(before, b, a);
				assert.equal(one.type, other.type);
				if (one.type === 'merged') assert.deepEqual(one, other);
			}),
		);
	});
});

describe('textReplacements', () => {
	it('turns one text into the other', () => {
		fc.assert(fc.property(texts, texts, (from, to) => assert.equal(apply(from, to), to)));
	});

	it('touches only the changed line', () => {
		assert.deepEqual(textReplacements(text('1', '2', '3'), text('1', 'two', '3')), [
			{ start: { line: 1, character: 0 }, end: { line: 2, character: 0 }, text: 'two\n' },
		]);
	});
});

describe('hasMixedLineEndings', () => {
	it('tells mixed line ends from plain ones', () => {
		assert.deepEqual(['a\nb\n', 'a\r\nb\r\n', 'a\r\nb\n', '\na\r\n', 'a\rb\n', ''].map(hasMixedLineEndings), [false, false, true, true, true, false]);
	});
});
