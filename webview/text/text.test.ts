import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatDuration } from './duration.ts';
import { finishedBlocks, isAllowedTarget, MarkdownStream } from './markdown.ts';
import { displayPath, looksLikeFile, parseFileTarget } from './paths.ts';
import { TerminalText } from './terminalText.ts';
import { parseFileDiff } from './unifiedDiff.ts';

const plainLines = (terminal: TerminalText): readonly string[] => terminal.lines().map(({ spans }) => spans.map(({ text }) => text).join(''));

function terminalLines(...chunks: readonly string[]): readonly string[] {
	const terminal = new TerminalText();
	chunks.forEach((chunk) => terminal.write(chunk));
	return plainLines(terminal);
}

describe('terminal output', () => {
	it('shows the last state of a progress line', () => {
		assert.deepEqual(terminalLines('10 %\r50 %\r', '100 %\nready\n'), ['100 %', 'ready']);
		assert.deepEqual(terminalLines('a long line\r\u001b[Kok'), ['ok']);
		assert.deepEqual(terminalLines('ab\bc'), ['ac']);
	});

	it('drops titles, links, cursor movements and half sequences', () => {
		assert.deepEqual(terminalLines('\u001b]0;evil title\u0007hi\u001b[2J \u001b]8;;javascript:alert(1)\u001b\\link\u001b]8;;\u001b\\\u001b[3'), [
			'hi link',
		]);
	});

	it('keeps colours, also when a sequence is cut between two chunks', () => {
		const terminal = new TerminalText();
		terminal.write('\u001b[3');
		terminal.write('1;1mred\u001b[0m and \u001b[38;2;1;2;300mrgb');
		assert.deepEqual(terminal.lines()[0]?.spans, [
			{ text: 'red', style: { foreground: 1, bold: true } },
			{ text: ' and ', style: {} },
			{ text: 'rgb', style: { foreground: '#0102ff' } },
		]);
	});

	it('reads the same in pieces as at once, whatever it is', () => {
		const pieces = fc.array(
			fc.oneof(fc.string({ maxLength: 6 }), fc.constantFrom('\u001b[31m', '\u001b[0m', '\r', '\n', '\u001b]0;t\u0007', '\u001b[K', '\u001b')),
			{ maxLength: 20 },
		);
		fc.assert(fc.property(pieces, (chunks) => assert.deepEqual(terminalLines(...chunks), terminalLines(chunks.join('')))));
	});

	it('holds a bounded number of lines and says how many are gone', () => {
		const terminal = new TerminalText(100);
		terminal.write('x\n'.repeat(1000));
		assert.ok(terminal.lines().length <= 100);
		assert.equal(terminal.lines().length + terminal.dropped, 1000);
	});
});

describe('file changes', () => {
	it('reads hunks with their line numbers', () => {
		const diff = parseFileDiff('update', '@@ -3,3 +3,3 @@ fn\n same\n-old\n+new\n same\n\\ No newline at end of file');
		assert.deepEqual([diff.added, diff.removed], [1, 1]);
		assert.deepEqual(
			diff.rows.map(({ kind, oldLine, newLine }) => [kind, oldLine, newLine]),
			[
				['gap', null, null],
				['context', 3, 3],
				['removed', 4, null],
				['added', null, 4],
				['context', 5, 5],
			],
		);
	});

	it('counts a new file as added and a deleted one as removed, whatever its lines begin with', () => {
		assert.deepEqual([parseFileDiff('add', '-a\n+b\n').added, parseFileDiff('delete', 'a\r\nb').removed], [2, 2]);
	});
});

describe('markdown', () => {
	it('ends up the same when it grew as when it came at once', () => {
		const part = fc.constantFrom(
			'# Title\n\n',
			'word ',
			'- item\n',
			'\n',
			'```ts\nconst a = 1;\n',
			'```\n',
			'| a | b |\n| - | - |\n',
			'> quote\n',
			'[l](https://x.y)\n',
			'1. one\n\n   more\n',
			'\r\n',
			'<b>',
			'    code\n',
		);
		fc.assert(
			fc.property(fc.array(part, { maxLength: 25 }), (parts) => {
				const stream = new MarkdownStream();
				let text = '';
				let blocks = stream.update('');
				for (const piece of parts) {
					text += piece;
					blocks = stream.update(text);
				}
				const whole = new MarkdownStream().update(text);
				assert.deepEqual(blocks.map(({ html }) => html).join('\n'), whole.map(({ html }) => html).join('\n'));
			}),
		);
	});

	it('leaves earlier blocks alone while the last one grows', () => {
		const stream = new MarkdownStream();
		const first = stream.update('One.\n\nTwo');
		const second = stream.update('One.\n\nTwo is longer.\n\nThree');
		assert.equal(second[0], first[0]);
	});

	it('names the language of a fence, for its colours, once it is closed', () => {
		const stream = new MarkdownStream();
		assert.doesNotMatch(stream.update('```js\nconst a = 1;')[0]?.html ?? '', /language-/);
		assert.match(stream.update('```js\nconst a = 1;\n```\n\nafter')[0]?.html ?? '', /<code class="language-js">const/);
		assert.match(finishedBlocks('```js\nconst a = 1;')[0]?.html ?? '', /<code class="language-js">const/);
	});

	it('makes no link out of a scheme that does something', () => {
		for (const target of [
			'javascript:alert(1)',
			'JaVaScRiPt:alert(1)',
			' java\nscript:x',
			'command:workbench.action.quit',
			'vscode://x',
			'data:text/html,x',
			'//evil.example',
			'vbscript:x',
			'\u0001javascript:x',
		]) {
			assert.equal(isAllowedTarget(target), false, target);
		}
		for (const target of ['https://example.org/a?b#c', 'src/a.ts:3', '/abs/a.ts', 'C:\\a\\b.ts', 'file:///a/b', 'mailto:a@b.c', '#part', 'a.ts#L3']) {
			assert.equal(isAllowedTarget(target), true, target);
		}
	});
});

describe('paths and times', () => {
	it('finds the file and line in what the model wrote', () => {
		assert.deepEqual(parseFileTarget('src/a.ts:12'), { path: 'src/a.ts', line: 12 });
		assert.deepEqual(parseFileTarget('src/a.ts:12:4'), { path: 'src/a.ts', line: 12, column: 4 });
		for (const range of ['src/a.ts#L7-L9', 'src/a.ts:7-9', 'src/a.ts#7-9']) {
			assert.deepEqual(parseFileTarget(range), { path: 'src/a.ts', line: 7, endLine: 9 }, range);
		}
		assert.deepEqual(parseFileTarget('c#/a.cs:3'), { path: 'c#/a.cs', line: 3 });
		assert.deepEqual(parseFileTarget('my file.ts'), { path: 'my file.ts' });
		assert.deepEqual(parseFileTarget('file:///C:/w/a.ts#L2'), { path: 'C:/w/a.ts', line: 2 });
		assert.ok(isAllowedTarget('big.ts:1000') && isAllowedTarget('big.ts:10:2') && !isAllowedTarget('javascript:1'));
		assert.deepEqual(parseFileTarget('file:///w/my%20file.ts'), { path: '/w/my file.ts' });
		assert.deepEqual(parseFileTarget('C:\\w\\a.ts'), { path: 'C:\\w\\a.ts' });
		assert.deepEqual(['src/a.ts', 'a.ts:3', 'package.json', 'a.ts#L3', 'node.js', 'a/b', 'npm run x', 'items.map'].map(looksLikeFile), [
			true,
			true,
			true,
			true,
			false,
			false,
			false,
			false,
		]);
	});

	it('shows paths from the folder and durations in words', () => {
		assert.deepEqual(
			[displayPath('/w/src/a.ts', '/w/'), displayPath('/work/a.ts', '/w'), displayPath('C:\\w\\a.ts', 'C:\\w')],
			['src/a.ts', '/work/a.ts', 'a.ts'],
		);
		assert.deepEqual([820, 4250, 61_000, 3_720_000].map(formatDuration), ['820 ms', '4.2 s', '1 min 1 s', '1 h 2 min']);
	});
});
