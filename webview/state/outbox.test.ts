import assert from 'node:assert/strict';
import type { SentMessage } from '../../server/protocol/thread/turnQueue.ts';
import { hasArrived, newEntry, unseen, waitingMessages } from './outbox.ts';
import { approvalChoices } from './approvalChoices.ts';
import { findRow, rowsBefore, sliceRows, totalRows } from './rowWindow.ts';
import type { TurnState } from './viewState.ts';

function turn(id: string, texts: readonly string[], status: TurnState['status'] = 'completed'): TurnState {
	const items = texts.map((text, index) => ({
		item: { type: 'userMessage' as const, id: `${id}${index}`, content: [{ type: 'text' as const, text, text_elements: [] }] },
		done: true,
		startedAtMs: null,
		progress: null,
	}));
	return { id, status, error: null, startedAt: null, durationMs: null, items, plan: null, retry: null, notices: [], hookRuns: [] };
}

const draft = (text: string) => ({ text, attachments: [] });
const shown = (turns: readonly TurnState[], messages: readonly SentMessage[] = []) => ({
	turns,
	queue: { available: true, messages, paused: false },
});

describe('messages on their way', () => {
	it('are shown until the transcript has them, also when the same was said before', () => {
		const before = [turn('a', ['go on'])];
		const entry = { ...newEntry('m', draft('go on'), before), state: 'started' as const };
		assert.equal(unseen([entry], shown(before)).length, 1);
		assert.equal(unseen([entry], shown([...before, turn('b', ['go on'], 'inProgress')])).length, 0);
	});

	it('are not shown as waiting for a step once the turn is over', () => {
		const entry = { ...newEntry('m', draft('stop that'), []), state: 'steered' as const };
		assert.equal(unseen([entry], shown([turn('a', ['x'], 'inProgress')])).length, 1);
		assert.equal(unseen([entry], shown([turn('a', ['x'])])).length, 0);
	});

	it('are not shown twice when the server names them', () => {
		const entry = { ...newEntry('m', draft('later'), []), state: 'steered' as const };
		const message: SentMessage = { id: 's', clientMessageId: 'm', input: [], state: 'accepted', turnId: 'a', sentAtMs: 0 };
		assert.equal(unseen([entry], shown([turn('a', ['x'], 'inProgress')], [message])).length, 0);
		assert.deepEqual(waitingMessages(shown([turn('a', ['x'])], [message]), 'accepted'), [message]);
		assert.deepEqual(waitingMessages(shown([turn('a', ['x'])], [{ ...message, id: 'a0' }]), 'accepted'), []);
	});

	it('have arrived when the server has their id, or no ids at all and their words', () => {
		assert.equal(hasArrived({ id: 'm', draft: draft('arrived') }, shown([turn('a', ['arrived'])])), true);
		assert.equal(hasArrived({ id: 'm', draft: draft('lost') }, shown([turn('a', ['arrived'])])), false);
	});
});

describe('the window of a long transcript', () => {
	const turns = [turn('a', ['1', '2']), turn('b', []), turn('c', ['3', '4', '5'])];
	it('cuts turns at its edges', () => {
		assert.equal(totalRows(turns), 6);
		assert.deepEqual(
			sliceRows(turns, 1, 5).map(({ turn: { id }, from, to }) => [id, from, to]),
			[
				['a', 1, 2],
				['b', 0, 0],
				['c', 0, 2],
			],
		);
		assert.deepEqual([rowsBefore(turns, 'c'), rowsBefore(turns, 'x'), findRow(turns, 'c/c1'), findRow(turns, 'c/x')], [3, null, 4, null]);
	});
});

describe('the choices of an approval', () => {
	it('name what each one allows, in the order of the server', () => {
		const choices = approvalChoices({
			key: 'k',
			kind: 'command',
			params: {
				threadId: 't',
				turnId: 'u',
				itemId: 'i',
				startedAtMs: 0,
				command: 'git push',
				availableDecisions: ['accept', { acceptWithExecpolicyAmendment: { execpolicy_amendment: ['git', 'push'] } }, 'cancel'],
			},
		});
		assert.deepEqual(
			choices.map(({ kind }) => kind),
			['accept', 'acceptMore', 'decline', 'cancel'],
		);
		assert.match(choices[1]?.description ?? '', /starts with "git push", outside the sandbox, in all threads/);
	});

	it('offer no rule that the server did not propose', () => {
		const choices = approvalChoices({
			key: 'k',
			kind: 'command',
			params: { threadId: 't', turnId: 'u', itemId: 'i', startedAtMs: 0, command: 'ls' },
		});
		assert.equal(choices.length, 4);
	});
});
