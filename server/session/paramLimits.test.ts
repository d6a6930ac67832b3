import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { beyondLimits } from './paramLimits.ts';

describe('the limits of params', () => {
	const nested = (levels: number): unknown => (levels === 0 ? 1 : { a: nested(levels - 1) });

	it('name the member, what it has and what is taken', () => {
		assert.equal(beyondLimits({ cwd: Array(200_000).fill('/a') }), 'Invalid request: `cwd` has 200000 entries, at most 2000 are taken');
		assert.equal(beyondLimits({ threadId: 'x'.repeat(40_000) }), 'Invalid request: `threadId` has 40000 characters, at most 32768 are taken');
		assert.match(beyondLimits({ paths: ['/a', '/'.repeat(40_000)] }) ?? '', /`paths\[1\]` has 40000 characters/);
		assert.match(beyondLimits({ config: nested(70) }) ?? '', /has more levels, at most 64/);
		assert.match(
			beyondLimits({ config: Object.fromEntries(Array.from({ length: 3000 }, (_, n) => [`k${n}`, n])) }) ?? '',
			/`config` has 3000 entries/,
		);
		assert.match(beyondLimits({ history: Array(1500).fill(Array(200).fill(1)) }) ?? '', /too many values in all, at most 200000/);
	});

	it('let no path with a null character through to those who throw over it', () => {
		for (const params of [{ cwd: 'a\0b' }, { cwds: ['/a', '/\0'] }, { rolloutPath: '\0' }, { nested: { path: '/x\0' } }])
			assert.match(beyondLimits(params) ?? '', /holds a null character, which no path has/);
		assert.equal(beyondLimits({ text: 'a\0b', input: [{ type: 'text', text: '\0' }] }), null);
	});

	it('leave what people and clients really send', () => {
		assert.equal(beyondLimits(undefined), null);
		assert.equal(beyondLimits(null), null);
		assert.equal(beyondLimits({ history: Array(20_000).fill({ type: 'message', role: 'user' }) }), null);
		assert.equal(
			beyondLimits({
				input: [
					{ type: 'text', text: 'x'.repeat(5_000_000) },
					{ type: 'image', url: `data:${'y'.repeat(9_000_000)}` },
				],
			}),
			null,
		);
		assert.equal(beyondLimits({ config: nested(40), cwd: '/a'.repeat(2000) }), null);
	});
});
