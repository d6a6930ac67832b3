import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { decodeBase64 } from './base64.ts';

describe('base64 from a client', () => {
	it('gives the bytes that were encoded', () => {
		fc.assert(
			fc.property(fc.uint8Array(), (bytes) => {
				const decoded = decodeBase64(Buffer.from(bytes).toString('base64'));
				assert.ok(decoded.ok);
				assert.deepEqual(new Uint8Array(decoded.bytes), bytes);
			}),
		);
	});

	for (const [text, reason] of [
		['!!!', 'Invalid symbol 33, offset 0.'],
		['eAA*', 'Invalid symbol 42, offset 3.'],
		['eA', 'Invalid padding'],
		['eA=', 'Invalid padding'],
		['e===', 'Invalid symbol 61, offset 1.'],
		['eB==', 'Invalid last symbol 66, offset 1.'],
		['eA==\n', 'Invalid symbol 61, offset 2.'],
		['e_==', 'Invalid symbol 95, offset 1.'],
	] as const) {
		it(`${JSON.stringify(text)} is refused with what is wrong`, () => {
			assert.deepEqual(decodeBase64(text), { ok: false, reason });
		});
	}
});
