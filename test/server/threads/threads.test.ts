import assert from 'node:assert/strict';
import { appendFile, readFile, stat, writeFile } from 'node:fs/promises';
import { afterEach, describe, it } from 'mocha';
import { Gate, respond } from '../../support/model/fakeModelServer.ts';
import { functionCall, itemAdded, message, textDelta } from '../../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

const input = (text: string) => [{ type: 'text', text, text_elements: [] }];

describe('threads', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	it('leave nothing on disk before their first message', async () => {
		fixture = await serverFixture([respond(message('Hi.'))]);
		const server = fixture.start();
		await server.initialize();
		const { thread } = await server.request('thread/start', { cwd: fixture.home.workspace });
		await assert.rejects(stat(thread.path));
		await server.runTurn(thread.id, 'hello');
		assert.match(await readFile(thread.path, 'utf8'), /"session_meta".*\n.*"task_started"/);
	});

	it('are found, read and gone on with after a restart', async () => {
		fixture = await serverFixture([respond(message('First answer.')), respond(message('Second answer.', 'msg_2'))]);
		const first = fixture.start();
		await first.initialize();
		const id = await first.startThread(fixture.home);
		await first.runTurn(id, 'first question');
		const before = await first.request('thread/read', { threadId: id, includeTurns: true });
		await first.close();

		const second = fixture.start();
		await second.initialize();
		const { data } = await second.request('thread/list', {});
		assert.deepEqual(
			data.map((thread: { id: string; preview: string }) => [thread.id, thread.preview]),
			[[id, 'first question']],
		);
		const resumed = await second.request('thread/resume', { threadId: id });
		assert.deepEqual(resumed.thread.turns, before.thread.turns);
		await second.runTurn(id, 'second question');
		const sent = JSON.stringify(fixture.model.requests.at(-1)?.body.input);
		for (const text of ['first question', 'First answer.', 'second question']) assert.ok(sent.includes(text), text);
	});

	it('show a turn that a crash cut off as interrupted, with what had been said, and go on', async () => {
		const gate = new Gate();
		fixture = await serverFixture([
			respond(
				message('Said before.', 'msg_1'),
				itemAdded({ type: 'message', role: 'assistant', id: 'msg_2', content: [] }),
				textDelta('half', 'msg_2'),
				gate,
			),
			respond(message('Back.', 'msg_3')),
		]);
		const first = fixture.start();
		await first.initialize();
		const id = await first.startThread(fixture.home);
		await first.request('turn/start', { threadId: id, input: input('go') });
		await first.waitForNotification('item/agentMessage/delta', (params) => params.delta === 'half');
		await first.kill();
		gate.open();

		const second = fixture.start();
		await second.initialize();
		const { thread } = await second.request('thread/resume', { threadId: id });
		assert.deepEqual(
			thread.turns.map((turn: { status: string; items: { text?: string }[] }) => [turn.status, turn.items.map((item) => item.text ?? null)]),
			[['interrupted', [null, 'Said before.']]],
		);
		assert.equal((await second.runTurn(id, 'again')).status, 'completed');
	});

	it('tell who resumes them how far the plan is and how full the context', async () => {
		const plan = [{ step: 'Look', status: 'in_progress' }];
		fixture = await serverFixture([respond(functionCall('update_plan', { plan })), respond(message('Done.'))]);
		const first = fixture.start();
		await first.initialize();
		const id = await first.startThread(fixture.home);
		await first.runTurn(id, 'go');
		const usage = first.received.findLast((each) => each.method === 'thread/tokenUsage/updated')?.params;
		await first.close();
		const second = fixture.start();
		await second.initialize();
		await second.request('thread/resume', { threadId: id });
		const { params } = await second.waitForNotification('turn/plan/updated');
		assert.deepEqual(params.plan, [{ step: 'Look', status: 'inProgress' }]);
		assert.deepEqual((await second.waitForNotification('thread/tokenUsage/updated')).params.tokenUsage, usage.tokenUsage);
	});

	it('drop a torn last line with a warning and lose nothing else', async () => {
		fixture = await serverFixture([respond(message('One.')), respond(message('Two.', 'msg_2'))]);
		const first = fixture.start();
		await first.initialize();
		const { thread } = await first.request('thread/start', { cwd: fixture.home.workspace });
		await first.runTurn(thread.id, 'hello');
		await first.close();
		await appendFile(thread.path, '{"timestamp":"2026-01-01T00:00:00Z","type":"event_msg","payl');

		const second = fixture.start();
		await second.initialize();
		const resumed = await second.request('thread/resume', { threadId: thread.id });
		assert.equal(resumed.thread.turns.length, 1);
		await second.runTurn(thread.id, 'still there?');
		await second.close();

		const third = fixture.start();
		await third.initialize();
		const again = await third.request('thread/read', { threadId: thread.id, includeTurns: true });
		assert.deepEqual(
			again.thread.turns.map((turn: { items: { text?: string }[] }) => turn.items.at(-1)?.text),
			['One.', 'Two.'],
		);
	});

	it('stay in the list when another file in the folder is damaged', async () => {
		fixture = await serverFixture([respond(message('One.'))]);
		const server = fixture.start();
		await server.initialize();
		const { thread } = await server.request('thread/start', { cwd: fixture.home.workspace });
		await server.runTurn(thread.id, 'hello');
		await writeFile(thread.path.replace(thread.id, '00000000-0000-7000-8000-000000000000'), '\u0000\u0001 not a rollout');
		assert.equal((await server.request('thread/list', {})).data.length, 1);
	});

	it('take more input while a turn runs, in the same turn', async () => {
		const gate = new Gate();
		fixture = await serverFixture([
			respond(
				itemAdded({ type: 'message', role: 'assistant', id: 'msg_1', content: [] }),
				textDelta('Working'),
				gate,
				...message('Working', 'msg_1').slice(2),
			),
			respond(message('Steered.', 'msg_2')),
		]);
		const server = fixture.start();
		await server.initialize();
		const id = await server.startThread(fixture.home);
		const { turn } = await server.request('turn/start', { threadId: id, input: input('start') });
		await gate.reached();
		assert.deepEqual(await server.request('turn/steer', { threadId: id, expectedTurnId: turn.id, input: input('and this') }), { turnId: turn.id });
		// A second turn/start gives its input to the turn that runs and says which one that is.
		assert.equal((await server.request('turn/start', { threadId: id, input: input('and that') })).turn.id, turn.id);
		gate.open();
		await server.waitForNotification('turn/completed');
		const sent = JSON.stringify(fixture.model.requests.at(-1)?.body.input);
		assert.ok(sent.includes('and this') && sent.includes('and that'));
	});

	it('stop at once, send no further request, and keep what was said', async () => {
		const gate = new Gate();
		fixture = await serverFixture([
			respond(itemAdded({ type: 'message', role: 'assistant', id: 'msg_1', content: [] }), textDelta('I was going to'), gate),
		]);
		const server = fixture.start();
		await server.initialize();
		const id = await server.startThread(fixture.home);
		const { turn } = await server.request('turn/start', { threadId: id, input: input('talk') });
		await server.waitForNotification('item/agentMessage/delta');
		assert.deepEqual(await server.request('turn/interrupt', { threadId: id, turnId: turn.id }), {});
		assert.match((await server.requestError('turn/interrupt', { threadId: id, turnId: turn.id })).message, /no active turn/);
		const done = await server.waitForNotification('turn/completed');
		assert.equal(done.params.turn.status, 'interrupted');
		const { thread } = await server.request('thread/read', { threadId: id, includeTurns: true });
		assert.deepEqual(thread.turns[0].items.at(-1).text, 'I was going to');
		assert.equal(fixture.model.requests.length, 1);
	});

	it('say what is wrong with a configuration, with file, line and key', async () => {
		fixture = await serverFixture([], { sandbox_mode: '"sometimes"' });
		const server = fixture.start();
		await server.initialize();
		const { message: text } = await server.requestError('thread/start', {});
		assert.match(text, /unknown variant `sometimes`/);
		assert.match(text, /config\.toml:4:16, key `sandbox_mode`/);
	});

	it('end a running turn as interrupted when the client goes away', async () => {
		const gate = new Gate();
		fixture = await serverFixture([respond(gate)]);
		const first = fixture.start();
		await first.initialize();
		const { thread } = await first.request('thread/start', { cwd: fixture.home.workspace });
		await first.request('turn/start', { threadId: thread.id, input: input('go') });
		await gate.reached();
		assert.equal((await first.close()).code, 0);
		assert.match(await readFile(thread.path, 'utf8'), /"turn_aborted"/);
		gate.open();
	});
});
