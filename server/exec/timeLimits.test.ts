import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'mocha';
import { TimeLimits } from './timeLimits.ts';

/** Time that passes only when the test says so. */
class TestClock {
	#now = 0;
	readonly #due = new Set<{ readonly at: number; readonly callback: () => void }>();

	now(): number {
		return this.#now;
	}

	after(ms: number, callback: () => void): () => void {
		const timer = { at: this.#now + ms, callback };
		this.#due.add(timer);
		return () => this.#due.delete(timer);
	}

	pass(ms: number): void {
		const end = this.#now + ms;
		for (;;) {
			const [next] = [...this.#due].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
			if (next === undefined) break;
			this.#due.delete(next);
			this.#now = Math.max(this.#now, next.at);
			next.callback();
		}
		this.#now = end;
	}

	get waiting(): number {
		return this.#due.size;
	}
}

describe('time limits', () => {
	let clock: TestClock;
	let limits: TimeLimits;
	let over: string[];
	const start = (threadId: string, ms: number, name: string) => limits.start(threadId, { ms, over: () => over.push(name) });

	beforeEach(() => {
		clock = new TestClock();
		limits = new TimeLimits(clock);
		over = [];
	});

	it('stand still while somebody is asked, count each hold, and go on with the time that was left', () => {
		start('t', 1000, 'held');
		start('other', 1000, 'free');
		clock.pass(400);
		assert.deepEqual([limits.hold('t'), limits.hold('t')], [1, 2]);
		start('t', 300, 'begun while held');
		clock.pass(10_000);
		assert.deepEqual(over, ['free']);
		assert.equal(limits.release('t'), 1);
		clock.pass(10_000);
		assert.deepEqual(over, ['free']);
		assert.equal(limits.release('t'), 0);
		clock.pass(299);
		assert.deepEqual(over, ['free']);
		clock.pass(1);
		assert.deepEqual(over, ['free', 'begun while held']);
		clock.pass(299);
		assert.deepEqual(over, ['free', 'begun while held']);
		clock.pass(1);
		assert.deepEqual(over, ['free', 'begun while held', 'held']);
		assert.equal(clock.waiting, 0);
	});

	it('stand still each time anew', () => {
		start('t', 100, 'limit');
		for (let round = 0; round < 9; round++) {
			clock.pass(10);
			limits.hold('t');
			clock.pass(500);
			limits.release('t');
		}
		clock.pass(9);
		assert.deepEqual(over, []);
		clock.pass(1);
		assert.deepEqual(over, ['limit']);
	});

	it('are never released more often than held, and end nothing that was taken away', () => {
		assert.equal(limits.release('t'), null);
		start('t', 1, 'gone')();
		limits.hold('t');
		start('t', 1, 'gone while held')();
		limits.endThread('t');
		assert.equal(limits.release('t'), null);
		clock.pass(1000);
		assert.deepEqual(over, []);
	});

	it('run on for a thread that is no longer loaded', () => {
		start('t', 100, 'limit');
		limits.hold('t');
		limits.endThread('t');
		clock.pass(100);
		assert.deepEqual(over, ['limit']);
	});

	it('count the time of the system where nothing else is said', async () => {
		const ended = new Promise<void>((resolve) => new TimeLimits().start('t', { ms: 1, over: resolve }));
		await ended;
	});
});
