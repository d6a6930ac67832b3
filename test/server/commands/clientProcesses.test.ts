import assert from 'node:assert/strict';
import { readdir, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import type { AppServerProcess, Message } from '../../support/appServerProcess.ts';
import { until, within } from '../../support/deadline.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';
import { SocketClient } from '../../support/socketClient.ts';

const encoded = (text: string) => Buffer.from(text).toString('base64');

/** State letter and parent of a process; null when there is none. */
async function statOf(pid: number | string): Promise<{ readonly state: string; readonly parent: number } | null> {
	const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
	if (line === null) return null;
	const [state = '', parent] = line.slice(line.lastIndexOf(')') + 2).split(' ');
	return { state, parent: Number(parent) };
}

/** One that ended but was not collected, by an init that takes its time, is not alive. */
async function isAlive(pid: number): Promise<boolean> {
	const stat = await statOf(pid);
	return stat !== null && stat.state !== 'Z';
}

async function untilDead(pid: number): Promise<void> {
	await until('the process to end', async () => !(await isAlive(pid)));
}

/** What a process has open, but for the log, which is opened with its first line. */
async function openFiles(pid: number): Promise<readonly string[]> {
	const files = await Promise.all((await readdir(`/proc/${pid}/fd`)).map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')));
	return files.filter((file) => file !== '' && !file.includes('logs.sqlite'));
}

async function zombiesOf(pid: number): Promise<number> {
	const stats = await Promise.all((await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(statOf));
	return stats.filter((stat) => stat?.state === 'Z' && stat.parent === pid).length;
}

describe("a client's own processes", () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	const ready = async (): Promise<AppServerProcess> => {
		fixture = await serverFixture();
		const server = fixture.start();
		await server.initialize();
		return server;
	};

	it('end with their connection, with what they started, while those of another go on', async () => {
		fixture = await serverFixture();
		const socket = path.join(fixture.home.root, 's.sock');
		const server = fixture.start({ args: ['app-server', '--listen', `unix://${socket}`] });
		await server.waitUntilReady(() => /listening/.test(server.stderr));
		const [first, second] = [await SocketClient.connect(socket), await SocketClient.connect(socket)];
		const isDelta = (each: Message) => each.method === 'process/outputDelta' || each.method === 'command/exec/outputDelta';
		const pidsOf = async (client: SocketClient) => {
			const delta = await client.waitFor('the pids', isDelta);
			return Buffer.from(delta.params.deltaBase64, 'base64').toString().trim().split(' ').map(Number);
		};
		const command = ['sh', '-c', 'sleep 100 & echo $$ $!; wait'];
		const spawn = { command, cwd: fixture.home.workspace, streamStdoutStderr: true, timeoutMs: null };
		await first.request('process/spawn', { ...spawn, processHandle: 'same name' });
		await second.request('process/spawn', { ...spawn, processHandle: 'same name' });
		const [own, others] = [await pidsOf(first), await pidsOf(second)];
		await assert.rejects(first.request('process/kill', { processHandle: 'a name of nobody' }), /no active process for process handle/);
		await first.close();
		for (const pid of own) await within('the process to end', untilDead(pid));
		for (const pid of others) assert.ok(await isAlive(pid));
		await second.request('process/kill', { processHandle: 'same name' });
		for (const pid of others) await within('the process to end', untilDead(pid));
		await second.close();
	});

	it('that read nothing take input up to a limit, and can be killed all the same', async () => {
		const server = await ready();
		const params = { command: ['sleep', '100'], processHandle: 'deaf', cwd: fixture.home.workspace, streamStdin: true, timeoutMs: null };
		await server.request('process/spawn', params);
		const megabyte = 'A'.repeat(4 * 1024 * 1024);
		for (let i = 0; i < 4; i++) await server.request('process/writeStdin', { processHandle: 'deaf', deltaBase64: megabyte });
		await server.request('process/writeStdin', { processHandle: 'deaf', deltaBase64: megabyte });
		const refused = await server.requestError('process/writeStdin', { processHandle: 'deaf', deltaBase64: megabyte });
		assert.match(refused.message, /has not read \d+ bytes/);
		await server.request('process/kill', { processHandle: 'deaf' });
		const exited = await server.waitForNotification('process/exited');
		assert.equal(exited.params.exitCode, -1);
	});

	it('are stopped at their time limit although they refuse to end', async () => {
		const server = await ready();
		const ended = await server.request('command/exec', {
			command: ['sh', '-c', 'trap "" TERM; echo here; while :; do sleep 0.05; done'],
			timeoutMs: 300,
		});
		assert.deepEqual(ended, { exitCode: 124, stdout: 'here\n', stderr: '' });
	});

	it('get the variables that the client sets, without those that it takes away', async () => {
		const server = await ready();
		const { stdout } = await server.request('command/exec', { command: ['env'], env: { TZ: null, ADDED: 'yes' } });
		assert.match(stdout, /^ADDED=yes$/m);
		assert.doesNotMatch(stdout, /^TZ=/m);
		assert.match(stdout, /^HOME=/m);
		const refused = await server.requestError('command/exec', { command: ['env'], env: { 'A=B': 'x' } });
		assert.match(refused.message, /"A=B"/);
	});

	it('see a terminal of the size that was asked for, and typing reaches them', async () => {
		const server = await ready();
		const script = 'stty size; read line; stty size; echo "got $line"';
		const params = { command: ['sh', '-c', script], processHandle: 't', cwd: fixture.home.workspace, tty: true, size: { rows: 11, cols: 44 } };
		await server.request('process/spawn', params);
		let seen = '';
		const sees = (text: string) =>
			server.waitForNotification('process/outputDelta', (delta) => {
				seen += Buffer.from(delta.deltaBase64, 'base64').toString();
				return seen.includes(text);
			});
		await sees('11 44');
		await server.request('process/resizePty', { processHandle: 't', size: { rows: 22, cols: 55 } });
		await server.request('process/writeStdin', { processHandle: 't', deltaBase64: encoded('hello\n') });
		await sees('got hello');
		assert.match(seen, /22 55/);
		assert.equal((await server.waitForNotification('process/exited')).params.exitCode, 0);
	});

	it('leave no open file and no zombie behind after two hundred of them', async () => {
		const server = await ready();
		const pid = server.process.pid ?? 0;
		const run = () =>
			server.request('command/exec', { command: ['sh', '-c', 'echo out; echo err >&2'], streamStdin: true, processId: crypto.randomUUID() });
		await run();
		const before = await openFiles(pid);
		for (let i = 0; i < 20; i++) {
			const all = await Promise.all(Array.from({ length: 10 }, run));
			assert.ok(all.every(({ exitCode, stdout }) => exitCode === 0 && stdout === 'out\n'));
		}
		const left = await openFiles(pid);
		assert.ok(left.length <= before.length + 2, left.filter((file) => !before.includes(file)).join());
		assert.equal(await zombiesOf(pid), 0);
	});
});
