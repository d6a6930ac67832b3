import assert from 'node:assert/strict';
import { cutLongTexts, textAt, wholeCharacters } from './longTexts.ts';

describe('a text that is too long for the wire', () => {
	const long = `begin${'😀'.repeat(1_000_000)}end`;

	it('keeps its beginning and its end, and says how much is left out and where to get it', () => {
		const item = { type: 'commandExecution', id: 'c', aggregatedOutput: long, commandActions: [] };
		const cut = cutLongTexts(item);
		assert.ok(cut.aggregatedOutput.length < 800 * 1024);
		assert.ok(cut.aggregatedOutput.startsWith('begin😀') && cut.aggregatedOutput.endsWith('😀end'));
		assert.equal(cut.aggregatedOutput.isWellFormed(), true);
		const [, left, total, offset] = /\[\.\.\. (\d+) of (\d+) characters are left out here: .* from offset (\d+) on/.exec(cut.aggregatedOutput) ?? [];
		assert.equal(Number(total), long.length);
		const [before = '', after = ''] = cut.aggregatedOutput.split(/\n\n\[\.\.\. .* \.\.\.\]\n\n/);
		assert.equal(before + long.slice(Number(offset), Number(offset) + Number(left)) + after, long);
	});

	it('is cut wherever it stands, and all else is as it was', () => {
		const short = { changes: [{ path: 'p', diff: 'd' }] };
		assert.equal(cutLongTexts(short), short);
		const cut = cutLongTexts({
			changes: [
				{ path: 'p', diff: 'd' },
				{ path: 'q', diff: long },
			],
		});
		assert.deepEqual(cut.changes[0], { path: 'p', diff: 'd' });
		assert.ok((cut.changes[1]?.diff.length ?? 0) < long.length);
		const image = { url: `data:image/png;base64,${'A'.repeat(2_000_000)}`, result: `iVBORw0KGgo${'A'.repeat(2_000_000)}` };
		assert.equal(cutLongTexts(image), image);
	});

	it('is found by its place in the item, and its parts join to the whole', () => {
		const item = { changes: [{ 'a/b': long }] };
		assert.equal(textAt(item, '/changes/0/a~1b'), long);
		assert.equal(textAt(item, '/changes/1'), null);
		assert.equal(textAt(item, '/changes'), null);
		assert.equal(textAt(item, '/toString'), null);
		let joined = '';
		for (let offset = 0; offset < long.length; offset += 99_999) joined += wholeCharacters(long, offset, offset + 99_999);
		assert.equal(joined, long);
	});
});
