import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { WarmUp } from './warmUp.ts';

describe('what is gone through before the first thread', () => {
	/** Runs all steps that run at all: what they did, in order. */
	const run = async (given: { readonly begin: (warmUp: WarmUp) => void; readonly isBusy?: () => boolean }) => {
		const done: string[] = [];
		const end = Promise.withResolvers<void>();
		const warmUp = new WarmUp({
			steps: [
				() => done.push('one'),
				() => {
					throw new Error('no such provider');
				},
				() => done.push('three'),
			],
			isBusy: () => {
				const isBusy = given.isBusy?.() ?? false;
				if (isBusy || done.includes('three')) end.resolve();
				return isBusy;
			},
			failed: (error) => done.push(String(error)),
			afterMs: 0,
		});
		given.begin(warmUp);
		await Promise.race([end.promise, new Promise((resolve) => setTimeout(resolve, 50))]);
		return done;
	};

	it('goes through all steps once, also behind one that fails', async () => {
		const done = await run({
			begin: (warmUp) => {
				warmUp.begin();
				warmUp.begin();
			},
		});
		assert.deepEqual(done, ['one', 'Error: no such provider', 'three']);
	});

	it('lets somebody who asks for something go first, between two steps', async () => {
		let asked = 0;
		assert.deepEqual(await run({ begin: (warmUp) => warmUp.begin(), isBusy: () => asked++ > 0 }), ['one']);
	});

	it('does nothing after the end of the process', async () => {
		const done = await run({
			begin: (warmUp) => {
				warmUp.begin();
				warmUp.dispose();
				warmUp.begin();
			},
		});
		assert.deepEqual(done, []);
	});
});
