import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { until } from '../../support/deadline.ts';
import { respond } from '../../support/model/fakeModelServer.ts';
import { message } from '../../support/model/modelEvents.ts';
import { needsBubblewrap } from '../../support/needsBubblewrap.ts';
import { onDiskOf, onOwnDisk } from '../../support/ownDisk.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

describe('a disk that is full', () => {
	let fixture: ServerFixture;
	beforeEach(function () {
		needsBubblewrap(this);
	});
	afterEach(() => fixture?.dispose());

	/** A server with a disk of 256 KiB in the place of a folder, and that folder as it sees it. */
	const startOnSmallDisk = async (folder: string) => {
		mkdirSync(folder, { recursive: true });
		const server = fixture.start({ within: onOwnDisk({ folder, kind: 'small', bytes: 262_144 }) });
		await server.initialize();
		const seen = onDiskOf(server.process.pid, folder);
		assert.ok(seen !== null);
		return { server, seen };
	};
	const fill = (folder: string) => {
		for (const size of [65_536, 4096, 512, 1]) {
			for (let n = 0; n < 600; n++) {
				try {
					writeFileSync(path.join(folder, `fill-${size}-${n}`), Buffer.alloc(size), { flag: 'wx' });
				} catch {
					break;
				}
			}
		}
	};
	/** Whether a file has whole lines only. */
	const isWhole = (file: string) =>
		readFileSync(file, 'utf8')
			.split('\n')
			.every((line) => line === '' || JSON.parse(line));
	const free = (folder: string) => spawnSync('sh', ['-c', `rm -f '${folder}'/fill-*`]);

	it('lets the turn go on, says that it cannot be saved, and all of it is saved when there is room again', async () => {
		fixture = await serverFixture(['One.', 'Two.', 'Three.'].map((text, n) => respond(message(text, `msg_${n}`))));
		const sessions = path.join(fixture.home.codexHome, 'sessions');
		const { server, seen } = await startOnSmallDisk(sessions);
		const { thread } = await server.request('thread/start', { cwd: fixture.home.workspace });
		await server.runTurn(thread.id, 'first');
		fill(seen);
		assert.equal((await server.runTurn(thread.id, `second ${'x'.repeat(20_000)}`)).status, 'completed');
		const { params } = await server.waitForNotification('warning');
		assert.match(params.message, /cannot be saved right now \(ENOSPC/);
		free(seen);
		assert.equal((await server.runTurn(thread.id, 'third')).status, 'completed');
		const file = path.join(seen, path.relative(sessions, thread.path));
		assert.ok(isWhole(file), 'no line is torn');
		// The disk is gone with the server.
		cpSync(seen, sessions, { recursive: true });
		await server.close();
		const second = fixture.start();
		await second.initialize();
		const read = await second.request('thread/read', { threadId: thread.id, includeTurns: true });
		assert.deepEqual(
			read.thread.turns.map((turn: { items: { text?: string }[] }) => turn.items.at(-1)?.text),
			['One.', 'Two.', 'Three.'],
		);
	});

	it('holds up the record of a thread until there is room, without another turn, and a lease without content holds nobody up', async () => {
		fixture = await serverFixture(['One.', 'Two.', 'Three.'].map((text, n) => respond(message(text, `msg_${n}`))));
		const { codexHome } = fixture.home;
		const sessions = path.join(codexHome, 'sessions');
		const { server, seen } = await startOnSmallDisk(sessions);
		const { thread } = await server.request('thread/start', { cwd: fixture.home.workspace });
		await server.runTurn(thread.id, 'first');
		fill(seen);
		await server.runTurn(thread.id, `second ${'x'.repeat(20_000)}`);
		await server.waitForNotification('warning');
		free(seen);
		const file = path.join(seen, path.relative(sessions, thread.path));
		await until('the turn is in the file', () => readFileSync(file, 'utf8').includes('"Two."'));
		// What a full disk leaves of a lease.
		writeFileSync(path.join(codexHome, 'tiller/leases', `${thread.id}.json`), '');
		assert.equal((await server.runTurn(thread.id, 'third')).status, 'completed');
		await until('the next one is, too', () => readFileSync(file, 'utf8').includes('"Three."'));
		assert.ok(isWhole(file), 'no line is torn');
	});

	it('in the place of the index costs the search only', async () => {
		fixture = await serverFixture([respond(message('One.'))]);
		const folder = path.join(fixture.home.codexHome, 'tiller');
		const { server, seen } = await startOnSmallDisk(folder);
		fill(seen);
		const id = await server.startThread(fixture.home);
		await server.runTurn(id, 'hello');
		assert.equal((await server.request('thread/list')).data.length, 1);
		await server.requestError('thread/search', { query: 'hello' });
		await server.request('thread/name/set', { threadId: id, name: 'Named' });
		assert.match((await server.requestError('thread/metadata/update', { threadId: id, gitInfo: { branch: 'b' } })).message, /ENOSPC/);
		assert.equal((await server.request('thread/list')).data[0].name, 'Named');
	});

	it('or a home that is read-only: threads can be read, and what cannot be written is said', async () => {
		fixture = await serverFixture([respond(message('One.')), respond(message('Two.', 'msg_2'))]);
		const first = fixture.start();
		await first.initialize();
		const { thread } = await first.request('thread/start', { cwd: fixture.home.workspace });
		await first.runTurn(thread.id, 'hello');
		await first.close();
		const { codexHome } = fixture.home;
		const server = fixture.start({ within: onOwnDisk({ folder: codexHome, kind: 'readOnly' }) });
		await server.initialize();
		assert.equal((await server.request('thread/list')).data.length, 1);
		await server.request('thread/resume', { threadId: thread.id });
		const read = await server.request('thread/read', { threadId: thread.id, includeTurns: true });
		assert.equal(read.thread.turns.length, 1);
		assert.match((await server.requestError('thread/name/set', { threadId: thread.id, name: 'x' })).message, /EROFS/);
		await server.runTurn(thread.id, 'again');
		await server.waitForNotification('warning', (params) => /cannot be saved right now \(EROFS/.test(params.message));
		assert.match((await server.requestError('thread/delete', { threadId: thread.id })).message, /EROFS/);
		assert.equal((await server.request('thread/list')).data.length, 1);
	});
});
