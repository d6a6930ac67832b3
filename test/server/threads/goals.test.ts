import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import type { AppServerProcess } from '../../support/appServerProcess.ts';
import { Gate, respond } from '../../support/model/fakeModelServer.ts';
import { completed, functionCall, message } from '../../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

const call = (name: string, args: object, id: string) => respond(...functionCall(name, args, id), completed({ input: 10, output: 5 }));
const say = (text: string, id: string) => respond(...message(text, id), completed({ input: 10, output: 5 }));

describe('a goal', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	async function thread(script: Parameters<typeof serverFixture>[0], config = { 'features.goals': 'true' }) {
		fixture = await serverFixture(script, config);
		const server = fixture.start();
		await server.initialize();
		const threadId = await server.startThread(fixture.home);
		await server.runTurn(threadId, 'hello');
		return { server, threadId };
	}
	const goalOf = async (server: AppServerProcess, threadId: string) => (await server.request('thread/goal/get', { threadId })).goal;
	const idle = (server: AppServerProcess, from: number) =>
		server.waitForNotification('thread/status/changed', (params) => params.status.type === 'idle', from);

	it('is worked on in turns that nobody has to ask for, until the model says that it is reached', async () => {
		const { server, threadId } = await thread([
			say('Hello.', 'msg_1'),
			call('get_goal', {}, 'call_1'),
			say('A part.', 'msg_2'),
			call('update_goal', { status: 'complete' }, 'call_2'),
			say('Reached.', 'msg_3'),
		]);
		await server.request('thread/goal/set', { threadId, objective: 'Ship it', tokenBudget: 1000 });
		await server.waitForNotification('item/completed', (params) => params.item.id === 'msg_3');
		const { status, tokensUsed } = await goalOf(server, threadId);
		assert.deepEqual([status, tokensUsed], ['complete', 45]);
		const { thread: read } = await server.request('thread/read', { threadId, includeTurns: true });
		assert.deepEqual(
			read.turns.map((turn: { items: { type: string }[] }) => turn.items.map((item) => item.type)),
			[['userMessage', 'agentMessage'], ['agentMessage'], ['agentMessage']],
		);
		assert.match(JSON.stringify(fixture.model.requests[1]?.body.input), /<objective>\\nShip it/);
	});

	it('that used up its budget lets the model finish, and begins no further turn', async () => {
		const { server, threadId } = await thread([say('Hello.', 'msg_1'), call('get_goal', {}, 'call_1'), say('Stopping here.', 'msg_2')]);
		await server.request('thread/goal/set', { threadId, objective: 'Ship it', tokenBudget: 12 });
		await server.waitForNotification('item/completed', (params) => params.item.id === 'msg_2');
		const before = server.mark();
		assert.equal((await goalOf(server, threadId)).status, 'budgetLimited');
		assert.match(JSON.stringify(fixture.model.requests[2]?.body.input), /budget .* is used up/);
		await idle(server, before - 4);
		assert.equal(fixture.model.requests.length, 3);
	});

	it('is paused by who stops its turn, survives a restart, and is told to who resumes the thread', async () => {
		const gate = new Gate();
		const { server, threadId } = await thread([say('Hello.', 'msg_1'), respond(gate)]);
		await server.request('thread/goal/set', { threadId, objective: 'Ship it' });
		await gate.reached();
		const { params } = await server.waitForNotification('turn/started', (started) => started.turn.id !== undefined, server.mark() - 3);
		await server.request('turn/interrupt', { threadId, turnId: params.turn.id });
		assert.equal((await goalOf(server, threadId)).status, 'paused');
		await server.close();
		const again = fixture.start();
		await again.initialize();
		assert.equal((await goalOf(again, threadId)).status, 'paused');
		await again.request('thread/resume', { threadId });
		const told = await again.waitForNotification('thread/goal/updated');
		assert.equal(told.params.goal.objective, 'Ship it');
		assert.deepEqual(await again.request('thread/goal/clear', { threadId }), { cleared: true });
		const { thread: fork } = await again.request('thread/fork', { threadId });
		assert.equal(await goalOf(again, fork.id), null);
	});

	it('is no tool and no method where the feature is off', async () => {
		const { server, threadId } = await thread([say('Hello.', 'msg_1')], { 'features.goals': 'false' });
		assert.match((await server.requestError('thread/goal/set', { threadId, objective: 'x' })).message, /goals feature is disabled/);
		assert.ok(!JSON.stringify(fixture.model.requests[0]?.body.tools).includes('get_goal'));
	});

	it('is refused to a thread that is not on disk', async () => {
		const { server } = await thread([say('Hello.', 'msg_1')]);
		const fresh = await server.startThread(fixture.home);
		assert.match((await server.requestError('thread/goal/set', { threadId: fresh, objective: 'x' })).message, /not materialized yet/);
	});
});
