import assert from 'node:assert/strict';
import { stripVTControlCharacters } from 'node:util';
import { fileText, plainOutput, problemsText, selectionText, terminalText } from './contextText.ts';

describe('context for the composer', () => {
	const selection = { file: 'src/a.ts', languageId: 'typescript', lines: [3, 4], text: 'one\ntwo\n', unsaved: false } as const;

	it('names the file, the lines and the text of a selection', () => {
		assert.equal(selectionText(selection), '@src/a.ts lines 3-4:\n```typescript\none\ntwo\n```\n');
		assert.equal(
			selectionText({ ...selection, file: 'my notes.md', lines: [7, 7], text: 'x', unsaved: true }),
			'@"my notes.md" line 7 (not saved yet):\n```typescript\nx\n```\n',
		);
		assert.equal(fileText('src/a.ts'), '@src/a.ts');
	});

	it('stays one block when the text holds fences, and says what it leaves out', () => {
		assert.match(selectionText({ ...selection, text: 'a\n````\nb' }), /\n`````typescript\na\n````\nb\n`````\n$/);
		assert.match(selectionText({ ...selection, text: 'x'.repeat(20_000) }), /\n\(4000 more characters are not shown\)\n$/);
	});

	it('lists problems with place, source and line', () => {
		const problem = {
			file: 'a.ts',
			line: 2,
			column: 5,
			severity: 'error',
			message: 'No such\n  name',
			source: 'ts 2304',
			code: '\tfoo(`x`);',
		} as const;
		assert.equal(problemsText([problem]), 'Fix this problem:\n- @a.ts:2:5 error: No such name (ts 2304)\n  `` foo(`x`); ``\n');
		const many = problemsText(Array.from({ length: 60 }, () => ({ ...problem, source: '', code: '' })));
		assert.match(many, /^Fix these problems:\n- @a\.ts:2:5 error: No such name\n/);
		assert.match(many, /\n- and 10 more\n$/);
	});

	it('gives what a person saw in the terminal, its end when it is long', () => {
		const raw = '\u001b[31mred\u001b[0m\r\n10 %\r100 %\r\n\r\n';
		const output = plainOutput(raw, stripVTControlCharacters);
		assert.equal(output, 'red\n100 %');
		const text = terminalText({ terminal: 'bash', command: 'make', output, exitCode: 2, running: false });
		assert.equal(text, 'Terminal "bash", exit code 2:\n```\n$ make\nred\n100 %\n```\n');
		const long = terminalText({ terminal: 'bash', command: 'make', output: `${'x'.repeat(20_000)}end`, exitCode: null, running: true });
		assert.match(long, /still running:\n```\n\$ make\n\(the first 4003 characters are not shown\)\nx+end\n```\n$/);
	});
});
