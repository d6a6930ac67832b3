import assert from 'node:assert/strict';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { acceptConnection } from '../../../server/compose/acceptConnection.ts';
import { createProcess } from '../../../server/compose/createProcess.ts';
import { InProcessClient } from '../../../server/nonInteractive/client.ts';
import { linkedPair } from '../../../server/transport/linkedPair.ts';
import { serverFile } from '../../support/appServerProcess.ts';
import { within } from '../../support/deadline.ts';
import { respond, say } from '../../support/model/fakeModelServer.ts';
import { applyPatch, execCommand } from '../../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

describe('a thread that has ended', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	it('leaves nothing of it in any service, after commands, patches, grants and holds', async () => {
		const patch = (file: string) => `*** Begin Patch\n*** Add File: ${file}\n+one\n*** End Patch`;
		fixture = await serverFixture([
			respond(...execCommand('touch granted', { callId: 'c1' })),
			respond(...applyPatch(patch('a.txt'), 'p1')),
			respond(...execCommand('sleep 60', { callId: 'c2', yield_time_ms: 250 })),
			say('It runs.'),
		]);
		const { home } = fixture;
		const made = createProcess({ env: { ...home.env }, assets: path.dirname(serverFile), writeLog: () => {} });
		const pair = linkedPair();
		acceptConnection(made, pair.server, 1);
		const done = Promise.withResolvers<void>();
		const client = new InProcessClient(pair.client, {
			notification: ({ method }) => {
				if (method === 'turn/completed') done.resolve();
			},
			request: (method) => (method.endsWith('/requestApproval') ? { decision: 'acceptForSession' } : undefined),
		});
		await client.request('initialize', { clientInfo: { name: 'test', version: '1' }, capabilities: { experimentalApi: true } });
		const { thread } = await client.request('thread/start', { cwd: home.workspace, approvalPolicy: 'untrusted', sandbox: 'read-only' });
		await client.request('turn/start', { threadId: thread.id, input: [{ type: 'text', text: 'go', text_elements: [] }] });
		await within('turn/completed', done.promise);
		await client.request('thread/increment_elicitation', { threadId: thread.id });
		const keepers = () => [...made.features.kept, made.ground.subscriptions].filter(({ threads }) => threads.includes(thread.id)).length;
		// Clients, both kinds of grants, patches, limits, commands and subscriptions: who is not in the list of what is kept is missed here.
		assert.equal(keepers(), 7);

		await client.request('thread/archive', { threadId: thread.id });
		assert.deepEqual(keepers(), 0);
		client.close();
		await made.dispose();
	});
});
