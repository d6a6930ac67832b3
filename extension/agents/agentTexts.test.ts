import assert from 'node:assert/strict';
import type { ThreadActivity } from '../../server/protocol/thread/threadActivity.ts';
import { agentTexts, countText } from './agentTexts.ts';
import { agentWords } from './agentWords.ts';

const t = (text: string, ...values: readonly (string | number | boolean)[]) =>
	text.replaceAll(/\{(\d)\}/g, (_, at: string) => String(values[Number(at)]));
const words = agentWords(t as Parameters<typeof agentWords>[0]);

function row(given: Partial<Omit<ThreadActivity, 'thread'>>, thread: Partial<ThreadActivity['thread']> = {}): ThreadActivity {
	return {
		thread: {
			id: 'a',
			name: 'Fix the tests',
			preview: '',
			cwd: '/home/me/api',
			parentThreadId: null,
			agentNickname: null,
			...thread,
		} as ThreadActivity['thread'],
		state: 'running',
		turn: { id: 't', status: 'inProgress', startedAt: 1000, durationMs: null },
		...{ step: null, plan: null, tokens: null, asks: [], readState: null, server: null },
		...given,
	};
}
const texts = (given: ThreadActivity, seconds = 0) =>
	agentTexts(given, { now: (1000 + seconds) * 1000, placeOf: (cwd) => cwd.split('/').at(-1) ?? null, words });

describe('a row of the view of agents', () => {
	it('says what runs, for how long, with how many tokens, and where', () => {
		const { title, state, now, facts } = texts(
			row({ step: { kind: 'command', text: 'npm test' }, tokens: 12_345, plan: { step: 'Test', completed: 1, total: 3 } }),
			130,
		);
		assert.deepEqual([title, state, now], ['Fix the tests', 'running', 'Running npm test']);
		assert.deepEqual(facts, ['step 2 of 3', '2 min', '12k tokens', 'api']);
	});

	it('says what it asks before what it does', () => {
		const asks = ['touch a', 'touch b'].map((text) => ({ kind: 'command', text, askedAt: 1 }) as const);
		const { state, now, facts, details } = texts(row({ state: 'waiting', asks, step: { kind: 'command', text: 'touch a' } }), 7);
		assert.deepEqual([state, now, facts[0], facts[1]], ['waiting for you', 'Run touch a?', '1 more', '5 s']);
		assert.ok(details.includes('Run touch b?'));
	});

	it('says how a turn that nobody has read ended', () => {
		const ended = { id: 't', status: 'completed', startedAt: 1000, durationMs: 61_000 } as const;
		const done = texts(row({ state: 'unread', turn: ended, step: { kind: 'message', text: 'All green.' } }), 99_999);
		assert.deepEqual([done.state, done.now, done.facts[0]], ['finished, unread', 'All green.', '1 min']);
		const failed = texts(row({ state: 'unread', turn: { ...ended, status: 'failed' }, step: { kind: 'error', text: 'No network.' } }));
		assert.deepEqual([failed.state, failed.now], ['failed, unread', 'No network.']);
	});

	it('says who runs it elsewhere, and calls agents by their names', () => {
		const { title, facts, details } = texts(
			row({ server: { pid: 7, host: 'desk', mayHaveEnded: false } }, { parentThreadId: 'p', agentNickname: 'Ada' }),
		);
		assert.equal(title, 'Ada');
		assert.equal(facts.at(-1), 'another server on desk');
		assert.ok(details.some((line) => line.includes('process 7 on desk')));
		assert.ok(details.includes('Fix the tests'));
	});

	it('hides nothing that an agent wrote in characters that nobody sees', () => {
		const { now } = texts(row({ state: 'waiting', asks: [{ kind: 'command', text: 'rm \u202Efr-', askedAt: 1 }] }));
		assert.ok(now !== null && !now.includes('\u202E'), String(now));
	});

	it('counts tokens shortly', () => {
		assert.deepEqual([999, 1000, 1550, 12_345, 999_999, 1_550_000].map(countText), ['999', '1k', '1.5k', '12k', '999k', '1.5M']);
	});
});
