import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { Gate, respond, say } from '../../support/model/fakeModelServer.ts';
import { execCommand, functionCall, message } from '../../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

const input = (text: string) => [{ type: 'text', text, text_elements: [] }];
const again = (index: number) => respond(execCommand('echo same', { callId: `call_${index}` }));

describe('a turn that does not end', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	it('in circles is told so, then asks the person, who can stop it', async () => {
		fixture = await serverFixture(Array.from({ length: 12 }, (_, index) => again(index)));
		const server = fixture.start();
		await server.initialize();
		server.answer('item/tool/requestUserInput', () => ({ answers: { go_on: { answers: ['Stop'] } } }));
		const id = await server.startThread(fixture.home);
		assert.equal((await server.runTurn(id, 'go')).status, 'interrupted');
		assert.equal(fixture.model.requests.length, 6);
		assert.match(JSON.stringify(fixture.model.requests[3]?.body.input), /repeated_call/);
		const asked = server.received.find((each) => each.method === 'item/tool/requestUserInput');
		assert.match(asked?.params.questions[0].question, /same call/);
	});

	it('but makes other calls in between is left alone', async () => {
		const calls = Array.from({ length: 8 }, (_, index) => respond(execCommand(`echo ${index}`, { callId: `call_${index}` })));
		fixture = await serverFixture([...calls, say('Done.')]);
		const server = fixture.start();
		await server.initialize();
		const id = await server.startThread(fixture.home);
		assert.equal((await server.runTurn(id, 'go')).status, 'completed');
		assert.doesNotMatch(JSON.stringify(fixture.model.requests.at(-1)?.body.input), /repeated_call/);
	});

	it('asks when it has spent its tokens, and goes on for as many again', async () => {
		const calls = Array.from({ length: 4 }, (_, index) =>
			respond(functionCall('update_plan', { plan: [{ step: `${index}`, status: 'pending' }] }, `c${index}`)),
		);
		fixture = await serverFixture([...calls, say('Done.')], { tiller: '{ turn_token_cap = 200 }' });
		const server = fixture.start();
		await server.initialize();
		let asked = 0;
		server.answer('item/tool/requestUserInput', (params) => {
			asked++;
			assert.match(params.questions[0].question, /tokens/);
			return { answers: { go_on: { answers: ['Go on'] } } };
		});
		const id = await server.startThread(fixture.home);
		assert.equal((await server.runTurn(id, 'go')).status, 'completed');
		assert.equal(asked, 2);
	});
});

describe('a command of the person', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	it('is ended by an interrupt, keeps its output, and is told to the model', async () => {
		fixture = await serverFixture([say('I see.')], { sandbox_mode: '"read-only"' });
		const server = fixture.start();
		await server.initialize();
		const id = await server.startThread(fixture.home);
		await server.request('thread/shellCommand', { threadId: id, command: 'echo begun; sleep 600' });
		await server.waitForNotification('item/commandExecution/outputDelta', (params) => params.delta === 'begun\n');
		await server.request('turn/interrupt', { threadId: id, turnId: '' });
		const done = await server.waitForNotification('item/completed');
		assert.deepEqual([done.params.item.status, done.params.item.aggregatedOutput], ['failed', 'begun\n']);
		assert.equal((await server.waitForNotification('turn/completed')).params.turn.status, 'interrupted');
		await server.runTurn(id, 'what was that?');
		assert.match(JSON.stringify(fixture.model.requests[0]?.body.input), /user_shell_command.*sleep 600.*Exit code: -1/);
		const live = await server.request('thread/read', { threadId: id, includeTurns: true });
		await server.close();
		const later = fixture.start();
		await later.initialize();
		assert.deepEqual((await later.request('thread/read', { threadId: id, includeTurns: true })).thread.turns, live.thread.turns);
	});

	it('beside a turn ends before the turn does', async () => {
		const gate = new Gate();
		fixture = await serverFixture([respond(gate, message('Talking.')), say('And that.')]);
		const server = fixture.start();
		await server.initialize();
		const id = await server.startThread(fixture.home);
		await server.request('turn/start', { threadId: id, input: input('go') });
		await gate.reached();
		await server.request('thread/shellCommand', { threadId: id, command: 'until [ -e go ]; do sleep 0.05; done; echo late' });
		gate.open();
		await server.waitForNotification('item/completed', (params) => params.item.text === 'Talking.');
		await server.request('fs/writeFile', { path: `${fixture.home.workspace}/go`, dataBase64: '' });
		assert.equal((await server.waitForNotification('turn/completed')).params.turn.status, 'completed');
		const order = server.received.flatMap(({ method, params }) =>
			method === 'item/completed' ? [params.item.text ?? params.item.aggregatedOutput] : [],
		);
		assert.deepEqual(order.slice(1), ['Talking.', 'late\n', 'And that.']);
	});
});
