import assert from 'node:assert/strict';
import { wantsNotice } from './wantsNotice.ts';

describe('a notification of a question', () => {
	const seen = { mayAnswer: true, windowFocused: true, visibleInPage: true };
	const situations = [seen, { ...seen, windowFocused: false }, { ...seen, visibleInPage: false }, { ...seen, mayAnswer: false }];
	const outcomes = (when: 'off' | 'windowNotFocused' | 'always') => situations.map((situation) => wantsNotice({ ...situation, when }));

	it('comes as the setting says: when it is in sight, the window unfocused, the page hidden, in Restricted Mode', () => {
		assert.deepEqual(outcomes('off'), [false, false, false, false]);
		assert.deepEqual(outcomes('windowNotFocused'), [false, true, true, false]);
		assert.deepEqual(outcomes('always'), [true, true, true, false]);
	});
});
