import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import type { AppServerProcess } from '../../support/appServerProcess.ts';
import { Gate, respond, type ScriptEntry } from '../../support/model/fakeModelServer.ts';
import { itemAdded, message, textDelta } from '../../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

const input = (text: string) => [{ type: 'text', text, text_elements: [] }];
const answer = (text: string, id: string) => respond(message(text, id));

interface Turn {
	readonly status: string;
	readonly items: readonly { readonly type: string; readonly clientMessageId?: string; readonly content?: readonly { readonly text: string }[] }[];
}
interface Sent {
	readonly id: string;
	readonly state: string;
	readonly input: readonly { readonly text: string }[];
}
const said = (turns: readonly Turn[]) =>
	turns.map((turn) => turn.items.filter((item) => item.type === 'userMessage').map((item) => item.content?.[0]?.text));
const waiting = (queue: { readonly messages: readonly Sent[] }) => queue.messages.map((each) => [each.state, each.input[0]?.text]);

describe('messages to a thread', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	/** A server with a turn that runs until the gate is opened. */
	async function running(later: readonly ScriptEntry[]) {
		const gate = new Gate();
		const half = [itemAdded({ type: 'message', role: 'assistant', id: 'msg_1', content: [] }), textDelta('Work')];
		fixture = await serverFixture([respond(...half, gate, ...message('Work', 'msg_1').slice(2)), ...later]);
		const server = fixture.start();
		await server.initialize();
		const threadId = await server.startThread(fixture.home);
		const { turn } = await server.request('turn/start', { threadId, clientMessageId: 'c-start', input: input('start') });
		await gate.reached();
		return { server, threadId, turnId: turn.id as string, gate };
	}
	const read = async (server: AppServerProcess, threadId: string): Promise<readonly Turn[]> =>
		(await server.request('thread/read', { threadId, includeTurns: true })).thread.turns;
	const restarted = async (server: AppServerProcess) => {
		await server.kill();
		const again = fixture.start();
		await again.initialize();
		return again;
	};

	it('that are queued go out one after the other, each as a turn of its own, as they were put in order', async () => {
		const { server, threadId, gate } = await running([answer('B.', 'msg_2'), answer('A.', 'msg_3')]);
		const ids: string[] = [];
		for (const text of ['a', 'b', 'c']) {
			const { message: sent } = await server.request('turn/queue/add', { threadId, clientMessageId: `c-${text}`, input: input(text) });
			assert.equal(sent.state, 'queued');
			ids.push(sent.id);
		}
		await server.request('turn/queue/remove', { threadId, messageId: ids[2] });
		await server.request('turn/queue/update', { threadId, messageId: ids[0], input: input('a, better') });
		const queue = await server.request('turn/queue/reorder', { threadId, messageIds: [ids[1], ids[0]] });
		assert.deepEqual(waiting(queue), [
			['queued', 'b'],
			['queued', 'a, better'],
		]);
		gate.open();
		await server.waitForNotification('turn/queue/updated', (params) => params.messages.length === 1);
		await server.waitForNotification('item/completed', (params) => params.item.id === 'msg_3');
		await server.waitForNotification('thread/status/changed', (params) => params.status.type === 'idle', server.mark() - 5);
		const turns = await read(server, threadId);
		assert.deepEqual(said(turns), [['start'], ['b'], ['a, better']]);
		assert.equal(turns[1]?.items[0]?.clientMessageId, 'c-b');
		assert.deepEqual(await server.request('turn/queue/list', { threadId }), { messages: [], paused: false });
	});

	it('are sent once, however often a client sends them', async () => {
		const { server, threadId, turnId, gate } = await running([answer('Seen.', 'msg_2'), answer('Queued.', 'msg_3')]);
		const start = { threadId, clientMessageId: 'c-start', input: input('start') };
		const steer = { threadId, expectedTurnId: turnId, clientMessageId: 'c-steer', input: input('and this') };
		const add = { threadId, clientMessageId: 'c-queue', input: input('later') };
		for (let n = 0; n < 2; n++) {
			assert.equal((await server.request('turn/start', start)).turn.id, turnId);
			assert.equal((await server.request('turn/steer', steer)).turnId, turnId);
			assert.equal((await server.request('turn/queue/add', add)).message.state, 'queued');
		}
		gate.open();
		await server.waitForNotification('item/completed', (params) => params.item.id === 'msg_3');
		// Also when the answer got lost with the server.
		const again = await restarted(server);
		await again.request('thread/resume', { threadId });
		const { turn } = await again.request('turn/start', start);
		assert.deepEqual([turn.id, turn.status], [turnId, 'completed']);
		assert.equal((await again.request('turn/steer', steer)).turnId, turnId);
		assert.equal((await again.request('turn/queue/add', add)).message.state, 'seen');
		assert.deepEqual(said(await read(again, threadId)), [['start', 'and this'], ['later']]);
	});

	it('are recorded before they are answered: a crash loses none, and doubles none', async () => {
		const { server, threadId, turnId } = await running([answer('Go on.', 'msg_2'), answer('Kept.', 'msg_3'), answer('Queued.', 'msg_4')]);
		await server.request('turn/steer', { threadId, expectedTurnId: turnId, input: input('and this') });
		await server.request('turn/queue/add', { threadId, input: input('later') });
		const again = await restarted(server);
		await again.request('thread/resume', { threadId });
		const { params: offered } = await again.waitForNotification('turn/queue/updated');
		assert.equal(offered.paused, true);
		assert.deepEqual(waiting(offered), [
			['queued', 'and this'],
			['queued', 'later'],
		]);
		await again.runTurn(threadId, 'go on');
		await again.waitForNotification('item/completed', (params) => params.item.id === 'msg_4');
		assert.deepEqual(said(await read(again, threadId)), [['start'], ['go on'], ['and this'], ['later']]);
		const third = await restarted(again);
		await third.request('thread/resume', { threadId });
		assert.deepEqual((await third.request('turn/queue/list', { threadId })).messages, []);
	});

	it('that begin a turn are on disk when the answer comes', async () => {
		fixture = await serverFixture([respond(new Gate())]);
		const server = fixture.start();
		await server.initialize();
		const threadId = await server.startThread(fixture.home);
		await server.request('turn/start', { threadId, input: input('do not forget me') });
		const again = await restarted(server);
		assert.deepEqual(said(await read(again, threadId)), [['do not forget me']]);
	});

	it('wait for a person after a turn was stopped, and can be sent then', async () => {
		const { server, threadId, turnId } = await running([answer('Now.', 'msg_2'), answer('Then.', 'msg_3')]);
		const { message: first } = await server.request('turn/queue/add', { threadId, input: input('first') });
		const { message: second } = await server.request('turn/queue/add', { threadId, input: input('second') });
		await server.request('turn/interrupt', { threadId, turnId });
		await server.waitForNotification('turn/queue/updated', (params) => params.paused);
		await server.request('turn/queue/send', { threadId, messageId: second.id });
		await server.waitForNotification('item/completed', (params) => params.item.id === 'msg_3');
		assert.deepEqual(said(await read(server, threadId)), [['start'], ['second'], ['first']]);
		const failure = await server.requestError('turn/queue/send', { threadId, messageId: first.id });
		assert.match(failure.message, /no message .* waits in the queue/);
	});

	it('that are queued can be given to the running turn instead', async () => {
		const { server, threadId, turnId, gate } = await running([answer('Both.', 'msg_2')]);
		const { message: sent } = await server.request('turn/queue/add', { threadId, clientMessageId: 'c-1', input: input('now after all') });
		assert.equal((await server.request('turn/queue/send', { threadId, messageId: sent.id })).turnId, turnId);
		assert.deepEqual(waiting(await server.request('turn/queue/list', { threadId })), [['accepted', 'now after all']]);
		gate.open();
		const { params } = await server.waitForNotification('item/completed', (done) => done.item.clientMessageId === 'c-1');
		assert.deepEqual([params.turnId, params.item.id], [turnId, sent.id]);
		await server.waitForNotification('turn/completed');
		assert.deepEqual(said(await read(server, threadId)), [['start', 'now after all']]);
	});

	it('that are queued while nothing runs begin a turn, after the answer', async () => {
		fixture = await serverFixture([answer('Hello.', 'msg_1')]);
		const server = fixture.start();
		await server.initialize();
		const threadId = await server.startThread(fixture.home);
		const from = server.mark();
		const { message: sent } = await server.request('turn/queue/add', { threadId, input: input('hello') });
		assert.equal(sent.state, 'accepted');
		await server.waitForNotification('turn/completed');
		const since = server.received.slice(from).map((each) => each.method ?? 'answer');
		assert.ok(since.indexOf('answer') < since.indexOf('turn/started'), since.join());
	});

	it('stay with their thread when it is forked', async () => {
		const { server, threadId } = await running([]);
		await server.request('turn/queue/add', { threadId, input: input('later') });
		const { thread: fork } = await server.request('thread/fork', { threadId });
		assert.deepEqual((await server.request('turn/queue/list', { threadId: fork.id })).messages, []);
	});

	it('that a client puts into the history are refused when a provider would refuse each later request for them', async () => {
		fixture = await serverFixture([answer('Hello.', 'msg_1')]);
		const server = fixture.start();
		await server.initialize();
		const threadId = await server.startThread(fixture.home);
		for (const [item, problem] of [
			[{ type: 'message' }, 'missing field `role`'],
			[{ type: 'message', role: 'user' }, 'missing field `content`'],
			[{ type: 'message', role: 'user', content: [{ type: 'odd' }] }, 'unknown variant `odd`'],
			[{ type: 'function_call' }, 'missing field `name`'],
			[{ type: 'function_call_output', output: 'x' }, 'missing field `call_id`'],
			[{ type: 'compaction' }, 'missing field `encrypted_content`'],
			[{ type: 'local_shell_call', call_id: 'c' }, 'missing field `status`'],
			[7, 'invalid type: integer `7`'],
		] as const) {
			const { message } = await server.requestError('thread/inject_items', { threadId, items: [item] });
			assert.ok(message.includes(`: items[0] is not a valid response item: ${problem}`), message);
		}
		const heard = { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'Mind the gap.' }] };
		await server.request('thread/inject_items', { threadId, items: [heard] });
		await server.runTurn(threadId, 'go');
		const sent = (fixture.model.requests[0]?.body.input ?? []) as readonly { readonly type: string; readonly role?: string }[];
		assert.equal(sent.filter((item) => JSON.stringify(item).includes('Mind the gap.')).length, 1);
		assert.ok(sent.every((item) => item.type === 'message' && item.role !== undefined));
	});
});
