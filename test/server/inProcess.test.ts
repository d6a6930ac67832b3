import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { createAppServer } from '../../server/appServer.ts';
import { InProcessClient } from '../../server/nonInteractive/client.ts';
import type { ServerNotification } from '../../server/protocol/serverMessages.ts';
import { linkedPair } from '../../server/transport/linkedPair.ts';
import { serverFile } from '../support/appServerProcess.ts';
import { within } from '../support/deadline.ts';
import { say } from '../support/model/fakeModelServer.ts';
import { type ServerFixture, serverFixture } from '../support/serverFixture.ts';

describe('a server in the same process', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	it('is driven like any other: two clients of one server, a turn, and each hears what it follows', async () => {
		fixture = await serverFixture([say('Hello.')]);
		const { home } = fixture;
		const server = createAppServer({ env: { ...home.env }, assets: path.dirname(serverFile), writeLog: () => {} });
		const done = Promise.withResolvers<void>();
		const connect = (name: string) => {
			const pair = linkedPair();
			server.accept(pair.server);
			const heard: ServerNotification[] = [];
			const client = new InProcessClient(pair.client, {
				notification: (notification) => {
					heard.push(notification);
					if (notification.method === 'turn/completed') done.resolve();
				},
				request: () => undefined,
			});
			return { client, heard, initialize: () => client.request('initialize', { clientInfo: { name, version: '1' } }) };
		};
		const [a, b] = [connect('a'), connect('b')];
		await assert.rejects(a.client.request('thread/list', {}), /Not initialized/);
		assert.match((await a.initialize()).userAgent, /^a\//);
		await b.initialize();
		await assert.rejects(a.initialize(), /Already initialized/);
		const { thread } = await a.client.request('thread/start', { cwd: home.workspace });
		assert.equal(thread.source, 'exec');
		await a.client.request('turn/start', { threadId: thread.id, input: [{ type: 'text', text: 'hi', text_elements: [] }] });
		await within('turn/completed', done.promise);
		const deltas = a.heard.flatMap(({ method, params }) => (method === 'item/agentMessage/delta' ? [params.delta] : []));
		assert.equal(deltas.join(''), 'Hello.');
		const followed = b.heard.filter(({ method }) => /^(item|turn)\//.test(method));
		assert.deepEqual(followed, []);
		a.client.close();
		await server.close();
		assert.ok(existsSync(thread.path ?? ''));
	});
});
