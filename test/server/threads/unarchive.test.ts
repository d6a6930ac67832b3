import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { respond } from '../../support/model/fakeModelServer.ts';
import { execCommand, message } from '../../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

describe('a thread that is open while it leaves the archive', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	it('keeps its settings, and the answers of its clients still count', async () => {
		fixture = await serverFixture([respond(message('Hi.')), respond(execCommand('touch made')), respond(message('Done.', 'msg_2'))]);
		const server = fixture.start();
		await server.initialize();
		const threadId = await server.startThread(fixture.home);
		await server.runTurn(threadId, 'hello');
		await server.request('thread/archive', { threadId });
		await server.request('thread/resume', { threadId, approvalPolicy: 'untrusted' });
		await server.request('thread/unarchive', { threadId });
		server.answer('item/commandExecution/requestApproval', () => ({ decision: 'accept' }));
		assert.equal((await server.runTurn(threadId, 'make it')).status, 'completed');
		assert.ok(server.received.some((each) => each.method === 'item/commandExecution/requestApproval'));
	});
});
