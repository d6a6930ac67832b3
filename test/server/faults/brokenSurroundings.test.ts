import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import type { AppServerProcess } from '../../support/appServerProcess.ts';
import { respond } from '../../support/model/fakeModelServer.ts';
import { message } from '../../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

describe('broken surroundings', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	const ready = async (): Promise<AppServerProcess> => {
		fixture = await serverFixture([respond(message('Hi.'))]);
		const server = fixture.start();
		await server.initialize();
		return server;
	};

	it('such as arrays in arrays without end are dropped, and the next request is answered', async () => {
		const server = await ready();
		server.sendLine('['.repeat(200_000) + ']'.repeat(200_000));
		assert.ok(await server.request('model/list'));
		assert.match(server.stderr, /nested deeper than 128 levels/);
	});

	it('such as a folder that cannot exist does not end the server', async () => {
		const server = await ready();
		await server.request('thread/start', { cwd: '/tmp/a\0b' }).catch(() => null);
		assert.ok(await server.request('model/list'));
		assert.ok(await server.startThread(fixture.home));
	});

	for (const [what, cwd] of [
		['half a character', '"/tmp/\\ud800x"'],
		['a control character', '"/tmp/a\\u007fb"'],
	] as const) {
		it(`such as a folder with ${what} in its name leaves a configuration that can be read`, async () => {
			const server = await ready();
			server.sendLine(`{"id":"odd","method":"thread/start","params":{"cwd":${cwd},"sandbox":"workspace-write"}}`);
			await server.waitFor('the answer', (answer) => answer.id === 'odd');
			assert.ok(await server.startThread(fixture.home));
		});
	}

	it('such as a configuration whose projects stand on one line does not break it', async () => {
		const server = await ready();
		const config = path.join(fixture.home.codexHome, 'config.toml');
		await writeFile(config, `projects = { "/elsewhere" = { trust_level = "trusted" } }\n${await readFile(config, 'utf8')}`);
		await server.startThread(fixture.home, { sandbox: 'workspace-write' });
		assert.ok(await server.startThread(fixture.home, { sandbox: 'workspace-write' }));
	});

	it('such as a rollout path that is a pipe is refused at once', async () => {
		const server = await ready();
		const pipe = path.join(fixture.home.root, 'pipe');
		execFileSync('mkfifo', [pipe]);
		const refused = await server.requestError('thread/resume', { threadId: '00000000-0000-0000-0000-000000000000', path: pipe });
		assert.match(refused.message, /no rollout found at/);
	});

	it('such as a configuration that is a pipe holds nobody up, and is named to who needs it', async () => {
		const server = await ready();
		const file = path.join(fixture.home.codexHome, 'config.toml');
		await rm(file);
		execFileSync('mkfifo', [file]);
		assert.ok(await server.startThread(fixture.home), 'who works already goes on as before');
		const other = fixture.start();
		await other.initialize();
		for (const [method, params] of [
			['thread/start', { cwd: fixture.home.workspace }],
			['config/read', {}],
		] as const)
			assert.match((await other.requestError(method, params)).message, /config\.toml: it is a pipe, not a file/);
	});

	it('such as a file of names that is a folder hides no thread', async () => {
		const server = await ready();
		const id = await server.startThread(fixture.home);
		await server.runTurn(id, 'hello');
		await mkdir(path.join(fixture.home.codexHome, 'session_index.jsonl'));
		const { data } = await server.request('thread/list');
		assert.deepEqual(
			data.map((thread: { id: string }) => thread.id),
			[id],
		);
	});

	it('such as a client that no longer reads the log does not end the server', async () => {
		const server = await ready();
		server.process.stderr.destroy();
		for (let i = 0; i < 3; i++) {
			server.sendLine('no JSON');
			assert.ok(await server.request('model/list'));
		}
	});

	it('such as a home that takes no threads: the turn ends and says why, and the next one too', async () => {
		const server = await ready();
		await writeFile(path.join(fixture.home.codexHome, 'sessions'), 'a file where a folder belongs');
		const id = await server.startThread(fixture.home);
		for (const text of ['hello', 'again']) {
			const turn = await server.runTurn(id, text);
			assert.equal(turn.status, 'failed');
			assert.match(turn.error.message, /cannot be saved/);
		}
	});
});
