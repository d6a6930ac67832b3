import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { TimeLimits } from './timeLimits.ts';

describe('time limits', () => {
	let limits: TimeLimits;
	let over: string[];
	const start = (threadId: string, ms: number, name: string) => limits.start(threadId, { ms, over: () => over.push(name) });
	/** After all timers that were due by then, whatever the machine's load. */
	const after = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
	const drops: (() => void)[] = [];

	beforeEach(() => {
		limits = new TimeLimits();
		over = [];
	});
	afterEach(() => {
		for (const drop of drops.splice(0)) drop();
	});

	it('stand still while somebody is asked, count each hold, and go on with the time that was left', async () => {
		drops.push(start('t', 20, 'held'), start('other', 20, 'free'));
		assert.deepEqual([limits.hold('t'), limits.hold('t')], [1, 2]);
		drops.push(start('t', 1, 'begun while held'));
		await after(60);
		assert.deepEqual(over, ['free']);
		assert.equal(limits.release('t'), 1);
		await after(60);
		assert.deepEqual(over, ['free']);
		assert.equal(limits.release('t'), 0);
		await after(60);
		assert.deepEqual(over.sort(), ['begun while held', 'free', 'held']);
	});

	it('are never released more often than held, and end nothing that was taken away', async () => {
		assert.equal(limits.release('t'), null);
		start('t', 1, 'gone')();
		limits.hold('t');
		limits.forget('t');
		assert.equal(limits.release('t'), null);
		await after(20);
		assert.deepEqual(over, []);
	});
});
