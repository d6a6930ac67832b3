import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { until, within } from '../../support/deadline.ts';
import { respond } from '../../support/model/fakeModelServer.ts';
import { execCommand, message } from '../../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

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

	it('is not cut off, whatever it leaves unread: 40 answers of 3 MB come when it reads on', async function () {
		this.timeout(60_000);
		fixture = await serverFixture();
		const server = fixture.start();
		await server.initialize();
		const file = path.join(fixture.home.workspace, 'large');
		writeFileSync(file, Buffer.alloc(2_250_000, 7));
		server.process.stdout.pause();
		const answers = Array.from({ length: 40 }, () => server.request('fs/readFile', { path: file }));
		// The server goes on to read: what comes last is done although nothing is read of what it says.
		const folder = path.join(fixture.home.workspace, 'made');
		const made = server.request('command/exec', { command: ['mkdir', folder] });
		server.process.stdout.resume();
		for (const { dataBase64 } of await within('the answers', Promise.all(answers), { ms: 50_000 })) assert.equal(dataBase64.length, 3_000_000);
		await made;
		assert.doesNotMatch(server.stderr, /unread/);
	});

	it('is told no more than it can read: output of its commands, and the turn that it follows, wait meanwhile', async function () {
		this.timeout(120_000);
		const pieces = Array.from({ length: 6000 }, (_, n) => `${n} ${'x'.repeat(16_000)}\n`);
		fixture = await serverFixture([respond(message(pieces))]);
		const server = fixture.start();
		await server.initialize();
		const threadId = await server.startThread(fixture.home);
		server.process.stdout.pause();
		const bytes = 150_000_000;
		const options = { processId: 'p', streamStdoutStderr: true, disableOutputCap: true, disableTimeout: true };
		const command = server.request('command/exec', { command: ['head', '-c', String(bytes), '/dev/zero'], ...options });
		const turn = server.request('turn/start', { threadId, input });
		await fixture.model.request(1);
		const memory = () => Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${server.process.pid}/status`, 'utf8'))?.[1]) / 1024;
		let steady = 0;
		let last = 0;
		await until(
			'the server to stop producing',
			() => {
				steady = memory() === last ? steady + 1 : 0;
				last = memory();
				return steady > 20;
			},
			60_000,
		);
		assert.ok(last < 450, `${last} MiB`);
		server.process.stdout.resume();
		assert.equal((await within('the end of the command', command, { ms: 60_000 })).exitCode, 0);
		await turn;
		await within('the end of the turn', server.waitForNotification('turn/completed'), { ms: 60_000 });
		const text = server.received.flatMap(({ method, params }) => (method === 'item/agentMessage/delta' ? [params.delta] : [])).join('');
		assert.equal(text, pieces.join(''));
		const output = server.received.flatMap(({ method, params }) =>
			method === 'command/exec/outputDelta' ? [Buffer.from(params.deltaBase64, 'base64').length] : [],
		);
		assert.equal(
			output.reduce((sum, size) => sum + size, 0),
			bytes,
		);
	});
});
