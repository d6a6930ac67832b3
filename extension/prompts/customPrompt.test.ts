import assert from 'node:assert/strict';
import { expandPrompt, parsePrompt } from './customPrompt.ts';

const parsed = (source: string) => {
	const answer = parsePrompt(source);
	if (answer.type === 'bad') throw new Error(answer.reason);
	return answer.prompt;
};
const expanded = (source: string, words: string) => expandPrompt(parsed(source), words);
const text = (source: string, words: string) => {
	const answer = expanded(source, words);
	return answer.type === 'text' ? answer.text : answer;
};

describe('a custom prompt', () => {
	it('says in its front matter what it does and takes', () => {
		const prompt = parsed('---\r\ndescription: "Drafts a PR"\r\nargument-hint: [FILES=<paths>]\r\nother: x\r\n---\r\n\r\nDraft $FILES.\r\n');
		assert.deepEqual(prompt, {
			description: 'Drafts a PR',
			argumentHint: '[FILES=<paths>]',
			text: 'Draft $FILES.',
			positional: false,
			named: ['FILES'],
		});
		assert.deepEqual(parsed('Just text with $5 and $home'), {
			description: null,
			argumentHint: null,
			text: 'Just text with $5 and $home',
			positional: true,
			named: [],
		});
	});

	it('is not used when it is empty or its front matter has no end', () => {
		assert.deepEqual(parsePrompt('---\ndescription: x\n'), { type: 'bad', reason: 'openFrontMatter' });
		assert.deepEqual(parsePrompt('---\ndescription: x\n---\n\n'), { type: 'bad', reason: 'empty' });
	});

	it('takes arguments by their place, kept together by quotes', () => {
		assert.equal(text('Fix $1 in $2 for $3, all: $ARGUMENTS; $$1', 'bug "my file.ts"'), 'Fix bug in my file.ts for , all: bug "my file.ts"; $1');
		assert.equal(text('$1|$2', "it's 'a b'"), "it's|a b");
		assert.equal(text('No arguments', 'at all'), 'No arguments');
	});

	it('takes arguments by their name, and says which are missing', () => {
		assert.equal(text('$FILE: $FOCUS ($FILE) costs $$5', 'FILE=a.ts FOCUS="loading state"'), 'a.ts: loading state (a.ts) costs $5');
		assert.equal(text('$A', 'a=“x y”'), 'x y');
		assert.deepEqual(expanded('$FILE $FOCUS', 'FILE=a'), { type: 'missing', names: ['FOCUS'] });
		assert.deepEqual(expanded('$FILE', 'a.ts'), { type: 'nameless', words: ['a.ts'] });
	});

	it('does not put arguments into arguments', () => {
		assert.equal(text('$1 $2', '$2 x'), '$2 x');
		assert.equal(text('$A $B', 'A=$B B=$&'), '$B $&');
	});
});
