import assert from 'node:assert/strict';
import { baseInstructions } from './baseInstructions.ts';
import { modelInstructions } from './modelInstructions.ts';

const able = { applyPatchTool: 'freeform', supportsParallelToolCalls: true, inputModalities: ['text', 'image'] } as const;

describe('instructions for a model', () => {
	it('are the usual ones for a model that can do everything', () => {
		assert.equal(modelInstructions(able), baseInstructions);
	});

	it('tell a model without parallel calls to wait for each result', () => {
		const text = modelInstructions({ ...able, supportsParallelToolCalls: false });
		assert.match(text, /one call at a time/);
		assert.doesNotMatch(text, /in parallel/);
	});

	it('do not speak of pictures to a model that sees none, and lose nothing else', () => {
		const text = modelInstructions({ ...able, inputModalities: ['text'] });
		assert.doesNotMatch(text, /view_image/);
		const headings = (from: string) => [...from.matchAll(/^# .*$/gm)].map(([heading]) => heading);
		assert.deepEqual(
			headings(text),
			headings(baseInstructions).filter((heading) => !heading.startsWith('# Pictures')),
		);
	});

	it('say how a patch is given where it is the argument of a function', () => {
		assert.match(modelInstructions({ ...able, applyPatchTool: 'function' }), /one argument, `input`/);
	});
});
