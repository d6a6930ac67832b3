import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { respond } from '../../support/model/fakeModelServer.ts';
import { execCommand, message } from '../../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

describe('where a turn works', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	it('is another folder for one turn, or nowhere, or else the folder of the thread', async () => {
		const pwd = (n: number) => [respond(...execCommand('pwd', { callId: `call_${n}` })), respond(message('There.', `msg_${n}`))];
		fixture = await serverFixture([...pwd(1), ...pwd(2), ...pwd(3)]);
		const server = fixture.start();
		await server.initialize();
		const other = path.join(fixture.home.workspace, 'other');
		await mkdir(other);
		const threadId = await server.startThread(fixture.home);
		const told = () => JSON.stringify(fixture.model.requests.at(-1)?.body.input).split('function_call_output').at(-1) ?? '';

		await server.runTurn(threadId, 'here', { environments: [{ environmentId: 'local', cwd: other }] });
		assert.ok(told().includes(other), told());
		await server.runTurn(threadId, 'nowhere', { environments: [] });
		assert.match(told(), /unsupported call: exec_command/);
		assert.ok(!JSON.stringify(fixture.model.requests.at(-1)?.body.tools).includes('exec_command'));
		await server.runTurn(threadId, 'as usual');
		assert.ok(told().includes(fixture.home.workspace) && !told().includes(other), told());
	});

	it('is refused when there is no such environment, and nothing begins', async () => {
		fixture = await serverFixture([]);
		const server = fixture.start();
		await server.initialize();
		const threadId = await server.startThread(fixture.home);
		const environments = [{ environmentId: 'moon', cwd: '/' }];
		const failure = await server.requestError('turn/start', { threadId, input: [{ type: 'text', text: 'go' }], environments });
		assert.equal(failure.message, 'turn/start: unknown turn environment id `moon`');
		await server.requestError('thread/start', { environments });
		assert.deepEqual((await server.request('thread/loaded/list')).data, [threadId]);
	});
});

describe('a thread resumed from history', () => {
	it('goes on where the other program stopped, as a new thread', async () => {
		const fixture = await serverFixture([respond(message('Going on.'))]);
		try {
			const server = fixture.start();
			await server.initialize();
			const history = [
				{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'from elsewhere' }] },
				{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Known.' }] },
			];
			const threadId = '00000000-0000-4000-8000-000000000000';
			const { thread } = await server.request('thread/resume', { threadId, history });
			assert.deepEqual([thread.preview, thread.turns, thread.id === threadId], ['from elsewhere', [], false]);
			await server.runTurn(thread.id, 'go on');
			assert.match(JSON.stringify(fixture.model.requests[0]?.body.input), /from elsewhere.*Known\..*go on/);
			const failure = await server.requestError('thread/resume', { threadId: thread.id, history });
			assert.match(failure.message, /while it is already running/);
		} finally {
			await fixture.dispose();
		}
	});
});
