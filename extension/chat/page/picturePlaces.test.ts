import assert from 'node:assert/strict';
import { placesOf } from './picturePlaces.ts';

describe('pictures of a message', () => {
	it('are looked for in the folders of the workspace only', () => {
		assert.deepEqual(placesOf('docs/a.png', ['/w', '/x']), ['/w/docs/a.png', '/x/docs/a.png']);
		assert.deepEqual(placesOf('./a.png', ['/w', '/w']), ['/w/a.png']);
		assert.deepEqual(placesOf('/w/sub/../a.png', ['/w']), ['/w/a.png']);
		for (const named of ['/etc/a.png', '../a.png', '/w/../a.png', '//server/share/a.png', '']) assert.deepEqual(placesOf(named, ['/w']), [], named);
	});
});
