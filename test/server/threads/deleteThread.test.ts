import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { Gate, respond } from '../../support/model/fakeModelServer.ts';
import { message } from '../../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

describe('thread/delete', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	it('removes records and name, tells every client, and the thread is nowhere any more', async () => {
		fixture = await serverFixture([respond(message('One.')), respond(message('Two.', 'msg_2'))]);
		const server = fixture.start();
		await server.initialize();
		const { thread } = await server.request('thread/start', { cwd: fixture.home.workspace });
		await server.runTurn(thread.id, 'hello');
		const kept = await server.startThread(fixture.home);
		await server.runTurn(kept, 'other');
		await server.request('thread/name/set', { threadId: thread.id, name: 'A secret name' });
		assert.deepEqual(await server.request('thread/delete', { threadId: thread.id.toUpperCase() }), {});
		await server.waitForNotification('thread/deleted', (params) => params.threadId === thread.id);
		assert.equal(existsSync(thread.path), false);
		assert.doesNotMatch(await readFile(path.join(fixture.home.codexHome, 'session_index.jsonl'), 'utf8'), /secret/);
		const { data } = await server.request('thread/list');
		assert.deepEqual(
			data.map((each: { id: string }) => each.id),
			[kept],
		);
		assert.deepEqual((await server.request('thread/loaded/list')).data, [kept]);
		for (const method of ['thread/resume', 'thread/read', 'thread/delete']) await server.requestError(method, { threadId: thread.id });
	});

	it('stops a running turn first', async () => {
		const gate = new Gate();
		fixture = await serverFixture([respond(gate)]);
		const server = fixture.start();
		await server.initialize();
		const { thread } = await server.request('thread/start', { cwd: fixture.home.workspace });
		await server.request('turn/start', { threadId: thread.id, input: [{ type: 'text', text: 'go', text_elements: [] }] });
		await gate.reached();
		await server.request('thread/delete', { threadId: thread.id });
		assert.equal((await server.waitForNotification('turn/completed')).params.turn.status, 'interrupted');
		assert.equal(existsSync(thread.path), false);
		gate.open();
	});
});
