import assert from 'node:assert/strict';
import { inEnglish, l10n, TextError, textOf } from './l10n.ts';

describe('texts for people', () => {
	it('keep their template and their values', () => {
		assert.deepEqual(l10n`there is no folder ${'/a'} in ${2} places`, { message: 'there is no folder {0} in {1} places', args: ['/a', '2'] });
		assert.deepEqual(l10n`plain`, { message: 'plain', args: [] });
	});

	it('are said in English, also those within others', () => {
		assert.equal(inEnglish(l10n`${'x'}: ${l10n`it has ${3} files`}`), 'x: it has 3 files');
		assert.equal(inEnglish('as it is, {0}'), 'as it is, {0}');
	});

	it('do not take what looks like a placeholder in a value for one', () => {
		assert.equal(inEnglish(l10n`${'{1}'} and ${'b'}`), '{1} and b');
		assert.equal(inEnglish({ message: '{0} {7}', args: ['a'] }), 'a {7}');
	});

	it('are what an error says', () => {
		const text = l10n`no ${'a'}`;
		assert.equal(textOf(new TextError(text)), text);
		assert.equal(new TextError(text).message, 'no a');
		assert.equal(textOf(new Error('other')), 'other');
		assert.equal(textOf('thrown'), 'thrown');
	});
});
