import assert from 'node:assert/strict';
import { appendFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import type { AppServerProcess } from '../../support/appServerProcess.ts';
import { Gate, respond, type ScriptEntry } from '../../support/model/fakeModelServer.ts';
import { message } from '../../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

const input = (text: string) => [{ type: 'text', text, text_elements: [] }];

describe('two servers on one thread', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	const start = async (): Promise<AppServerProcess> => {
		const server = fixture.start();
		await server.initialize();
		return server;
	};
	const texts = (turns: readonly { items: readonly { type: string; text?: string }[] }[]) =>
		turns.map((turn) => turn.items.filter((item) => item.type === 'agentMessage').map((item) => item.text));
	const leases = () => path.join(fixture.home.codexHome, 'tiller/leases');

	/** Two servers; the first has a thread with one turn, the second has resumed it. */
	const both = async (...script: readonly ScriptEntry[]) => {
		fixture = await serverFixture([respond(message('One.')), ...script]);
		const [first, second] = [await start(), await start()];
		const id = await first.startThread(fixture.home);
		await first.runTurn(id, 'hello');
		const { thread } = await second.request('thread/resume', { threadId: id });
		return { first, second, id, thread };
	};

	it('the second one follows a turn of the first live, is refused meanwhile by name, and goes on after it with all of it', async () => {
		const gate = new Gate();
		const { first, second, id } = await both(respond(gate, ...message('Two.', 'msg_2')), respond(message('Three.', 'msg_3')));
		await first.request('turn/start', { threadId: id, input: input('again') });
		await gate.reached();
		await second.waitForNotification('turn/started', (params) => params.threadId === id);
		await second.waitForNotification('item/completed', (params) => params.item.content?.[0]?.text === 'again');
		for (const [method, params] of [
			['turn/start', { input: input('me too') }],
			['turn/steer', { input: input('me too'), expectedTurnId: 'x' }],
			['thread/rollback', { numTurns: 1 }],
			['thread/archive', {}],
			['thread/delete', {}],
		] as const) {
			const refused = await second.requestError(method, { threadId: id, ...params });
			assert.match(refused.message, new RegExp(`worked on by another server \\(process ${first.process.pid}, since`), method);
		}
		assert.deepEqual((await second.request('thread/read', { threadId: id })).thread.status, { type: 'active', activeFlags: [] });
		gate.open();
		await second.waitForNotification('item/completed', (params) => params.item.text === 'Two.');
		await second.waitForNotification('turn/completed', (params) => params.threadId === id);
		const from = second.mark();
		await second.runTurn(id, 'and now?');
		const sent = JSON.stringify(fixture.model.requests.at(-1)?.body.input);
		for (const text of ['hello', 'One.', 'again', 'Two.', 'and now?']) assert.ok(sent.includes(text), text);
		await second.waitForNotification('item/completed', (params) => params.item.text === 'Three.', from);
		await first.waitForNotification('item/completed', (params) => params.item.text === 'Three.');
		for (const server of [first, second]) {
			const { thread } = await server.request('thread/read', { threadId: id, includeTurns: true });
			assert.deepEqual(texts(thread.turns), [['One.'], ['Two.'], ['Three.']]);
		}
		assert.deepEqual(await readdir(leases()), []);
	});

	it('shows who resumes it in the middle of a turn that it runs', async () => {
		const gate = new Gate();
		fixture = await serverFixture([respond(gate, ...message('One.'))]);
		const [first, second] = [await start(), await start()];
		const id = await first.startThread(fixture.home);
		await first.request('turn/start', { threadId: id, input: input('hello') });
		await gate.reached();
		const { thread } = await second.request('thread/resume', { threadId: id });
		assert.equal(thread.status.type, 'active');
		assert.equal(thread.turns[0].status, 'inProgress');
		gate.open();
		const { params } = await second.waitForNotification('turn/completed');
		assert.deepEqual([params.turn.id, params.turn.status], [thread.turns[0].id, 'completed']);
	});

	it('is free again when the other one was killed in the middle of its turn', async () => {
		const gate = new Gate();
		const { first, second, id } = await both(respond(gate), respond(message('Back.', 'msg_2')));
		await first.request('turn/start', { threadId: id, input: input('again') });
		await second.waitForNotification('turn/started', (params) => params.threadId === id);
		await first.kill();
		assert.equal((await second.runTurn(id, 'still there?')).status, 'completed');
		const { thread } = await second.request('thread/read', { threadId: id, includeTurns: true });
		assert.deepEqual(
			thread.turns.map((turn: { status: string }) => turn.status),
			['completed', 'interrupted', 'completed'],
		);
		gate.open();
	});

	it('shows who follows it that the other one was killed, without being asked', async () => {
		const gate = new Gate();
		const { first, second, id } = await both(respond(gate));
		await first.request('turn/start', { threadId: id, input: input('again') });
		await second.waitForNotification('turn/started', (params) => params.threadId === id);
		const from = second.mark();
		await first.kill();
		const { params } = await second.waitForNotification('turn/completed', (each) => each.threadId === id, from);
		assert.equal(params.turn.status, 'interrupted');
		await second.waitForNotification('thread/status/changed', (each) => each.threadId === id && each.status.type === 'idle', from);
		const { thread } = await second.request('thread/read', { threadId: id, includeTurns: true });
		assert.deepEqual([thread.status.type, thread.turns.at(-1).status], ['idle', 'interrupted']);
		gate.open();
	});

	it('can be taken over from another computer, and from no server that is known to live', async () => {
		const gate = new Gate();
		const { first, second, id } = await both(respond(gate, ...message('Two.', 'msg_2')));
		await first.request('turn/start', { threadId: id, input: input('again') });
		await gate.reached();
		assert.match((await second.requestError('thread/resume', { threadId: id, takeOver: true })).message, /worked on by another server/);
		gate.open();
		await second.waitForNotification('turn/completed');
		const lease = { pid: 1, host: `not-${hostname()}`, since: Date.now(), start: null };
		await mkdir(leases(), { recursive: true });
		await writeFile(path.join(leases(), `${id}.json`), `${JSON.stringify(lease)}\n`);
		assert.match((await second.requestError('turn/start', { threadId: id, input: input('x') })).message, /process 1 on not-.*takeOver/);
		await second.request('thread/resume', { threadId: id, takeOver: true });
		assert.deepEqual((await second.request('turn/start', { threadId: id, input: input('x') })).turn.status, 'inProgress');
	});

	it('a program that knows no leases and writes to the thread is followed, and what it wrote is not lost on the model', async () => {
		const { second, id, thread } = await both(respond(message('Two.', 'msg_2')));
		const line = (type: string, payload: object) => `${JSON.stringify({ timestamp: new Date().toISOString(), type, payload })}\n`;
		const words = (role: string, type: string, text: string) => line('response_item', { type: 'message', role, content: [{ type, text }] });
		await appendFile(
			thread.path,
			line('event_msg', { type: 'task_started', turn_id: 'theirs', started_at: 1 }) +
				words('user', 'input_text', 'Their question') +
				line('event_msg', { type: 'user_message', message: 'Their question' }) +
				words('assistant', 'output_text', 'Their answer') +
				line('event_msg', { type: 'agent_message', message: 'Their answer' }) +
				line('event_msg', { type: 'task_complete', turn_id: 'theirs' }),
		);
		await second.waitForNotification('item/completed', (params) => params.turnId === 'theirs' && params.item.text === 'Their answer');
		await second.waitForNotification('turn/completed', (params) => params.turn.id === 'theirs');
		await second.runTurn(id, 'mine');
		const sent = JSON.stringify(fixture.model.requests.at(-1)?.body.input);
		for (const text of ['Their question', 'Their answer', 'mine']) assert.ok(sent.includes(text), text);
	});

	it('a thread that the other one has deleted is said to be gone', async () => {
		const { first, second, id } = await both();
		await first.request('thread/delete', { threadId: id });
		assert.match((await second.requestError('turn/start', { threadId: id, input: input('x') })).message, /thread not found/);
	});
});
