import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, before, beforeEach, describe, it } from 'mocha';
import { fetchWindowsNode } from '../host/windowsNode.ts';
import { AppServerProcess, serverFile, type TestHome } from '../support/appServerProcess.ts';
import { fakeModelConfig } from '../support/model/fakeModelConfig.ts';
import { until, within } from '../support/deadline.ts';
import { FakeModelServer, Gate, respond, say } from '../support/model/fakeModelServer.ts';
import { applyPatch, execCommand, message } from '../support/model/modelEvents.ts';
import { toWindows, type WineHost } from './wineHost.ts';
import { sharedWine } from './wineSuite.ts';

const input = (text: string) => [{ type: 'text', text, text_elements: [] }];

/** The built server in the Windows build of Node, with Windows' paths, `cmd` and processes. What Wine has not is tested as pure logic in server/platform. */
describe('the server on Windows', () => {
	let host: WineHost;
	let model: FakeModelServer;
	let servers: AppServerProcess[];
	let count = 0;
	let home: string;
	let workspace: string;

	before(() => {
		host = sharedWine();
	});

	beforeEach(async () => {
		count++;
		home = `home${count}`;
		workspace = `C:\\Work${count}`;
		servers = [];
		model = await FakeModelServer.start([]);
		await mkdir(host.at(home), { recursive: true });
		await mkdir(host.at(`Work${count}`));
		await configure();
	});
	afterEach(async () => {
		await Promise.all(servers.map((server) => server.kill()));
		await model.stop();
		assert.deepEqual(
			servers.flatMap((server) => server.violations),
			[],
		);
	});

	const configure = (values: Readonly<Record<string, string>> = {}, more = '') =>
		writeFile(host.at(home, 'config.toml'), `${fakeModelConfig(model.url, values)}\n${more}`);
	const start = async (args: readonly string[] = ['app-server']): Promise<AppServerProcess> => {
		const env = { CODEX_HOME: `C:\\${home}`, SHELL: 'C:\\windows\\system32\\cmd.exe' };
		const child = await host.run({ args: [toWindows(serverFile), ...args], cwd: workspace, env });
		const server = new AppServerProcess({ home: { workspace } as TestHome, process: child });
		servers.push(server);
		return server;
	};
	const ready = async () => {
		const server = await start();
		await server.initialize();
		return server;
	};
	const begin = async (server: AppServerProcess, params: object = {}) => {
		const { thread } = await server.request('thread/start', { cwd: workspace, ...params });
		return thread.id as string;
	};
	const file = (name: string) => host.at(`Work${count}`, name);
	/** What the newest request told the model of a call. */
	const told = () => JSON.stringify(model.requests.at(-1)?.body.input);
	const items = (server: AppServerProcess, type: string) =>
		server.received.filter(({ method, params }) => method === 'item/completed' && params.item.type === type).map(({ params }) => params.item);

	it('says where it runs, talks, and knows its threads again after a restart, by every name of their folder', async () => {
		model.add(say('Hello from here.'));
		const server = await start();
		const { platformOs, platformFamily } = await server.initialize();
		assert.deepEqual([platformOs, platformFamily], ['windows', 'windows']);
		const id = await begin(server);
		assert.equal((await server.runTurn(id, 'Hello')).status, 'completed');
		assert.match(told(), /<shell>cmd<\/shell>/);
		await server.close();
		const again = await ready();
		for (const cwd of [workspace, workspace.replace('C:', 'c:'), workspace.replace('\\', '/')]) {
			const { data } = await again.request('thread/list', { cwd });
			assert.deepEqual(
				data.map((thread: { id: string }) => thread.id),
				[id],
				cwd,
			);
		}
		const { thread } = await again.request('thread/resume', { threadId: id });
		assert.equal(thread.turns[0].items.at(-1).text, 'Hello from here.');
	});

	it('runs commands of cmd with their output and exit code, in UTF-8, in the folder of the thread', async () => {
		const command = 'echo "a  b" & echo \u00e4\u20ac> \u00fc.txt & type \u00fc.txt & cd & exit 3';
		model.add(respond(execCommand(command)), say('Done.'));
		const server = await ready();
		assert.equal((await server.runTurn(await begin(server), 'go')).status, 'completed');
		const [item] = items(server, 'commandExecution');
		assert.deepEqual([item.exitCode, item.status], [3, 'failed']);
		assert.match(item.aggregatedOutput, /^"a {2}b" ?\r\n\u00e4\u20ac ?\r\n/);
		assert.ok(item.aggregatedOutput.includes(workspace), item.aggregatedOutput);
		assert.ok(existsSync(file('\u00fc.txt')));
	});

	it('reads what programs print in the code page of the system, and in UTF-16', async () => {
		const node = toWindows(await fetchWindowsNode(() => {}));
		const server = await ready();
		const print = async (bytes: string) => {
			const script = `process.stdout.write(Buffer.from('${bytes}', 'hex'))`;
			return (await server.request('command/exec', { command: [node, '-e', script] })).stdout as string;
		};
		// 437 and 850, the code pages of consoles in Wine's usual languages, agree on these.
		assert.equal(await print('66817220'), 'f\u00fcr ');
		assert.equal(await print('fffe66006f006f00'), 'foo');
	});

	it('gives commands what Windows programs need, and no keys', async () => {
		model.add(respond(execCommand('set')), say('Done.'));
		const server = await ready();
		await server.runTurn(await begin(server), 'go');
		const [item] = items(server, 'commandExecution');
		for (const name of ['SYSTEMROOT', 'COMSPEC', 'PATHEXT', 'PATH']) assert.match(item.aggregatedOutput, new RegExp(`^${name}=`, 'im'), name);
	});

	it('stops a command with all that it started', async () => {
		// A file that is there may still be empty: its last name says that it is whole.
		const script =
			"const fs = require('fs'); fs.writeFileSync('pid', String(process.pid)); fs.renameSync('pid', 'pid.txt'); setInterval(() => {}, 1000)";
		await writeFile(file('sleep.js'), script);
		model.add(respond(execCommand('cmd /c node sleep.js', { yield_time_ms: 30_000 })));
		await writeFile(file('node.cmd'), `@"${toWindows(await fetchWindowsNode(() => {}))}" %*\r\n`);
		const server = await ready();
		const id = await begin(server);
		const { turn } = await server.request('turn/start', { threadId: id, input: input('go') });
		await until('the command to run', () => existsSync(file('pid.txt')));
		const pid = Number(await readFile(file('pid.txt'), 'utf8'));
		assert.equal(await isRunning(server, pid), true);
		await server.request('turn/interrupt', { threadId: id, turnId: turn.id });
		await server.waitForNotification('turn/completed');
		assert.equal(await isRunning(server, pid), false);
	});

	/** Asks Windows itself. */
	const isRunning = async (server: AppServerProcess, pid: number): Promise<boolean> => {
		const node = toWindows(await fetchWindowsNode(() => {}));
		const script = `try { process.kill(${pid}, 0); console.log('yes') } catch { console.log('no') }`;
		const { stdout } = await server.request('command/exec', { command: [node, '-e', script] });
		return stdout.trim() === 'yes';
	};

	it('ends a command at its time limit', async () => {
		const node = toWindows(await fetchWindowsNode(() => {}));
		const server = await ready();
		const ended = await server.request('command/exec', { command: [node, '-e', 'setInterval(() => {}, 1000)'], timeoutMs: 500 });
		assert.equal(ended.exitCode, 124);
	});

	it('changes files with Windows line ends by a patch, and takes the patch back', async () => {
		await writeFile(file('a.txt'), 'one\r\ntwo\r\nthree\r\n');
		const patch = ['*** Begin Patch', '*** Update File: a.txt', '@@', ' one', '-two', '+2', '*** Add File: sub\\b.txt', '+new', '*** End Patch'].join(
			'\n',
		);
		model.add(respond(applyPatch(patch)), say('Done.'));
		const server = await ready();
		const id = await begin(server);
		await server.runTurn(id, 'go');
		assert.equal(items(server, 'fileChange')[0]?.status, 'completed', told());
		assert.equal(await readFile(file('a.txt'), 'utf8'), 'one\r\n2\r\nthree\r\n');
		assert.equal((await readFile(path.join(file('sub'), 'b.txt'), 'utf8')).trim(), 'new');
		const { data } = await server.request('thread/checkpoint/list', { threadId: id });
		await server.request('thread/checkpoint/restore', { threadId: id, checkpointId: data[0].id });
		assert.equal(await readFile(file('a.txt'), 'utf8'), 'one\r\ntwo\r\nthree\r\n');
		assert.ok(!existsSync(path.join(file('sub'), 'b.txt')));
	});

	it('asks about what a sandbox would be needed for, once in a thread, and not about what only reads', async () => {
		await configure({ sandbox_mode: '"workspace-write"', approval_policy: '"on-request"' });
		await writeFile(file('a.txt'), 'hello\r\n');
		const commands = ['cd & type a.txt', 'mkdir made', 'mkdir made', 'type \\\\evil\\share\\a.txt'];
		model.add(...commands.map((command) => respond(execCommand(command))), say('Done.'));
		const server = await ready();
		const asked: string[] = [];
		server.answer('item/commandExecution/requestApproval', (params) => {
			asked.push(params.command);
			return { decision: params.command.includes('evil') ? 'decline' : 'acceptForSession' };
		});
		await server.runTurn(await begin(server), 'go');
		assert.equal(asked.length, 2, asked.join('\n'));
		assert.match(asked[0] ?? '', /mkdir made/);
		assert.match(asked[1] ?? '', /evil/);
		assert.ok(existsSync(file('made')));
		assert.match(items(server, 'commandExecution')[0]?.aggregatedOutput, /hello/);
		assert.match(told(), /This is Windows, where commands have no sandbox/);
	});

	it('refuses what a sandbox would be needed for, and a profile that denies folders holds nobody up', async () => {
		await configure({ sandbox_mode: '"workspace-write"', approval_policy: '"never"' });
		model.add(respond(execCommand('echo x> made.txt')), say('Done.'));
		const server = await ready();
		await server.runTurn(await begin(server), 'go');
		assert.ok(!existsSync(file('made.txt')));
		assert.match(told(), /Windows/);
	});

	it('is refused a thread that another server works in, and gets it when that one was killed', async () => {
		const gate = new Gate();
		model.add(respond(gate, ...message('One.')), say('Two.'));
		const first = await ready();
		const id = await begin(first);
		await first.request('turn/start', { threadId: id, input: input('go') });
		await gate.reached();
		const second = await ready();
		await second.request('thread/resume', { threadId: id });
		assert.match((await second.requestError('turn/start', { threadId: id, input: input('me too') })).message, /worked on by another server/);
		const [lease = ''] = readdirSync(host.at(home, 'tiller', 'leases'));
		const { pid } = JSON.parse(await readFile(host.at(home, 'tiller', 'leases', lease), 'utf8')) as { readonly pid: number };
		const node = toWindows(await fetchWindowsNode(() => {}));
		await second.request('command/exec', { command: [node, '-e', `process.kill(${pid}, 'SIGKILL')`] });
		// Windows knows at once; the streams of a killed program may stay open in Wine for long.
		await until('the first server to end', async () => !(await isRunning(second, pid)));
		gate.open();
		assert.equal((await second.runTurn(id, 'me now')).status, 'completed');
	});

	it('listens on a named pipe, for clients that prove who they are and to whom it proves who it is', async () => {
		const pipe = `\\\\.\\pipe\\tiller-test-${count}`;
		const server = await start(['app-server', '--listen', `unix://${pipe}`]);
		await server.waitUntilReady(() => /listening/.test(server.stderr));
		assert.match(await readFile(host.at(home, 'tiller', 'run', 'pipe.secret'), 'utf8'), /^[0-9a-f]{64}$/);
		const client = await start(['app-server', 'proxy', '--sock', pipe]);
		await client.initialize();
		assert.deepEqual((await client.request('thread/list')).data, []);
		// Two nonces and a proof; a request that does not begin with one gets nothing.
		const said = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
		assert.equal(await sayOnPipe(pipe, [said]), 'end');
		assert.match(await sayOnPipe(pipe, [`tiller-pipe 1 ${'1'.repeat(64)}\n`, `${'2'.repeat(64)}\n`]), /^[0-9a-f]{64} [0-9a-f]{64}\nend$/);
		await client.close();
	});

	it('says nothing on a named pipe that somebody else has taken', async () => {
		const pipe = `\\\\.\\pipe\\tiller-test-${count}`;
		await mkdir(host.at(home, 'tiller', 'run'), { recursive: true });
		await writeFile(host.at(home, 'tiller', 'run', 'pipe.secret'), 'a'.repeat(64));
		const script = `require('net').createServer((s) => s.on('data', (d) => { process.stdout.write(d); s.write('${'1'.repeat(64)} ${'2'.repeat(64)}\\n'); }))
			.listen(${JSON.stringify(pipe)}, () => console.log('taken'));`;
		const stranger = await host.run({ args: ['-e', script], cwd: workspace, env: {} });
		let heard = '';
		stranger.stdout.on('data', (chunk: Buffer) => {
			heard += chunk.toString();
		});
		await until('the stranger to listen', () => heard.includes('taken'));
		const client = await start(['app-server', 'proxy', '--sock', pipe]);
		client.send({ id: 1, method: 'initialize', params: { secret: 'words' } });
		assert.equal((await within('our client to end', client.ended)).code, 1);
		assert.match(client.stderr, /cannot prove that it is a server of this user/);
		assert.match(heard, /^taken\s+tiller-pipe 1 [0-9a-f]{64}\s+$/);
		stranger.kill();
	});

	/** What a pipe answers until it ends, when one text after the other is said, each after an answer. */
	async function sayOnPipe(pipe: string, texts: readonly string[]): Promise<string> {
		const script = `const texts = ${JSON.stringify(texts)}; const s = require('net').connect(${JSON.stringify(pipe)}, () => s.write(texts.shift()));
			s.on('data', (d) => { process.stdout.write(d); const next = texts.shift(); if (next) s.write(next); }).on('error', () => {}).on('close', () => console.log('end'));`;
		const client = await host.run({ args: ['-e', script], cwd: workspace, env: {} });
		let output = '';
		client.stdout.on('data', (chunk: Buffer) => {
			output += chunk.toString();
		});
		await within('the client to end', new Promise((resolve) => client.once('close', resolve)));
		return output.trim();
	}
});
