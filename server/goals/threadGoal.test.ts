import assert from 'node:assert/strict';
import type { RolloutEntry } from '../store/rollout/rolloutLine.ts';
import { type Goal, GoalError } from '../items/goal.ts';
import { recordedGoal, ThreadGoal } from './threadGoal.ts';

const usage = (inputTokens: number, cachedInputTokens: number, outputTokens: number) => ({
	inputTokens,
	cachedInputTokens,
	outputTokens,
	reasoningOutputTokens: 0,
	totalTokens: inputTokens + outputTokens,
});

function newGoal(goal: Goal | null = null) {
	const clock = { now: 1_000_000 };
	const records: RolloutEntry[] = [];
	const told: (readonly [Goal['status'] | null, string | null])[] = [];
	const keeper = new ThreadGoal({
		threadId: 't',
		goal,
		record: (entries) => records.push(...entries),
		changed: (now, turnId) => told.push([now?.status ?? null, turnId]),
		now: () => clock.now,
	});
	return { keeper, clock, records, told };
}

describe('the goal of a thread', () => {
	it('counts tokens that were not cached, and time while a turn works on it', () => {
		const { keeper, clock } = newGoal();
		keeper.set({ objective: ' Ship it ', tokenBudget: 1000 });
		keeper.turnStarted({ byPerson: true });
		clock.now += 2000;
		keeper.used(usage(100, 60, 10), 'turn');
		clock.now += 3000;
		keeper.turnEnded({ interrupted: false, turnId: 'turn' });
		clock.now += 60_000;
		const goal = keeper.current;
		assert.deepEqual([goal?.objective, goal?.tokensUsed, goal?.timeUsedMs, goal?.status], ['Ship it', 50, 5000, 'active']);
	});

	it('is over its budget once, tells the model so once, and goes on when it gets a larger one', () => {
		const { keeper } = newGoal();
		keeper.set({ objective: 'Ship it', tokenBudget: 100 });
		keeper.turnStarted({ byPerson: true });
		keeper.toolCalled();
		keeper.used(usage(90, 0, 20), 'turn');
		assert.equal(keeper.current?.status, 'budgetLimited');
		assert.ok(keeper.takeNotice());
		assert.equal(keeper.takeNotice(), null);
		keeper.turnEnded({ interrupted: false, turnId: 'turn' });
		assert.equal(keeper.continuation(), null);
		assert.equal(keeper.set({ status: 'active' }).status, 'budgetLimited');
		assert.equal(keeper.set({ tokenBudget: 500 }).status, 'active');
		assert.ok(keeper.continuation());
	});

	it('is paused after three turns in a row in which nothing was done', () => {
		const { keeper, told } = newGoal();
		keeper.set({ objective: 'Ship it' });
		assert.ok(keeper.continuation());
		const turn = (turnId: string, work: () => void = () => {}) => {
			keeper.turnStarted({ byPerson: false });
			work();
			return keeper.turnEnded({ interrupted: false, turnId });
		};
		assert.deepEqual([turn('1'), turn('2'), turn('3', () => keeper.toolCalled()), turn('4'), turn('5')], [null, null, null, null, null]);
		assert.ok(keeper.continuation());
		assert.equal(turn('6'), 'stalled');
		assert.deepEqual([keeper.current?.status, keeper.continuation(), told.at(-1)], ['paused', null, ['paused', '6']]);
		keeper.set({ status: 'active' });
		assert.equal(turn('7'), null);
		assert.ok(keeper.continuation());
	});

	it('waits for the person who stopped a turn', () => {
		const { keeper, told } = newGoal();
		keeper.set({ objective: 'Ship it' });
		keeper.turnStarted({ byPerson: true });
		keeper.turnEnded({ interrupted: true, turnId: 'turn' });
		assert.deepEqual(told, [
			['active', null],
			['paused', 'turn'],
		]);
		assert.equal(keeper.continuation(), null);
	});

	it('is another goal with another objective, or once it was complete', () => {
		const { keeper } = newGoal();
		keeper.set({ objective: 'Ship it', tokenBudget: 10 });
		assert.equal(keeper.set({ objective: 'Ship it', status: 'paused' }).tokenBudget, 10);
		assert.equal(keeper.set({ objective: 'Ship it well' }).tokenBudget, null);
		keeper.complete('turn');
		assert.equal(keeper.set({ objective: 'Ship it well' }).status, 'active');
		assert.throws(() => keeper.create({ objective: 'More', tokenBudget: null }, 'turn'), GoalError);
	});

	it('refuses what is no goal', () => {
		const { keeper } = newGoal();
		for (const change of [{ objective: ' ' }, { objective: 'x', tokenBudget: 0 }, { status: 'paused' as const }, { objective: 'x'.repeat(4001) }])
			assert.throws(() => keeper.set(change), GoalError);
		assert.equal(keeper.clear(), false);
	});

	it('is read back from the records as it was left', () => {
		const { keeper, records } = newGoal();
		const lines = () => records.map((entry) => ({ ...entry, timestamp: '' }));
		keeper.set({ objective: 'Ship it', tokenBudget: 100 });
		assert.deepEqual(recordedGoal(lines()), keeper.current);
		const forked = { timestamp: '', type: 'event_msg', payload: { type: 'tiller_forked' } };
		assert.equal(recordedGoal([...lines(), forked]), null);
		assert.equal(recordedGoal([{ timestamp: '', type: 'event_msg', payload: { type: 'tiller_goal', goal: { objective: 1 } } }]), null);
		keeper.clear();
		assert.equal(recordedGoal(lines()), null);
	});
});
