import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import type { AppServerProcess } from '../../support/appServerProcess.ts';
import { within } from '../../support/deadline.ts';
import { Gate, httpError, respond, say } from '../../support/model/fakeModelServer.ts';
import { execCommand, message, textDelta } from '../../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

describe('exec', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	const run = (...args: readonly string[]) => fixture.start({ args: ['exec', ...args] });
	const codeOf = async (process: AppServerProcess) => (await within('exec to end', process.ended)).code;

	it('runs a task and prints the last message alone; what happened before goes to standard error', async () => {
		fixture = await serverFixture([
			respond(message('I look first.', 'msg_1'), execCommand('echo found > seen.txt')),
			respond(message('All is\nwell.', 'msg_2')),
		]);
		const process = run('look around');
		assert.equal(await codeOf(process), 0);
		assert.deepEqual(process.garbage, ['All is', 'well.']);
		assert.match(process.stderr, /I look first\./);
		assert.match(process.stderr, /^\$ echo found > seen\.txt$/m);
		assert.equal(await readFile(path.join(fixture.home.workspace, 'seen.txt'), 'utf8'), 'found\n');
		assert.match(JSON.stringify(fixture.model.requests[0]?.body.input), /look around/);
	});

	it('reads the task from standard input, and prints notifications as JSON', async () => {
		fixture = await serverFixture([say('Hello.')]);
		const process = run('--json', '-');
		process.process.stdin.end('say hello\nin one word');
		assert.equal(await codeOf(process), 0);
		assert.deepEqual(process.garbage, []);
		const methods = process.received.map((each) => each.method);
		assert.ok(methods.includes('thread/started') && methods.includes('turn/started'));
		const completed = process.received.find((each) => each.method === 'turn/completed');
		assert.equal(completed?.params.turn.status, 'completed');
		assert.match(JSON.stringify(fixture.model.requests[0]?.body.input), /say hello\\nin one word/);
	});

	it('asks nobody: under a policy that asks, a command is declined and the model told', async () => {
		fixture = await serverFixture([respond(execCommand('touch made.txt')), say('I may not.')], { approval_policy: '"untrusted"' });
		const process = run('make a file');
		assert.equal(await codeOf(process), 0);
		assert.deepEqual(process.garbage, ['I may not.']);
		assert.match(process.stderr, /was not allowed/);
		assert.equal(existsSync(path.join(fixture.home.workspace, 'made.txt')), false);
	});

	it('ends with 1 and says why when the turn fails, or cannot begin', async () => {
		fixture = await serverFixture([httpError(400, { error: { message: 'The model is out.' } })]);
		const failed = run('try');
		assert.equal(await codeOf(failed), 1);
		assert.match(failed.stderr, /failed: .*The model is out\./);
		await fixture.home.config('model = [');
		const broken = run('try');
		assert.equal(await codeOf(broken), 1);
		assert.match(broken.stderr, /config\.toml/);
	});

	it('ends with 2 for a command line that it does not understand', async () => {
		fixture = await serverFixture();
		for (const args of [[], ['a', 'b'], ['--sandbox', 'none', 'a'], ['--cd', '/nowhere/at/all', 'a'], ['--colour', 'a'], [' ']]) {
			assert.equal(await codeOf(run(...args)), 2, args.join(' '));
		}
	});

	it('ends with 130 on Ctrl-C; the turn is kept as interrupted with what had been said', async () => {
		const gate = new Gate();
		fixture = await serverFixture([respond(textDelta('Half an ans'), gate)]);
		const process = run('--json', 'talk');
		await gate.reached();
		process.process.kill('SIGINT');
		assert.equal(await codeOf(process), 130);
		gate.open();
		const started = process.received.find((each) => each.method === 'thread/started');
		assert.match(await readFile(started?.params.thread.path, 'utf8'), /"turn_aborted"/);
	});
});
