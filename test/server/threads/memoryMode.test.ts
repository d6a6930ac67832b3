import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { afterEach, describe, it } from 'mocha';
import { respond } from '../../support/model/fakeModelServer.ts';
import { message } from '../../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

describe('whether memories may be made from a thread', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	it('is recorded where other programs look for it, loaded or not, and changes nothing else', async () => {
		fixture = await serverFixture([respond(message('Hi.')), respond(message('Again.'))]);
		const server = fixture.start();
		await server.initialize();
		const threadId = await server.startThread(fixture.home);
		await server.runTurn(threadId, 'hello');
		await server.request('thread/memoryMode/set', { threadId, mode: 'disabled' });
		const { thread } = await server.request('thread/read', { threadId, includeTurns: true });
		const modes = async () => [...(await readFile(thread.path, 'utf8')).matchAll(/"memory_mode":"(\w+)"/g)].map((match) => match[1]);
		assert.deepEqual(await modes(), ['disabled']);
		await server.close();

		const second = fixture.start();
		await second.initialize();
		await second.request('thread/memoryMode/set', { threadId, mode: 'enabled' });
		assert.deepEqual(await modes(), ['disabled', 'enabled']);
		const resumed = await second.request('thread/resume', { threadId });
		assert.deepEqual(resumed.thread.turns, thread.turns);
		await second.runTurn(threadId, 'on');
		assert.match(JSON.stringify(fixture.model.requests.at(-1)), /hello.*Hi\..*on/);
	});
});
