import assert from 'node:assert/strict';
import type { RolloutLine } from '../store/rollout/rolloutLine.ts';
import { liveRecords } from './liveRecords.ts';
import { historyOf } from './records.ts';

const line = (type: string, payload: Record<string, unknown>): RolloutLine => ({ timestamp: '2026-01-01T00:00:00.000Z', type, payload });
const event = (type: string, payload: Record<string, unknown> = {}) => line('event_msg', { type, ...payload });
const message = (role: string, text: string) => line('response_item', { type: 'message', role, content: [{ type: 'input_text', text }] });
const turn = (id: string, text: string) => [
	event('task_started', { turn_id: id }),
	message('user', text),
	event('user_message', { message: text }),
	event('token_count', { info: null }),
	event('task_complete', { turn_id: id }),
];
const texts = (lines: readonly RolloutLine[]) =>
	historyOf(liveRecords(lines)).map((item) =>
		item.type === 'message' ? item.content.map((part) => ('text' in part ? part.text : '')).join('') : '',
	);

describe('records after a rollback', () => {
	it('hold what came before the turns that were taken back, and what came after', () => {
		const lines = [
			...turn('a', 'one'),
			...turn('b', 'two'),
			...turn('c', 'three'),
			event('thread_rolled_back', { num_turns: 2 }),
			...turn('d', 'four'),
		];
		assert.deepEqual(texts(lines), ['one', 'four']);
	});

	it('can be rolled back again, also by more turns than there are', () => {
		const back = (count: number) => event('thread_rolled_back', { num_turns: count });
		assert.deepEqual(texts([...turn('a', 'one'), ...turn('b', 'two'), back(1), ...turn('c', 'three'), back(1)]), ['one']);
		assert.deepEqual(texts([...turn('a', 'one'), ...turn('b', 'two'), back(1), ...turn('c', 'three'), back(99), ...turn('d', 'four')]), ['four']);
	});

	it('hold the history from before a compaction when its turn was taken back', () => {
		const compaction = line('compacted', { message: '', replacement_history: [message('user', 'summary').payload] });
		const lines = [...turn('a', 'one'), event('task_started', { turn_id: 'b' }), compaction, event('task_complete', { turn_id: 'b' })];
		assert.deepEqual(texts(lines), ['summary']);
		assert.deepEqual(texts([...lines, event('thread_rolled_back', { num_turns: 1 })]), ['one']);
	});

	it('of an old program without boundaries begin a turn with the message, as the model got it too', () => {
		const old = (text: string) => [message('user', text), event('user_message', { message: text }), message('assistant', `re ${text}`)];
		assert.deepEqual(texts([...old('one'), ...old('two'), event('thread_rolled_back', { num_turns: 1 })]), ['one', 're one']);
	});

	it('keep what belongs to no turn: tokens that were spent, messages that wait', () => {
		const lines = [...turn('a', 'one'), event('tiller_inbox', { op: 'add' }), event('thread_rolled_back', { num_turns: 1 })];
		assert.deepEqual(
			liveRecords(lines).map((each) => each.payload.type),
			['token_count', 'tiller_inbox'],
		);
	});

	it('are untouched when nothing was rolled back', () => {
		const lines = [...turn('a', 'one'), ...turn('b', 'two')];
		assert.equal(liveRecords(lines), lines);
	});
});
