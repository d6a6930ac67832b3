import assert from 'node:assert/strict';
import { Pacing } from './pacing.ts';

describe('the pace of the page', () => {
	const frames = new Map<number, () => void>();
	const page = { requestAnimationFrame: globalThis.requestAnimationFrame, cancelAnimationFrame: globalThis.cancelAnimationFrame };
	beforeEach(() => {
		frames.clear();
		let last = 0;
		Object.assign(globalThis, {
			requestAnimationFrame: (run: () => void) => {
				frames.set(++last, run);
				return last;
			},
			cancelAnimationFrame: (id: number) => frames.delete(id),
		});
	});
	after(() => Object.assign(globalThis, page));

	it('draws with the next frame, once', async () => {
		let drawn = 0;
		new Pacing().schedule(() => drawn++, false);
		assert.equal(drawn, 0);
		for (const run of frames.values()) run();
		assert.equal(drawn, 1);
		assert.equal(frames.size, 0);
	});

	it('draws without a frame where none comes', async () => {
		await new Promise<void>((resolve) => new Pacing().schedule(resolve, false));
		assert.equal(frames.size, 0);
	});

	it('draws a hidden page without asking for frames', async () => {
		await new Promise<void>((resolve) => new Pacing().schedule(resolve, true));
		assert.equal(frames.size, 0);
	});
});
