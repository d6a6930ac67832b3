import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { until } from '../../support/deadline.ts';
import { respond } from '../../support/model/fakeModelServer.ts';
import { message } from '../../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

describe('a disk that is full', () => {
	let fixture: ServerFixture;
	let mounted: string | null = null;
	afterEach(async () => {
		// Lazily: servers that still run may have files open there.
		if (mounted !== null) spawnSync('umount', ['-l', mounted]);
		mounted = null;
		await fixture.dispose();
	});

	/** False where this user may not mount. */
	const mount = (folder: string) => {
		mkdirSync(folder, { recursive: true });
		if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', folder]).status !== 0) return false;
		mounted = folder;
		return true;
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
	const free = (folder: string) => spawnSync('sh', ['-c', `rm -f '${folder}'/fill-*`]);

	it('lets the turn go on, says that it cannot be saved, and all of it is saved when there is room again', async function () {
		fixture = await serverFixture(['One.', 'Two.', 'Three.'].map((text, n) => respond(message(text, `msg_${n}`))));
		const sessions = path.join(fixture.home.codexHome, 'sessions');
		if (!mount(sessions)) return this.skip();
		const server = fixture.start();
		await server.initialize();
		const { thread } = await server.request('thread/start', { cwd: fixture.home.workspace });
		await server.runTurn(thread.id, 'first');
		fill(sessions);
		assert.equal((await server.runTurn(thread.id, `second ${'x'.repeat(20_000)}`)).status, 'completed');
		const { params } = await server.waitForNotification('warning');
		assert.match(params.message, /cannot be saved right now \(ENOSPC/);
		free(sessions);
		assert.equal((await server.runTurn(thread.id, 'third')).status, 'completed');
		await server.close();
		const second = fixture.start();
		await second.initialize();
		const read = await second.request('thread/read', { threadId: thread.id, includeTurns: true });
		assert.deepEqual(
			read.thread.turns.map((turn: { items: { text?: string }[] }) => turn.items.at(-1)?.text),
			['One.', 'Two.', 'Three.'],
		);
		assert.ok(
			readFileSync(thread.path, 'utf8')
				.split('\n')
				.every((line) => line === '' || JSON.parse(line)),
			'no line is torn',
		);
	});

	it('holds up the record of a thread until there is room, without another turn, and a lease without content holds nobody up', async function () {
		fixture = await serverFixture(['One.', 'Two.', 'Three.'].map((text, n) => respond(message(text, `msg_${n}`))));
		const { codexHome } = fixture.home;
		const sessions = path.join(codexHome, 'sessions');
		if (!mount(sessions)) return this.skip();
		const server = fixture.start();
		await server.initialize();
		const { thread } = await server.request('thread/start', { cwd: fixture.home.workspace });
		await server.runTurn(thread.id, 'first');
		fill(sessions);
		await server.runTurn(thread.id, `second ${'x'.repeat(20_000)}`);
		await server.waitForNotification('warning');
		free(sessions);
		await until('the turn is in the file', () => readFileSync(thread.path, 'utf8').includes('"Two."'));
		// What a full disk leaves of a lease.
		writeFileSync(path.join(codexHome, 'tiller/leases', `${thread.id}.json`), '');
		assert.equal((await server.runTurn(thread.id, 'third')).status, 'completed');
		await until('the next one is, too', () => readFileSync(thread.path, 'utf8').includes('"Three."'));
		assert.ok(
			readFileSync(thread.path, 'utf8')
				.split('\n')
				.every((line) => line === '' || JSON.parse(line)),
			'no line is torn',
		);
	});

	it('in the place of the index costs the search only', async function () {
		fixture = await serverFixture([respond(message('One.'))]);
		const folder = path.join(fixture.home.codexHome, 'tiller');
		if (!mount(folder)) return this.skip();
		fill(folder);
		const server = fixture.start();
		await server.initialize();
		const id = await server.startThread(fixture.home);
		await server.runTurn(id, 'hello');
		assert.equal((await server.request('thread/list')).data.length, 1);
		await server.requestError('thread/search', { query: 'hello' });
		await server.request('thread/name/set', { threadId: id, name: 'Named' });
		assert.match((await server.requestError('thread/metadata/update', { threadId: id, gitInfo: { branch: 'b' } })).message, /ENOSPC/);
		assert.equal((await server.request('thread/list')).data[0].name, 'Named');
	});

	it('or a home that is read-only: threads can be read, and what cannot be written is said', async function () {
		fixture = await serverFixture([respond(message('One.')), respond(message('Two.', 'msg_2'))]);
		const first = fixture.start();
		await first.initialize();
		const { thread } = await first.request('thread/start', { cwd: fixture.home.workspace });
		await first.runTurn(thread.id, 'hello');
		await first.close();
		const { codexHome } = fixture.home;
		if (spawnSync('mount', ['--bind', codexHome, codexHome]).status !== 0) return this.skip();
		mounted = codexHome;
		assert.equal(spawnSync('mount', ['-o', 'remount,ro,bind', codexHome]).status, 0);
		const server = fixture.start();
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
