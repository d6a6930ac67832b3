import assert from 'node:assert/strict';
import { mergeTexts } from '../edits/mergeTexts.ts';
import { hasMarkers, mergeWithMarkers } from './mergeWithMarkers.ts';

const names = { live: 'My Folder', other: 'fix' };
const text = (...lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');

describe('merge with markers', () => {
	it('marks only what both changed, and takes the rest of both', () => {
		const before = text('a', 'b', 'c', 'd', 'e', 'f', 'g');
		const live = text('A', 'b', 'c', 'mine', 'e', 'f', 'g');
		const after = text('a', 'b', 'c', 'theirs', 'e', 'f', 'G');
		const merged = text('A', 'b', 'c', '<<<<<<< My Folder', 'mine', '=======', 'theirs', '>>>>>>> fix', 'e', 'f', 'G');
		assert.equal(mergeWithMarkers({ before, live, after }, names), merged);
		assert.equal(hasMarkers(merged), true);
		assert.equal(hasMarkers(before), false);
	});

	it('keeps every line of both sides when one change spans several of the other', () => {
		const merged = mergeWithMarkers(
			{ before: text('a', 'b', 'c', 'd', 'e'), live: text('a', 'x', 'c', 'y', 'e'), after: text('a', 'z', 'e') },
			names,
		);
		assert.equal(merged, text('a', '<<<<<<< My Folder', 'x', 'c', 'y', '=======', 'z', '>>>>>>> fix', 'e'));
	});

	it('marks two files that began without each other', () => {
		assert.equal(mergeWithMarkers({ before: '', live: 'mine', after: 'theirs' }, names), '<<<<<<< My Folder\nmine\n=======\ntheirs\n>>>>>>> fix');
	});

	it('does not mark what both changed alike, nor line ends', () => {
		assert.equal(mergeWithMarkers({ before: text('a', 'b', 'c'), live: 'a\r\nB\r\nc\r\n', after: text('a', 'B', 'c') }, names), text('a', 'B', 'c'));
	});

	it('is the merge without markers wherever that succeeds', () => {
		const lines = ['a', 'b', 'c', 'd'];
		const sides = lines.flatMap((_, at) => [
			text(...lines.toSpliced(at, 1)),
			text(...lines.toSpliced(at, 1, 'new')),
			text(...lines.toSpliced(at, 0, 'more')),
		]);
		let merges = 0;
		for (const live of sides) {
			for (const after of sides) {
				const plain = mergeTexts(text(...lines), live, after);
				const marked = mergeWithMarkers({ before: text(...lines), live, after }, names);
				assert.equal(hasMarkers(marked), plain.type === 'conflict', JSON.stringify({ live, after, marked }));
				if (plain.type === 'merged') assert.equal(marked, plain.text);
				merges += plain.type === 'merged' ? 1 : 0;
			}
		}
		assert.ok(merges > 30 && merges < sides.length ** 2);
	});
});
