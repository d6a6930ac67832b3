import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { within } from '../../support/deadline.ts';
import { httpError, say } from '../../support/model/fakeModelServer.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

describe('what the configured provider can do', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	/** The key of the provider comes from this script. */
	async function keyFrom(args: readonly string[]): Promise<void> {
		const file = path.join(fixture.home.codexHome, 'config.toml');
		const auth = `[model_providers.fake.auth]\ncommand = "/bin/sh"\nargs = ${JSON.stringify(args)}\n`;
		await fixture.home.config(`${await readFile(file, 'utf8')}\n${auth}`);
	}

	it('is told under both spellings, and nothing is promised that is not offered', async () => {
		fixture = await serverFixture();
		const server = fixture.start();
		await server.initialize();
		const capabilities = { namespaceTools: true, imageGeneration: false, webSearch: true };
		assert.deepEqual(await server.request('modelProvider/capabilities/read', {}), capabilities);
		const { modelProvider, listsModels, ...older } = await server.request('modelProvider/read', {});
		assert.deepEqual(older, capabilities);
		assert.equal(typeof modelProvider, 'string');
		// The fake model's provider has no list.
		assert.equal(listsModels, false);
	});

	it('gets its key from a program, and a new one when it refuses the old one', async () => {
		fixture = await serverFixture([say('One.'), httpError(401, { error: { message: 'expired' } }), say('Two.')]);
		const { home, model } = fixture;
		const script = 'echo x >> keys; echo "key-$(wc -l < keys | tr -d \' \')"';
		await writeFile(path.join(home.codexHome, 'key.sh'), script);
		await keyFrom(['key.sh']);
		const server = fixture.start();
		await server.initialize();
		const threadId = await server.startThread(home);
		for (const text of ['one', 'two']) assert.equal((await server.runTurn(threadId, text)).status, 'completed');
		const used = model.requests.map(({ headers }) => headers.authorization);
		assert.deepEqual(used, ['Bearer key-1', 'Bearer key-1', 'Bearer key-2']);
	});

	it('fails with the reason when the program gives no key', async () => {
		fixture = await serverFixture();
		await keyFrom(['-c', 'echo log in first >&2; exit 4']);
		const server = fixture.start();
		await server.initialize();
		const turn = await server.runTurn(await server.startThread(fixture.home), 'go');
		assert.equal(turn.status, 'failed');
		assert.match(turn.error.message, /The key of Fake comes from the program \/bin\/sh.*exit code 4: log in first/);
		assert.equal(turn.error.codexErrorInfo, 'unauthorized');
	});

	it('is refused for a provider that does not exist', async () => {
		fixture = await serverFixture([], { model_provider: '"nobody"' });
		const server = fixture.start();
		await server.initialize();
		await assert.rejects(server.request('modelProvider/read', {}), /model_provider/);
	});

	it('is connected in advance when a thread is started, resumed or forked', async () => {
		fixture = await serverFixture([say('One.')]);
		const server = fixture.start();
		await server.initialize();
		const threadId = await server.startThread(fixture.home);
		await server.runTurn(threadId, 'one');
		await server.close();

		let asked = Promise.withResolvers<void>();
		const sockets = http.createServer().on('upgrade', (_request, socket) => {
			socket.destroy();
			asked.resolve();
		});
		await new Promise<void>((done) => sockets.listen(0, '127.0.0.1', done));
		try {
			const file = path.join(fixture.home.codexHome, 'config.toml');
			const { port } = sockets.address() as AddressInfo;
			const config = (await readFile(file, 'utf8')).replace(/base_url = .*/, `base_url = "http://127.0.0.1:${port}/v1"\nsupports_websockets = true`);
			await fixture.home.config(config.replace(/supports_websockets = false\n/, ''));
			for (const method of ['thread/start', 'thread/resume', 'thread/fork'] as const) {
				asked = Promise.withResolvers<void>();
				const again = fixture.start();
				await again.initialize();
				if (method === 'thread/start') await again.startThread(fixture.home);
				else await again.request(method, { threadId });
				await within(`the connection after ${method}`, asked.promise);
				await again.close();
			}
		} finally {
			sockets.close();
		}
	});
});
