import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { Gate, type ReceivedRequest, respond, say } from '../../support/model/fakeModelServer.ts';
import { execCommand, message } from '../../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

const input = (text: string) => [{ type: 'text', text, text_elements: [] }];
const manner = ({ body }: ReceivedRequest) => [body.model, (body['reasoning'] as { effort?: string }).effort];

describe('the settings of a thread', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	it('that come with a message to the running turn hold from the next turn on', async () => {
		const gate = new Gate();
		fixture = await serverFixture([respond(gate, message('One.')), say('Two.'), say('Three.')]);
		const server = fixture.start();
		await server.initialize();
		const threadId = await server.startThread(fixture.home);
		const first = await server.request('turn/start', { threadId, input: input('a'), model: 'gpt-5.4', effort: 'low' });
		await gate.reached();
		const second = await server.request('turn/start', { threadId, input: input('b'), model: 'gpt-5.2', effort: 'high' });
		assert.equal(second.turn.id, first.turn.id);
		gate.open();
		await server.waitForNotification('turn/completed');
		await server.runTurn(threadId, 'c');
		assert.deepEqual(fixture.model.requests.map(manner), [
			['gpt-5.4', 'low'],
			['gpt-5.4', 'low'],
			['gpt-5.2', 'high'],
		]);
		assert.equal(fixture.model.requests[1]?.body.instructions, fixture.model.requests[0]?.body.instructions);
	});

	it('that ask for no summary of the thoughts send none, since providers have no such value', async () => {
		fixture = await serverFixture([say('One.'), say('Two.')]);
		const server = fixture.start();
		await server.initialize();
		const threadId = await server.startThread(fixture.home, { model: 'gpt-5.2' });
		for (const summary of ['none', 'detailed'] as const) await server.runTurn(threadId, 'a', { summary });
		assert.deepEqual(
			fixture.model.requests.map(({ body }) => (body['reasoning'] as { summary?: string }).summary),
			[undefined, 'detailed'],
		);
	});

	it('may name a folder below the one before', async () => {
		fixture = await serverFixture([respond(...execCommand('pwd')), say('There.')]);
		await mkdir(path.join(fixture.home.workspace, 'sub folder'));
		const server = fixture.start();
		await server.initialize();
		const threadId = await server.startThread(fixture.home);
		await server.runTurn(threadId, 'go', { cwd: 'sub folder/' });
		const folder = path.join(fixture.home.workspace, 'sub folder');
		const { params } = await server.waitForNotification('item/completed', ({ item }) => item.type === 'commandExecution');
		assert.deepEqual([params.item.cwd, params.item.aggregatedOutput], [folder, `${folder}\n`]);
		assert.equal((await server.request('thread/resume', { threadId })).cwd, folder);
	});

	it('keep what a client told the model, and how hard it was to think, after a restart and in a fork', async () => {
		fixture = await serverFixture([say('One.'), say('Two.'), say('Three.'), say('Four.')]);
		const server = fixture.start();
		await server.initialize();
		const threadId = await server.startThread(fixture.home, { baseInstructions: 'Speak like a pirate.', model: 'gpt-5.2' });
		await server.runTurn(threadId, 'a', { effort: 'high' });
		await server.close();

		const again = fixture.start();
		await again.initialize();
		const resumed = await again.request('thread/resume', { threadId });
		assert.deepEqual([resumed.model, resumed.reasoningEffort], ['gpt-5.2', 'high']);
		await again.runTurn(threadId, 'b');
		const { thread } = await again.request('thread/fork', { threadId });
		await again.runTurn(thread.id, 'c');
		await again.close();

		const other = fixture.start();
		await other.initialize();
		const { reasoningEffort } = await other.request('thread/resume', { threadId, model: 'gpt-5.4' });
		assert.equal(reasoningEffort, null, 'an effort for one model is none for another');
		await other.runTurn(threadId, 'd');
		assert.deepEqual(fixture.model.requests.map(manner).slice(0, 3), Array(3).fill(['gpt-5.2', 'high']));
		assert.deepEqual(
			fixture.model.requests.map(({ body }) => body.instructions),
			Array(4).fill('Speak like a pirate.'),
		);
	});

	it('leave the instructions of a model to the model that goes on', async () => {
		fixture = await serverFixture([say('One.'), say('Two.')]);
		const server = fixture.start();
		await server.initialize();
		const threadId = await server.startThread(fixture.home);
		await server.runTurn(threadId, 'a');
		await server.close();
		const again = fixture.start();
		await again.initialize();
		assert.equal((await again.request('thread/resume', { threadId })).reasoningEffort, null, 'nobody chose one');
		await again.runTurn(threadId, 'b');
		assert.equal(fixture.model.requests[1]?.body.instructions, fixture.model.requests[0]?.body.instructions);
	});
});

describe('a message to a turn that only waits for a command of the person', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	it('is answered at once', async () => {
		const gate = new Gate();
		fixture = await serverFixture([respond(gate, message('One.')), say('Two.')]);
		const server = fixture.start();
		await server.initialize();
		const threadId = await server.startThread(fixture.home);
		const { turn } = await server.request('turn/start', { threadId, input: input('a') });
		await gate.reached();
		// It would outlast every wait of this test.
		await server.request('thread/shellCommand', { threadId, command: 'sleep 600' });
		await server.waitForNotification('item/started', ({ item }) => item.type === 'commandExecution');
		gate.open();
		await server.waitForNotification('item/completed', ({ item }) => item.type === 'agentMessage');
		await server.request('turn/steer', { threadId, expectedTurnId: turn.id, input: input('b') });
		await server.waitForNotification('item/completed', ({ item }) => item.type === 'agentMessage' && item.text === 'Two.');
		await server.request('turn/interrupt', { threadId, turnId: turn.id });
		await server.waitForNotification('turn/completed');
	});
});
