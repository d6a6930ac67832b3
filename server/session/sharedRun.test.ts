import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { sharedRun } from './sharedRun.ts';

describe('work that several ask for at once', () => {
	it('is done once for all who ask while it runs, and anew for who comes later', async () => {
		const done: (() => void)[] = [];
		const run = sharedRun(async () => {
			await new Promise<void>((resolve) => done.push(resolve));
			return done.length;
		});
		const first = Array.from({ length: 100 }, () => run());
		assert.equal(done.length, 1);
		done[0]?.();
		assert.deepEqual(new Set(await Promise.all(first)), new Set([1]));
		const second = run();
		done[1]?.();
		assert.equal(await second, 2);
	});

	it('that fails fails for all, and is tried again for the next', async () => {
		let times = 0;
		const run = sharedRun(() => (++times === 1 ? Promise.reject(new Error('no')) : Promise.resolve(times)));
		const first = [run(), run()];
		for (const each of first) await assert.rejects(each, /no/);
		assert.equal(await run(), 2);
	});
});
