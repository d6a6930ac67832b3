import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { respond } from '../../support/model/fakeModelServer.ts';
import { applyPatch, execCommand, message, functionCall, itemDone } from '../../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';
import { patient, until } from '../../support/deadline.ts';
import { needsBubblewrap } from '../../support/needsBubblewrap.ts';

const input = (text: string) => [{ type: 'text', text, text_elements: [] }];

/** Whether a process whose command line holds this text is alive. */
async function isRunning(mark: string): Promise<boolean> {
	const { readdir } = await import('node:fs/promises');
	for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
		const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
		if (line.includes(mark)) return true;
	}
	return false;
}

describe('commands and patches', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	it('are kept with their output, and read back as they were streamed', async () => {
		const patch = '*** Begin Patch\n*** Add File: new.txt\n+hello\n*** End Patch';
		fixture = await serverFixture([
			respond(execCommand('printf "one\\ntwo\\n"; exit 3')),
			respond(applyPatch(patch, 'call_2')),
			respond(message('Done.')),
		]);
		const server = fixture.start();
		await server.initialize();
		const id = await server.startThread(fixture.home);
		await server.runTurn(id, 'go');
		const streamed = server.received.filter((each) => each.method === 'item/completed').map((each) => each.params.item);
		await server.close();
		const second = fixture.start();
		await second.initialize();
		const { thread } = await second.request('thread/resume', { threadId: id });
		assert.deepEqual(thread.turns[0].items, streamed);
		assert.deepEqual(
			thread.turns[0].items.map((item: { type: string }) => item.type),
			['userMessage', 'commandExecution', 'fileChange', 'agentMessage'],
		);
		const command = thread.turns[0].items[1];
		assert.deepEqual([command.aggregatedOutput, command.exitCode, command.status], ['one\ntwo\n', 3, 'failed']);
	});

	it('are waited for longer while a client asks a person something outside of the conversation', async () => {
		fixture = await serverFixture([respond(execCommand('sleep 0.5; echo waited', { yield_time_ms: 250 })), respond(message('Done.'))]);
		const server = fixture.start();
		await server.initialize();
		const threadId = await server.startThread(fixture.home);
		const count = (way: 'increment' | 'decrement') => server.request(`thread/${way}_elicitation`, { threadId });
		await assert.rejects(count('decrement'), /no open elicitation/);
		assert.deepEqual(await count('increment'), { count: 1, paused: true });
		assert.deepEqual(await count('increment'), { count: 2, paused: true });
		assert.deepEqual(await count('decrement'), { count: 1, paused: true });
		await server.runTurn(threadId, 'go');
		assert.match(JSON.stringify(fixture.model.requests.at(-1)), /Process exited with code 0.*waited/);
		assert.deepEqual(await count('decrement'), { count: 0, paused: false });
	});

	it('run as models of older threads call them', async () => {
		const action = { type: 'exec', command: ['echo', 'three'], timeout_ms: 20_000, working_directory: null, env: {}, user: null };
		fixture = await serverFixture([
			respond(functionCall('shell', { command: ['bash', '-lc', 'echo one; exit 3'] }, 'call_1')),
			respond(functionCall('container.exec', { command: ['echo', 'two'] }, 'call_2')),
			respond(itemDone({ type: 'local_shell_call', id: 'lsh_1', call_id: 'call_3', status: 'completed', action })),
			respond(message('Done.')),
		]);
		const server = fixture.start();
		await server.initialize();
		const id = await server.startThread(fixture.home);
		await server.runTurn(id, 'go');
		const told = fixture.model.requests.at(-1)?.body.input ?? [];
		const outputs = (told as readonly { type: string; call_id?: string; output?: string }[]).filter(({ type }) => type === 'function_call_output');
		assert.deepEqual(
			outputs.map(({ call_id, output }) => [call_id, output?.replace(/Wall time: [\d.]+/, 'Wall time: x')]),
			[
				['call_1', 'Exit code: 3\nWall time: x seconds\nOutput:\none\n'],
				['call_2', 'Exit code: 0\nWall time: x seconds\nOutput:\ntwo\n'],
				['call_3', 'Exit code: 0\nWall time: x seconds\nOutput:\nthree\n'],
			],
		);
		const { thread } = await server.request('thread/read', { threadId: id, includeTurns: true });
		const commands = thread.turns[0].items.filter((item: { type: string }) => item.type === 'commandExecution');
		assert.deepEqual(
			commands.map(({ source, aggregatedOutput, exitCode }: Record<string, unknown>) => [source, aggregatedOutput, exitCode]),
			[
				['agent', 'one\n', 3],
				['agent', 'two\n', 0],
				['agent', 'three\n', 0],
			],
		);
	});

	it('are asked for under untrusted, and a declined one does not run', async () => {
		fixture = await serverFixture([respond(execCommand('touch made.txt')), respond(message('All right.'))], { approval_policy: '"untrusted"' });
		const server = fixture.start();
		await server.initialize();
		server.answer('item/commandExecution/requestApproval', () => ({ decision: 'decline' }));
		const id = await server.startThread(fixture.home);
		await server.runTurn(id, 'go');
		assert.equal(existsSync(path.join(fixture.home.workspace, 'made.txt')), false);
		const asked = await server.waitForServerRequest('item/commandExecution/requestApproval');
		assert.ok(asked.params.availableDecisions.includes('accept'));
	});

	it('cannot write outside the workspace in the sandbox', async () => {
		fixture = await serverFixture([respond(execCommand('echo no > "$HOME/outside.txt"; echo yes > inside.txt')), respond(message('Done.'))], {
			sandbox_mode: '"workspace-write"',
			// The test's folders lie below /tmp, which may be written by default.
			sandbox_workspace_write: '{ exclude_slash_tmp = true }',
		});
		const server = fixture.start();
		await server.initialize();
		const id = await server.startThread(fixture.home);
		await server.runTurn(id, 'go');
		assert.equal(existsSync(path.join(fixture.home.env['HOME'] ?? '', 'outside.txt')), false);
		assert.equal(await readFile(path.join(fixture.home.workspace, 'inside.txt'), 'utf8'), 'yes\n');
	});

	it('live on after their turn until the client cleans them up', async () => {
		const mark = `tiller-mark-clean-${process.pid}`;
		fixture = await serverFixture([respond(execCommand(`sh -c ': ${mark}; sleep 100'`, { yield_time_ms: 250 })), respond(message('It runs.'))]);
		const server = fixture.start();
		await server.initialize();
		const id = await server.startThread(fixture.home);
		await server.runTurn(id, 'go');
		assert.equal(await isRunning(mark), true);
		const [terminal, ...others] = (await server.request('thread/backgroundTerminals/list', { threadId: id })).data;
		assert.deepEqual(others, []);
		assert.match(terminal.command, new RegExp(mark));
		assert.equal(terminal.cwd, fixture.home.workspace);
		const end = (processId: string) => server.request('thread/backgroundTerminals/terminate', { threadId: id, processId });
		assert.deepEqual(await end('1'), { terminated: false });
		assert.deepEqual(await end(terminal.processId), { terminated: true });
		assert.equal(await isRunning(mark), false);
		assert.deepEqual((await server.request('thread/backgroundTerminals/list', { threadId: id })).data, []);

		fixture.model.add(respond(execCommand(`sh -c ': ${mark}; sleep 100'`, { yield_time_ms: 250 })), respond(message('Again.')));
		await server.runTurn(id, 'again');
		assert.equal(await isRunning(mark), true);
		const context = await server.request('thread/context/read', { threadId: id });
		const parts: Record<string, number> = Object.fromEntries(context.parts.map((part: { kind: string; tokens: number }) => [part.kind, part.tokens]));
		assert.ok((parts['instructions'] ?? 0) > 0 && (parts['toolOutput'] ?? 0) > 0, JSON.stringify(parts));
		await server.request('thread/backgroundTerminals/clean', { threadId: id });
		assert.equal(await isRunning(mark), false);
		const ends = server.received.flatMap(({ method, params }) =>
			method === 'item/completed' && params.item.type === 'commandExecution' ? [params] : [],
		);
		const states = (items: readonly Record<string, unknown>[]) => items.map(({ status, exitCode, stopped }) => [status, exitCode, stopped]);
		const [left, stopped] = [
			['completed', null, undefined],
			['failed', -1, true],
		];
		assert.deepEqual(states(ends.map(({ item }) => item)), [left, stopped, left, stopped]);
		const { thread } = await server.request('thread/read', { threadId: id, includeTurns: true });
		const inTurn = (index: number) => states(thread.turns[index].items.filter((item: { type: string }) => item.type === 'commandExecution'));
		assert.deepEqual([inTurn(0), inTurn(1)], [[stopped], [stopped]]);
		const refused = await server.requestError('thread/backgroundTerminals/clean', { threadId: '00000000-0000-4000-8000-000000000000' });
		assert.match(refused.message, /thread not found/);
	});

	it('are asked about when they make a repository of an empty workspace, and make it then', async function () {
		needsBubblewrap(this);
		fixture = await serverFixture([], { sandbox_mode: '"workspace-write"', approval_policy: '"on-request"' });
		const source = path.join(fixture.home.root, 'source');
		for (const args of [
			['init', '-q', source],
			['-C', source, '-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '-q', '--allow-empty', '-m', 'x'],
		])
			assert.equal(spawnSync('git', args, { env: fixture.home.env }).status, 0);
		fixture.model.add(respond(execCommand(`git clone -q ${source} . && git log --format=%s`)), respond(message('Done.')));
		const server = fixture.start();
		await server.initialize();
		server.answer('item/commandExecution/requestApproval', () => ({ decision: 'accept' }));
		const id = await server.startThread(fixture.home);
		await server.runTurn(id, 'go');
		const { params } = await server.waitForServerRequest('item/commandExecution/requestApproval');
		assert.match(params.reason, /makes a repository in/);
		assert.match(JSON.stringify(fixture.model.requests.at(-1)?.body.input), /code 0.*Output:\\nx/);
		assert.deepEqual(await readdir(fixture.home.workspace), ['.git']);
	});

	for (const [policy, command] of [
		['never', 'git clone -q SOURCE . && git log --format=%s'],
		['on-request', 'git init -q && git status --short --branch'],
	] as const)
		it(`make a repository of the workspace in the sandbox, and are not asked about: ${command}, ${policy}`, async function () {
			needsBubblewrap(this);
			fixture = await serverFixture([], { sandbox_mode: '"workspace-write"', approval_policy: `"${policy}"` });
			const source = path.join(fixture.home.root, 'source');
			for (const args of [
				['init', '-q', source],
				['-C', source, '-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '-q', '--allow-empty', '-m', 'made'],
			])
				assert.equal(spawnSync('git', args, { env: fixture.home.env }).status, 0);
			const steps = [command.replace('SOURCE', source), 'touch .git/x', 'mkdir .codex'];
			fixture.model.add(...steps.map((step) => respond(execCommand(step))), respond(message('Done.')));
			const server = fixture.start();
			await server.initialize();
			await server.runTurn(await server.startThread(fixture.home), 'go');
			assert.deepEqual(
				server.received.filter(({ method }) => method === 'item/commandExecution/requestApproval'),
				[],
			);
			const [made, touched, other] = JSON.stringify(fixture.model.requests.at(-1)?.body.input).match(/Process exited with code \d.*?"\}/g) ?? [];
			assert.match(made ?? '', /code 0.*(made|No commits yet)/);
			for (const text of [touched, other]) assert.match(text ?? '', /code 1.*(Read-only file system|File exists)/);
			assert.deepEqual(await readdir(fixture.home.workspace), ['.git']);
		});

	it('leave no place for settings folders in the workspace when the server is killed', async function () {
		needsBubblewrap(this);
		fixture = await serverFixture([respond(execCommand(': > made.txt; echo begun; sleep 300', { yield_time_ms: 250 }))], {
			sandbox_mode: '"workspace-write"',
		});
		const server = fixture.start();
		await server.initialize();
		const threadId = await server.startThread(fixture.home);
		await server.request('turn/start', { threadId, input: input('go') });
		await server.waitForNotification('item/commandExecution/outputDelta', (params) => params.delta.includes('begun'));
		assert.ok(existsSync(path.join(fixture.home.workspace, '.codex')));
		process.kill(server.process.pid ?? 0, 'SIGKILL');
		await until('the places to be gone', () => readdirSync(fixture.home.workspace).join() === 'made.txt');
	});

	it('are gone with their whole group within a second of an interrupt', async () => {
		const mark = `tiller-mark-${process.pid}`;
		fixture = await serverFixture([respond(execCommand(`bash -c 'trap "" TERM; : ${mark}; touch started; while :; do sleep 0.1; done' & wait`))]);
		const server = fixture.start();
		await server.initialize();
		const id = await server.startThread(fixture.home);
		const { turn } = await server.request('turn/start', { threadId: id, input: input('go') });
		await server.waitForNotification('item/started', (params) => params.item.type === 'commandExecution');
		while (!existsSync(path.join(fixture.home.workspace, 'started'))) await new Promise(setImmediate);
		assert.equal(await isRunning(mark), true);
		const before = performance.now();
		await server.request('turn/interrupt', { threadId: id, turnId: turn.id });
		assert.ok(performance.now() - before < patient(1000), 'the interrupt took longer than a second');
		assert.equal(await isRunning(mark), false);
	});

	it('lets a client change the files, and tells the model what became of them', async () => {
		const patch = '*** Begin Patch\n*** Update File: a.txt\n@@\n-one\n+two\n*** End Patch';
		fixture = await serverFixture([respond(applyPatch(patch)), respond(message('Done.'))]);
		const { writeFile } = await import('node:fs/promises');
		const file = path.join(fixture.home.workspace, 'a.txt');
		await writeFile(file, 'one\n');
		const server = fixture.start();
		await server.initialize({ experimentalApi: true, applyFileChanges: true });
		server.answer('item/fileChange/apply', ({ changes }) => ({
			results: changes.map((change: { path: string }) => ({
				path: change.path,
				status: 'conflict',
				message: 'line 1 was changed by hand',
				content: null,
			})),
		}));
		const id = await server.startThread(fixture.home);
		await server.runTurn(id, 'go');
		const { params } = await server.waitForServerRequest('item/fileChange/apply');
		assert.deepEqual(params.changes, [{ path: file, kind: 'update', movePath: null, before: 'one\n', after: 'two\n' }]);
		assert.equal(await readFile(file, 'utf8'), 'one\n');
		const done = await server.waitForNotification('item/completed', (each) => each.item.type === 'fileChange');
		assert.equal(done.params.item.status, 'failed');
		assert.match(JSON.stringify(fixture.model.requests.at(-1)?.body.input), /line 1 was changed by hand/);
	});

	it('run in parallel when the model calls several at once', async () => {
		const wait = (mine: string, other: string) => `touch ${mine}; while [ ! -e ${other} ]; do sleep 0.02; done; echo ${mine}`;
		fixture = await serverFixture([
			respond(execCommand(wait('a', 'b'), { callId: 'call_a' }), execCommand(wait('b', 'a'), { callId: 'call_b' })),
			respond(message('Both.')),
		]);
		const server = fixture.start();
		await server.initialize();
		const id = await server.startThread(fixture.home);
		assert.equal((await server.runTurn(id, 'go')).status, 'completed');
		const outputs = (fixture.model.requests.at(-1)?.body.input as { type: string; call_id?: string }[]).filter(
			(item) => item.type === 'function_call_output',
		);
		assert.deepEqual(
			outputs.map((item) => item.call_id),
			['call_a', 'call_b'],
		);
	});
});
