import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { until } from '../../support/deadline.ts';
import { httpError, say } from '../../support/model/fakeModelServer.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

describe('the notify command', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	it('is run after a completed turn with what happened and for which client, and not after a failed one', async () => {
		fixture = await serverFixture([httpError(400, { error: { message: 'no' } }), say('It is done.')], {
			notify: `["/bin/sh", "-c", "printf '%s' \\"$0\\" >> said.txt"]`,
		});
		const server = fixture.start();
		await server.initialize();
		const threadId = await server.startThread(fixture.home);
		assert.equal((await server.runTurn(threadId, 'fails')).status, 'failed');
		const turn = await server.runTurn(threadId, 'do it');
		const file = path.join(fixture.home.workspace, 'said.txt');
		await until('the command to have run', () => existsSync(file) && readFileSync(file, 'utf8').endsWith('}'));
		assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), {
			type: 'agent-turn-complete',
			'thread-id': threadId,
			'turn-id': turn.id,
			cwd: fixture.home.workspace,
			client: 'tiller-test',
			'input-messages': ['do it'],
			'last-assistant-message': 'It is done.',
		});
	});

	it('that does not exist disturbs nothing', async () => {
		fixture = await serverFixture([say('Hello.')], { notify: '["/nowhere/notify"]' });
		const server = fixture.start();
		await server.initialize();
		assert.equal((await server.runTurn(await server.startThread(fixture.home), 'hi')).status, 'completed');
		await server.waitUntilReady(() => /the notify command could not be run/.test(server.stderr));
	});
});
