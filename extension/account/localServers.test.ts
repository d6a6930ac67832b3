import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { localModels, localServers } from './localServers.ts';

describe('models on this computer', () => {
	const [ollama] = localServers;
	assert.ok(ollama !== undefined);

	const modelsFrom = async (status: number, body: string) => {
		const server = createServer((_, response) => response.writeHead(status, { 'content-type': 'application/json' }).end(body));
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		try {
			return await localModels({ ...ollama, modelsUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/models` });
		} finally {
			server.closeAllConnections();
			server.close();
		}
	};

	it('are those that can talk, by name', async () => {
		const body = { object: 'list', data: [{ id: 'qwen3:8b' }, { id: 'nomic-embed-text:latest' }, { id: 'gpt-oss:20b' }, { name: 'no id' }] };
		assert.deepEqual(await modelsFrom(200, JSON.stringify(body)), ['gpt-oss:20b', 'qwen3:8b']);
		assert.deepEqual(await modelsFrom(200, '{"data":null}'), []);
	});

	it('are unknown when something else answers, or nothing', async () => {
		assert.equal(await modelsFrom(200, '<html>'), null);
		assert.equal(await modelsFrom(404, '{}'), null);
		assert.equal(await localModels({ ...ollama, modelsUrl: 'http://127.0.0.1:9/v1/models' }), null);
	});
});
