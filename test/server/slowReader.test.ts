import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { until } from '../support/deadline.ts';
import { respond } from '../support/fakeModelServer.ts';
import { execCommand, message } from '../support/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../support/serverFixture.ts';

const FLOOD = Array.from({ length: 400 }, (_, n) => `${n} ${'x'.repeat(16_000)}\n`);
const input = [{ type: 'text', text: 'go', text_elements: [] }];

describe('a stdio client that pauses', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	it('stalls no turn, is still listened to, and finds everything when it reads on', async () => {
		fixture = await serverFixture([respond(execCommand('touch allowed.txt')), respond(message(FLOOD)), respond(message('Done.', 'msg_2'))], {
			approval_policy: '"untrusted"',
		});
		const server = fixture.start();
		await server.initialize();
		const [asking, flooding] = [await server.startThread(fixture.home), await server.startThread(fixture.home)];
		await server.request('turn/start', { threadId: asking, input });
		const question = await server.waitForServerRequest('item/commandExecution/requestApproval');

		server.process.stdout.pause();
		const started = server.request('turn/start', { threadId: flooding, input });
		const flood = await fixture.model.request(2);
		assert.equal(await flood.closed, 'ended', 'the turn took the whole answer');
		const answers = Array.from({ length: 50 }, () => server.request('thread/loaded/list'));
		server.send({ id: question.id, result: { decision: 'accept' } });
		const allowed = path.join(fixture.home.workspace, 'allowed.txt');
		await until('the command that was allowed', () => existsSync(allowed));

		server.process.stdout.resume();
		await started;
		for (const answer of await Promise.all(answers)) assert.equal(answer.data.length, 2);
		for (const threadId of [asking, flooding]) await server.waitForNotification('turn/completed', (params) => params.threadId === threadId);
		const deltas = server.received.flatMap(({ method, params }) =>
			method === 'item/agentMessage/delta' && params.threadId === flooding ? [params.delta] : [],
		);
		assert.equal(deltas.join(''), FLOOD.join(''));
	});
});
