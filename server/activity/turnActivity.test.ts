import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { TurnEvent } from '../items/events.ts';
import type { TurnItem } from '../items/item.ts';
import { commandText, line, nextActivity, type TurnActivity } from './turnActivity.ts';

const started: TurnEvent = { type: 'turnStarted', turnId: 't', at: 1000, contextWindow: null, mode: 'default' };
const after = (...events: readonly TurnEvent[]): TurnActivity | null => events.reduce<TurnActivity | null>(nextActivity, null);
const item = (type: 'itemStarted' | 'itemCompleted', value: TurnItem): TurnEvent => ({ type, turnId: 't', at: 2000, item: value });
const command: TurnItem = {
	...{ type: 'command', id: 'c', argv: ['/bin/bash', '-lc', 'npm test'], cwd: '/w', processId: null, source: 'agent', actions: [] },
	...{ status: 'inProgress', output: null, exitCode: null, durationMs: null },
};
const usage = (total: number, last: number): TurnEvent => {
	const of = (tokens: number) => ({ inputTokens: tokens, cachedInputTokens: 0, outputTokens: 0, reasoningOutputTokens: 0, totalTokens: tokens });
	return { type: 'tokenUsage', turnId: 't', total: of(total), last: of(last), contextWindow: null };
};

describe('what is known of a running turn', () => {
	it('is nothing before it begins, and begins anew with each', () => {
		assert.equal(after(item('itemStarted', command)), null);
		assert.equal(after(started, item('itemStarted', command), { ...started, turnId: 'u' })?.step, null);
	});

	it('names what runs, and does not go on naming what has ended', () => {
		assert.deepEqual(after(started, item('itemStarted', command))?.step, { kind: 'command', text: 'npm test' });
		assert.deepEqual(after(started, item('itemStarted', command), item('itemCompleted', command))?.step, { kind: 'reasoning', text: '' });
		const said: TurnItem = { type: 'agentMessage', id: 'm', text: 'Now the\n tests.', phase: null };
		const seen: TurnItem = { type: 'userMessage', id: 'u', content: [] };
		assert.deepEqual(after(started, item('itemCompleted', said), item('itemCompleted', seen))?.step, { kind: 'message', text: 'Now the tests.' });
		const thought: TurnItem = { type: 'reasoning', id: 'r', summary: ['**Looking around**\n\nA lot of words'], content: [] };
		assert.deepEqual(after(started, item('itemCompleted', thought))?.step, { kind: 'reasoning', text: 'Looking around' });
	});

	it('counts the tokens of the turn, not of the thread', () => {
		assert.equal(after(started, usage(1200, 200))?.tokens, 200);
		assert.equal(after(started, usage(1200, 200), usage(1500, 300))?.tokens, 500);
	});

	it('says how far the plan is', () => {
		const plan = ['completed', 'inProgress', 'pending'].map((status, at) => ({ step: `Step ${at}`, status }) as const) as never;
		const told = after(started, { type: 'planUpdated', turnId: 't', explanation: null, plan });
		assert.deepEqual(told?.plan, { step: 'Step 1', completed: 1, total: 3 });
	});

	it('cuts long texts between characters', () => {
		assert.equal([...line('🙂'.repeat(1000))].length, 301);
		assert.equal(line(' a\n\tb '), 'a b');
		assert.equal(commandText(['git', 'status']), 'git status');
	});
});
