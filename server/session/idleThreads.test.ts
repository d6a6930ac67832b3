import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { createLogger } from '../telemetry/logger.ts';
import { IdleThreads, type IdleThreadsOptions } from './idleThreads.ts';

type Loaded = ReturnType<IdleThreadsOptions['threads']['get']>;

function setUp(thread: { activeTurnId?: string | null; questions?: number; busy?: boolean; followers?: number; updatedAt?: number }) {
	const told: string[] = [];
	const gone = Promise.withResolvers<void>();
	const state = { activeTurnId: null, questions: 0, busy: false, followers: 0, updatedAt: 0, looks: 0, ...thread };
	const idle = new IdleThreads({
		idleMs: 5,
		log: createLogger({ level: 'error', format: 'text', write: () => {}, redact: (line) => line }),
		threads: {
			get: () => {
				state.looks++;
				return { ...state, settings: {}, questions: { open: Array.from({ length: state.questions }) } } as unknown as Loaded;
			},
			unload: () => Promise.resolve(),
		},
		clients: { subscribersOf: () => Array.from({ length: state.followers }) },
		subscriptions: {
			broadcast: ({ method }) => {
				told.push(method);
				if (method === 'thread/closed') gone.resolve();
			},
		},
		isBusy: () => state.busy,
	});
	return { idle, state, told, gone: gone.promise };
}

/** Until the thread was looked at so many times. */
async function looks(state: { readonly looks: number }, times: number): Promise<void> {
	while (state.looks < times) await new Promise((resolve) => setImmediate(resolve));
}

describe('threads that nobody follows', () => {
	let idle: IdleThreads | null = null;
	afterEach(() => idle?.dispose());

	it('are unloaded after a while, and everybody is told', async () => {
		const { idle: watch, told, gone } = setUp({});
		idle = watch;
		watch.left('t');
		await gone;
		assert.deepEqual(told, ['thread/status/changed', 'thread/closed']);
	});

	for (const [what, busy, done] of [
		['a turn runs', { activeTurnId: 'turn' }, { activeTurnId: null }],
		['a question waits', { questions: 1 }, { questions: 0 }],
		['a terminal runs', { busy: true }, { busy: false }],
	] as const) {
		it(`are kept while ${what}`, async () => {
			const { idle: watch, state, told, gone } = setUp(busy);
			idle = watch;
			watch.left('t');
			await looks(state, 2);
			assert.deepEqual(told, []);
			Object.assign(state, done);
			await gone;
		});
	}

	it('are kept when somebody follows them again', async () => {
		const { idle: watch, state, told } = setUp({ followers: 1 });
		idle = watch;
		watch.left('t');
		await looks(state, 1);
		await new Promise((resolve) => setImmediate(resolve));
		assert.deepEqual([told, state.looks], [[], 1]);
	});

	it('stay for a while after their last turn', async () => {
		const { idle: watch, state, told, gone } = setUp({ updatedAt: Date.now() + 1000 });
		idle = watch;
		watch.left('t');
		await looks(state, 2);
		assert.deepEqual(told, []);
		state.updatedAt = 0;
		await gone;
	});
});
