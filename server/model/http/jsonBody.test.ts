import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { jsonBody } from './jsonBody.ts';

describe('the body of a request', () => {
	it('has no half of a surrogate pair, and all else as it was', () => {
		const whole = { a: '\u{1f600} \\ud83d \n "\\" \u2028', '\u{1f600}': [1, null, '\u0001'] };
		assert.deepEqual(JSON.parse(jsonBody(whole)), whole);
		assert.deepEqual(JSON.parse(jsonBody({ a: 'x\ud83d', b: ['\ude00y', '\\\ud83d'], '\ud83d': 1 })), {
			a: 'x\ufffd',
			b: ['\ufffdy', '\\\ufffd'],
			'\ufffd': 1,
		});
	});
});
