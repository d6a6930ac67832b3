import assert from 'node:assert/strict';
import { cutLongTexts } from '../../../server/projection/longTexts.ts';
import { cutTexts } from '../../../webview/text/cutTexts.ts';

describe('texts that were cut', () => {
	it('are found by their place in the item', () => {
		const long = 'x'.repeat(3_000_000);
		const item = {
			type: 'fileChange',
			changes: [
				{ path: '/w/a', diff: 'short' },
				{ path: '/w/b', diff: long },
			],
			'a/b': long,
		};
		assert.deepEqual(cutTexts(cutLongTexts(item)), ['/changes/1/diff', '/a~1b']);
	});

	it('are none where all of it is there', () => {
		assert.deepEqual(cutTexts({ text: 'x'.repeat(900_000), n: 1, none: null }), []);
	});
});
