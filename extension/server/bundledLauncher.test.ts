import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppServer } from './appServer.ts';
import { bundledLauncher } from './bundledLauncher.ts';
import { backoffPolicy } from './restartPolicy.ts';
import { inEnglish } from './translate.ts';
import { prepareRunFiles, serverPid } from './runFolder.ts';
import type { RunFiles } from './runFolder.ts';

/** Does what the launcher relies on: listens, writes its state, gives way to one that listens already, ends when told. */
const scriptedServer = `
const fs = require('node:fs'), http = require('node:http'), net = require('node:net');
const { WebSocketServer } = require(${JSON.stringify(fileURLToPath(new URL('../../node_modules/ws/index.js', import.meta.url)))});
const args = process.argv.slice(2);
const socket = args[args.indexOf('--listen') + 1].slice('unix://'.length);
const state = args[args.indexOf('--state-file') + 1];
if (process.env.BROKEN) { console.error('this server is broken'); process.exit(3); }
const probe = net.connect(socket);
probe.on('connect', () => { console.error('already running'); process.exit(0); });
probe.on('error', () => {
	fs.rmSync(socket, { force: true });
	const server = http.createServer();
	server.on('error', () => process.exit(0));
	server.listen(socket, () => fs.writeFileSync(state, JSON.stringify({ pid: process.pid, socket })));
	new WebSocketServer({ server }).on('connection', peer => peer.on('message', data => {
		const { id, method } = JSON.parse(data);
		if (method === 'model/list') process.kill(process.pid, 'SIGKILL');
		if (id !== undefined) peer.send(JSON.stringify({ id, result: { userAgent: String(process.pid), codexHome: '', platformFamily: '', platformOs: '' } }));
	}));
});
process.on('SIGTERM', () => process.exit(0));
`;

describe('bundled server', () => {
	let folder: string;
	let script: string;
	let files: RunFiles;
	const servers: AppServer[] = [];
	const pids = new Set<number>();

	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tiller-run-'));
		script = path.join(folder, 'server.cjs');
		fs.writeFileSync(script, scriptedServer);
		files = prepareRunFiles({ t: inEnglish, home: folder, script });
	});
	afterEach(() => {
		for (const server of servers.splice(0)) server.dispose();
		for (const pid of pids) {
			try {
				process.kill(pid, 'SIGKILL');
			} catch {
				// It has ended already.
			}
		}
		pids.clear();
		fs.rmSync(folder, { recursive: true, force: true });
	});

	function window(env: Record<string, string> = {}): AppServer {
		const log = { warn: () => {} };
		const server = new AppServer({
			launcher: () => bundledLauncher({ t: inEnglish, script, files, env: { PATH: process.env['PATH'] ?? '', ...env }, log }),
			policy: backoffPolicy({ crashes: 3, withinMs: 60_000, firstDelayMs: 5, maxDelayMs: 5 }),
			clientVersion: '1',
			onRequest: async () => null,
			log,
			t: inEnglish,
			gaveUp: (cause) => cause,
		});
		servers.push(server);
		return server;
	}

	/** The process that a window is connected with. */
	async function pidOf(server: AppServer): Promise<number> {
		const pid = Number((await server.ready()).info.userAgent);
		pids.add(pid);
		return pid;
	}

	it('is shared by windows that start at the same time, and found again after a reload', async () => {
		const both = await Promise.all([window(), window()].map(pidOf));
		assert.equal(both[0], both[1]);
		for (const server of servers.splice(0)) server.dispose();
		assert.equal(await pidOf(window()), both[0]);
	});

	it('is found again after its program was built again without a change, and left alone by another one', async () => {
		const first = await pidOf(window());
		fs.utimesSync(script, new Date(0), new Date(0));
		files = prepareRunFiles({ t: inEnglish, home: folder, script });
		for (const server of servers.splice(0)) server.dispose();
		assert.equal(await pidOf(window()), first);
		fs.writeFileSync(path.join(folder, 'serverMain.js'), '// what the program loads');
		files = prepareRunFiles({ t: inEnglish, home: folder, script });
		assert.notEqual(await pidOf(window()), first);
	});

	it('is started anew after a crash', async () => {
		const server = window();
		const first = await pidOf(server);
		await assert.rejects((await server.ready()).request('model/list', {}));
		const second = await pidOf(server);
		assert.notEqual(second, first);
	});

	it('is another process after a restart that a person asked for', async () => {
		const server = window();
		const first = await pidOf(server);
		assert.equal(serverPid(files), first);
		await server.restart();
		assert.notEqual(await pidOf(server), first);
		assert.throws(() => process.kill(first, 0));
	});

	it('is given up when it ends at once, its words are in the log', async () => {
		await assert.rejects(window({ BROKEN: '1' }).ready(), /ended with code 3/);
		assert.match(fs.readFileSync(files.log, 'utf8'), /this server is broken/);
		assert.equal(fs.statSync(files.log).mode & 0o777, 0o600);
		assert.equal(fs.statSync(path.dirname(files.log)).mode & 0o777, 0o700);
	});

	it('has a short socket path in a folder of this user when the home is deep', () => {
		const deep = prepareRunFiles({ t: inEnglish, home: path.join(folder, 'x'.repeat(120)), script });
		assert.ok(deep.socket.length <= 100);
		assert.equal(fs.statSync(path.dirname(deep.socket)).mode & 0o777, 0o700);
	});
});
