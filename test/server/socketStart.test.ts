import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { within } from '../support/deadline.ts';
import { type ServerFixture, serverFixture } from '../support/serverFixture.ts';
import { SocketClient } from '../support/socketClient.ts';

describe('the start on a unix socket', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	it('of several servers at once, where a killed one left its socket: one runs and can be reached, the others end', async () => {
		fixture = await serverFixture();
		const socket = path.join(fixture.home.root, 's.sock');
		const start = () => fixture.start({ args: ['app-server', '--listen', `unix://${socket}`] });
		const killed = start();
		await killed.waitUntilReady(() => /listening/.test(killed.stderr));
		await killed.kill();
		assert.ok(existsSync(socket));

		const servers = Array.from({ length: 4 }, start);
		await Promise.all(servers.map((server) => Promise.race([server.ended, server.waitUntilReady(() => /address=/.test(server.stderr))])));
		assert.equal(servers.filter((server) => /address=/.test(server.stderr)).length, 1);
		const client = await SocketClient.connect(socket);
		assert.deepEqual((await client.request('thread/list')).data, []);
		await client.close();
		assert.equal(existsSync(`${socket}.lock`), false);
	});

	it('does not remove a file that is no socket', async () => {
		fixture = await serverFixture();
		const file = path.join(fixture.home.root, 'notes.txt');
		await writeFile(file, 'mine');
		const server = fixture.start({ args: ['app-server', '--listen', `unix://${file}`] });
		assert.equal((await within('the server to end', server.ended)).code, 1);
		assert.match(server.stderr, /notes\.txt: it exists and is no socket/);
		assert.equal(await readFile(file, 'utf8'), 'mine');
	});
});
