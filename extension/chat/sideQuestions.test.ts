import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { ServerNotification } from '../../server/protocol/serverMessages.ts';
import type { Client } from '../server/client.ts';
import { SideQuestions } from './sideQuestions.ts';

const words = { nothingYet: () => 'nothing yet', notOffered: () => 'not offered', serverLost: () => 'lost' };
const input = [{ type: 'text' as const, text: 'Why?', text_elements: [] }];

function setUp({
	own = true,
	fork = () => Promise.resolve({ thread: { id: 'side' } }) as Promise<unknown>,
	active = 'parent' as string | null,
} = {}) {
	const sent: string[] = [];
	const client = {
		supports: () => Promise.resolve(own),
		request: (method: string, params: { readonly threadId: string }) => {
			sent.push(`${method} ${params.threadId}`);
			return method === 'thread/fork' ? fork() : Promise.resolve({ turn: { id: 'turn' } });
		},
	} as unknown as Client;
	const side = new SideQuestions({ ready: () => Promise.resolve(client), activeThread: () => active, assertMayRun: () => {}, words });
	const notice = (method: string, params: object) =>
		side.notice({ method, params: { threadId: 'side', ...params } } as unknown as ServerNotification);
	const until = async (fits: () => boolean) => {
		while (!fits()) await new Promise((resolve) => setImmediate(resolve));
	};
	return { side, sent, notice, until };
}

const shown = (side: SideQuestions) => side.list.map(({ status, answer, step, problem }) => ({ status, answer, step, problem }));

describe('side questions of a chat', () => {
	it('show the answer as it comes, and let the server end the copy with it', async () => {
		const { side, sent, notice, until } = setUp();
		side.ask('Why?', input);
		await until(() => sent.includes('turn/start side'));
		notice('item/started', { item: { type: 'commandExecution', command: 'rg sleep' } });
		assert.equal(side.list[0]?.step, 'rg sleep');
		notice('item/completed', { item: { type: 'commandExecution' } });
		notice('item/agentMessage/delta', { itemId: 'm1', delta: 'Beca' });
		notice('item/agentMessage/delta', { itemId: 'm1', delta: 'use.' });
		notice('item/agentMessage/delta', { itemId: 'm2', delta: 'So.' });
		notice('turn/completed', { turn: { status: 'completed', error: null } });
		assert.deepEqual(shown(side), [{ status: 'answered', answer: 'Because.\n\nSo.', step: null, problem: null }]);
		await until(() => sent.includes('thread/unsubscribe side'));
		notice('item/agentMessage/delta', { itemId: 'm1', delta: 'late' });
		assert.equal(side.list[0]?.answer, 'Because.\n\nSo.');
	});

	it('that are closed before the copy is there leave none', async () => {
		const there = Promise.withResolvers<unknown>();
		const { side, sent, until } = setUp({ fork: () => there.promise });
		side.ask('Why?', input);
		await until(() => sent.includes('thread/fork parent'));
		side.closeAll();
		there.resolve({ thread: { id: 'side' } });
		await until(() => sent.includes('thread/unsubscribe side'));
		assert.ok(!sent.includes('turn/start side'));
		assert.deepEqual(side.list, []);
	});

	it('say why they are not answered', async () => {
		assert.throws(() => setUp({ active: null }).side.ask('Why?', input), /nothing yet/);
		const other = setUp({ own: false });
		other.side.ask('Why?', input);
		await other.until(() => other.side.list[0]?.status === 'failed');
		assert.equal(other.side.list[0]?.problem, 'not offered');
		assert.deepEqual(other.sent, [], 'a server that would let it write is not asked');
		const empty = setUp({ fork: () => Promise.reject(new Error('no rollout found for thread id parent')) });
		empty.side.ask('Why?', input);
		await empty.until(() => empty.side.list[0]?.status === 'failed');
		assert.equal(empty.side.list[0]?.problem, 'nothing yet');
		const lost = setUp();
		lost.side.ask('Why?', input);
		await lost.until(() => lost.sent.includes('turn/start side'));
		lost.side.serverLost();
		assert.equal(lost.side.list[0]?.problem, 'lost');
	});

	it('are stopped and asked again', async () => {
		const { side, sent, until } = setUp();
		side.ask('Why?', input);
		await until(() => sent.includes('turn/start side'));
		await new Promise((resolve) => setImmediate(resolve));
		const [first] = side.list;
		await side.stop(first?.id ?? '');
		assert.deepEqual([side.list[0]?.status, sent.includes('turn/interrupt side')], ['stopped', true]);
		side.again(first?.id ?? '');
		assert.deepEqual([side.list.length, side.list[0]?.status, side.list[0]?.question], [1, 'answering', 'Why?']);
		assert.notEqual(side.list[0]?.id, first?.id);
	});
});
