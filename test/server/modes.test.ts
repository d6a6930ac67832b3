import assert from 'node:assert/strict';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { respond, say } from '../support/model/fakeModelServer.ts';
import { functionCall, message } from '../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../support/serverFixture.ts';
import { SocketClient } from '../support/socketClient.ts';

const input = (text: string) => [{ type: 'text', text, text_elements: [] }];
const mode = (kind: string, settings: object = {}) => ({ collaborationMode: { mode: kind, settings: { model: 'gpt-5.4', ...settings } } });
const question = { id: 'q1', header: 'Way', question: 'Which way?', options: [{ label: 'Left', description: 'Goes left.' }] };
const ask = (callId = 'call_1') => respond(functionCall('request_user_input', { questions: [question] }, callId));

describe('modes', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	/** Texts of developer messages in a request, in order. */
	const developerTexts = (request: number) =>
		(fixture.model.requests[request]?.body.input ?? []).flatMap((item) => {
			const { role, content } = item as { role?: string; content?: { text: string }[] };
			return role === 'developer' ? (content ?? []).map((part) => part.text) : [];
		});
	const modeTexts = (request: number) => developerTexts(request).filter((text) => text.startsWith('<collaboration_mode>'));
	const outputs = () =>
		(fixture.model.requests.at(-1)?.body.input ?? []).flatMap((item) => {
			const { type, output } = item as { type?: string; output?: string };
			return type === 'function_call_output' ? [output] : [];
		});

	it('tell the model their own instructions, and again only when the mode changes', async () => {
		fixture = await serverFixture([say('1'), say('2'), say('3'), say('4')]);
		const server = fixture.start();
		await server.initialize();
		const id = await server.startThread(fixture.home);
		await server.runTurn(id, 'plain');
		await server.runTurn(id, 'plan', mode('plan', { developer_instructions: null }));
		await server.runTurn(id, 'more');
		await server.runTurn(id, 'act', mode('code'));
		assert.deepEqual(modeTexts(0), []);
		assert.match(modeTexts(1).join(), /You are in Plan mode/);
		assert.equal(modeTexts(2).length, 1);
		assert.match(modeTexts(3).at(-1) ?? '', /You are in Default mode/);
	});

	it('take the names of former modes as Default and refuse others', async () => {
		fixture = await serverFixture(Array.from({ length: 4 }, () => ask()).flatMap((entry) => [entry, say('ok')]));
		const server = fixture.start();
		await server.initialize();
		const id = await server.startThread(fixture.home);
		for (const name of ['code', 'pair_programming', 'execute', 'custom']) {
			await server.runTurn(id, 'go', mode(name));
			assert.equal(outputs().at(-1), 'request_user_input is unavailable in Default mode');
		}
		const refused = await server.requestError('turn/start', { threadId: id, input: input('go'), ...mode('hurry') });
		assert.match(refused.message, /plan.*default/);
		const { data } = await server.request('collaborationMode/list', {});
		assert.deepEqual(
			data.map((each: { mode: string }) => each.mode),
			['plan', 'default'],
		);
	});

	it('use the instructions, model and effort that a client gives for them', async () => {
		fixture = await serverFixture([say('1')]);
		const server = fixture.start();
		await server.initialize();
		const id = await server.startThread(fixture.home);
		const own = mode('plan', { model: 'gpt-5.2', reasoning_effort: 'low', developer_instructions: 'Plan like a pirate.' });
		await server.runTurn(id, 'go', { model: 'gpt-5.5', effort: 'high', ...own });
		assert.deepEqual(modeTexts(0), ['<collaboration_mode>Plan like a pirate.</collaboration_mode>']);
		assert.equal(fixture.model.requests[0]?.body.model, 'gpt-5.2');
		assert.deepEqual(fixture.model.requests[0]?.body['reasoning'], { effort: 'low' });
	});

	it('last over a restart', async () => {
		fixture = await serverFixture([say('1'), ask(), say('2')]);
		const first = fixture.start();
		await first.initialize();
		const id = await first.startThread(fixture.home);
		await first.runTurn(id, 'plan', mode('plan'));
		await first.close();
		const second = fixture.start();
		await second.initialize();
		second.answer('item/tool/requestUserInput', () => ({ answers: { q1: { answers: ['Left'] } } }));
		await second.request('thread/resume', { threadId: id });
		await second.runTurn(id, 'more');
		assert.equal(modeTexts(1).length, 1);
		assert.deepEqual(outputs(), ['{"answers":{"q1":{"answers":["Left"]}}}']);
	});

	it('tell the model of a personality once, and again when it changes', async () => {
		fixture = await serverFixture([say('1'), say('2'), say('3')], { personality: '"friendly"' });
		const server = fixture.start();
		await server.initialize();
		const id = await server.startThread(fixture.home);
		await server.runTurn(id, 'one');
		await server.runTurn(id, 'two');
		await server.runTurn(id, 'three', { personality: 'pragmatic' });
		const texts = developerTexts(2).filter((text) => text.startsWith('<personality_spec>'));
		assert.equal(developerTexts(1).filter((text) => text.startsWith('<personality_spec>')).length, 1);
		assert.deepEqual([texts.length, /warm/.test(texts[0] ?? ''), /matter-of-fact/.test(texts[1] ?? '')], [2, true, true]);
	});

	it('show a plan as an item, and keep it the same when it is read again', async () => {
		const pieces = ['<proposed', '_plan>\n# Do', ' it\n</proposed_plan>\n'];
		fixture = await serverFixture([respond(message(pieces))]);
		const server = fixture.start();
		await server.initialize();
		const id = await server.startThread(fixture.home);
		await server.runTurn(id, 'plan', mode('plan'));
		const deltas = server.received.filter((each) => each.method === 'item/plan/delta').map((each) => each.params.delta);
		assert.equal(deltas.join(''), '# Do it\n');
		const live = await server.request('thread/read', { threadId: id, includeTurns: true });
		const items = live.thread.turns[0].items.map((item: { type: string; text?: string }) => [item.type, item.text]);
		assert.deepEqual(items, [
			['userMessage', undefined],
			['plan', '# Do it\n'],
		]);
		await server.close();
		const again = fixture.start();
		await again.initialize();
		const read = await again.request('thread/read', { threadId: id, includeTurns: true });
		assert.deepEqual(read.thread.turns, live.thread.turns);
	});
});

describe('questions of the model', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	it('wait for whoever comes later; the first answer counts, and all others are told', async () => {
		fixture = await serverFixture([ask(), say('Left it is.')]);
		const socket = path.join(fixture.home.root, 'run', 's.sock');
		const server = fixture.start({ args: ['app-server', '--listen', `unix://${socket}`] });
		await server.waitUntilReady(() => /listening/.test(server.stderr));
		const first = await SocketClient.connect(socket, 'first');
		const { thread } = await first.request('thread/start', { cwd: fixture.home.workspace });
		await first.request('turn/start', { threadId: thread.id, input: input('plan'), ...mode('plan') });
		const isRequest = (each: { method?: string }) => each.method === 'item/tool/requestUserInput';
		const asked = await first.waitFor('the question', isRequest);
		await first.close();

		const [a, b] = [await SocketClient.connect(socket, 'a'), await SocketClient.connect(socket, 'b')];
		for (const client of [a, b]) {
			const { thread: resumed } = await client.request('thread/resume', { threadId: thread.id });
			assert.deepEqual(resumed.status, { type: 'active', activeFlags: ['waitingOnUserInput'] });
			assert.deepEqual((await client.waitFor('the question again', isRequest)).params, asked.params);
		}
		b.reply(asked.id, { answers: { q1: { answers: ['Left', 'user_note: soon'] } } });
		await a.waitFor('serverRequest/resolved', (each) => each.method === 'serverRequest/resolved' && each.params.requestId === asked.id);
		a.reply(asked.id, { answers: { q1: { answers: ['Too late'] } } });
		await a.waitFor('turn/completed', (each) => each.method === 'turn/completed');
		const sent = JSON.stringify(fixture.model.requests.at(-1)?.body.input);
		assert.ok(sent.includes('user_note: soon') && !sent.includes('Too late'));
		await Promise.all([a.close(), b.close()]);
	});

	it('are withdrawn by an interrupt, and no request follows', async () => {
		fixture = await serverFixture([ask(), say('Back.')]);
		const server = fixture.start();
		await server.initialize();
		const id = await server.startThread(fixture.home);
		const { turn } = await server.request('turn/start', { threadId: id, input: input('plan'), ...mode('plan') });
		const asked = await server.waitForServerRequest('item/tool/requestUserInput');
		await server.request('turn/interrupt', { threadId: id, turnId: turn.id });
		const done = await server.waitForNotification('turn/completed');
		assert.equal(done.params.turn.status, 'interrupted');
		await server.waitForNotification('serverRequest/resolved', (params) => params.requestId === asked.id);
		assert.equal(fixture.model.requests.length, 1);
		assert.equal((await server.runTurn(id, 'again')).status, 'completed');
	});

	it('that cannot be asked are results for the model', async () => {
		const calls = [{ questions: [] }, { questions: [{ id: 'q', header: 'h', question: '?' }] }, { nothing: true }];
		fixture = await serverFixture([...calls.map((args, index) => respond(functionCall('request_user_input', args, `call_${index}`))), say('Well.')]);
		const server = fixture.start();
		await server.initialize();
		const id = await server.startThread(fixture.home);
		assert.equal((await server.runTurn(id, 'plan', mode('plan'))).status, 'completed');
		const sent = JSON.stringify(fixture.model.requests.at(-1)?.body.input);
		for (const text of ['at least one question', 'needs options for every question', 'missing field `questions`'])
			assert.ok(sent.includes(text), text);
		assert.equal(server.received.filter((each) => each.method === 'item/tool/requestUserInput').length, 0);
	});
});
