import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { Gate, respond } from '../support/model/fakeModelServer.ts';
import { within } from '../support/deadline.ts';
import { execCommand, message } from '../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../support/serverFixture.ts';
import { SocketClient } from '../support/socketClient.ts';

/** A server that is shared over a unix socket, as the extension starts it. */
async function listening(fixture: ServerFixture, linger = '60') {
	const socket = path.join(fixture.home.root, 'run #ü 1', 's.sock');
	const stateFile = path.join(fixture.home.root, 'run', 'state.json');
	const args = ['app-server', '--listen', `unix://${socket}`, '--linger', linger, '--state-file', stateFile];
	const server = fixture.start({ args });
	await server.waitUntilReady(() => /listening/.test(server.stderr));
	return { server, socket, stateFile, args };
}

describe('a server on a unix socket', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	it('is open to its user only, says where it is, and ends some time after its last client', async () => {
		fixture = await serverFixture();
		const { server, socket, stateFile } = await listening(fixture, '1');
		assert.equal((await stat(socket)).mode & 0o777, 0o600);
		assert.equal(JSON.parse(await readFile(stateFile, 'utf8')).pid, server.process.pid);
		const client = await SocketClient.connect(socket);
		assert.deepEqual((await client.request('thread/list')).data, []);
		await client.close();
		assert.deepEqual(await within('the server to end', server.ended), { code: 0, signal: null });
		assert.equal(existsSync(stateFile), false);
	});

	it('is not started twice: the second one ends without an error', async () => {
		fixture = await serverFixture();
		const { args, socket } = await listening(fixture);
		const second = fixture.start({ args });
		assert.deepEqual(await within('the second server to end', second.ended), { code: 0, signal: null });
		const client = await SocketClient.connect(socket);
		await client.close();
	});

	it('goes on with a turn while its client is away, and asks again who comes back', async () => {
		fixture = await serverFixture([respond(execCommand('echo allowed > made.txt')), respond(message('Done.'))], { approval_policy: '"untrusted"' });
		const { socket } = await listening(fixture);
		const first = await SocketClient.connect(socket);
		const { thread } = await first.request('thread/start', { cwd: fixture.home.workspace });
		await first.request('turn/start', { threadId: thread.id, input: [{ type: 'text', text: 'go', text_elements: [] }] });
		const asked = await first.waitFor('the approval request', (each) => each.method === 'item/commandExecution/requestApproval');
		await first.close();

		const second = await SocketClient.connect(socket);
		const resumed = await second.request('thread/resume', { threadId: thread.id });
		assert.deepEqual(resumed.thread.status, { type: 'active', activeFlags: ['waitingOnApproval'] });
		assert.equal(resumed.thread.turns[0].status, 'inProgress');
		const again = await second.waitFor('the approval request again', (each) => each.method === 'item/commandExecution/requestApproval');
		assert.equal(again.id, asked.id);
		assert.deepEqual(again.params, asked.params);
		second.reply(again.id, { decision: 'accept' });
		const done = await second.waitFor('turn/completed', (each) => each.method === 'turn/completed');
		assert.equal(done.params.turn.status, 'completed');
		assert.equal(await readFile(path.join(fixture.home.workspace, 'made.txt'), 'utf8'), 'allowed\n');
		await second.close();
	});

	it('tells each client only of the threads that it follows, and asks all of them: the first answer counts', async () => {
		fixture = await serverFixture([respond(execCommand('echo once >> log.txt')), respond(message('Done.'))], { approval_policy: '"untrusted"' });
		const { socket } = await listening(fixture);
		const clients = await Promise.all(['a', 'b', 'stranger'].map((name) => SocketClient.connect(socket, name)));
		const [a, b, stranger] = clients as [SocketClient, SocketClient, SocketClient];
		const { thread } = await a.request('thread/start', { cwd: fixture.home.workspace });
		await a.request('turn/start', { threadId: thread.id, input: [{ type: 'text', text: 'go', text_elements: [] }] });
		const isRequest = (each: { method?: string }) => each.method === 'item/commandExecution/requestApproval';
		const asked = await a.waitFor('the approval request', isRequest);
		await b.request('thread/resume', { threadId: thread.id });
		await b.waitFor('the approval request', isRequest);
		b.reply(asked.id, { decision: 'accept' });
		await a.waitFor('serverRequest/resolved', (each) => each.method === 'serverRequest/resolved' && each.params.requestId === asked.id);
		a.reply(asked.id, { decision: 'decline' });
		await a.waitFor('turn/completed', (each) => each.method === 'turn/completed');
		assert.equal(await readFile(path.join(fixture.home.workspace, 'log.txt'), 'utf8'), 'once\n');
		const heard = stranger.received.map((each) => each.method).filter((method) => /^(turn|item)\//.test(method ?? ''));
		assert.deepEqual(heard, []);
		await Promise.all(clients.map((client) => client.close()));
	});

	it('records a running turn as interrupted when it is told to end', async () => {
		const gate = new Gate();
		fixture = await serverFixture([respond(gate)]);
		const { server, socket } = await listening(fixture);
		const client = await SocketClient.connect(socket);
		const { thread } = await client.request('thread/start', { cwd: fixture.home.workspace });
		await client.request('turn/start', { threadId: thread.id, input: [{ type: 'text', text: 'go', text_elements: [] }] });
		await gate.reached();
		server.process.kill('SIGTERM');
		assert.deepEqual(await within('the server to end', server.ended), { code: 0, signal: null });
		assert.match(await readFile(thread.path, 'utf8'), /"turn_aborted"/);
		gate.open();
	});
});
