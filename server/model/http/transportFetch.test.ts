import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'mocha';
import { HttpTransport } from './httpStream.ts';
import { transportFetch } from './transportFetch.ts';

describe('files at addresses that a service names', () => {
	const seen: { readonly method: string; readonly url: string; readonly body: string }[] = [];
	let proxy: http.Server;
	let transport: HttpTransport;
	before(async () => {
		proxy = http.createServer((request, response) => {
			const chunks: Buffer[] = [];
			request.on('data', (chunk: Buffer) => chunks.push(chunk));
			request.on('end', () => {
				seen.push({ method: request.method ?? '', url: request.url ?? '', body: Buffer.concat(chunks).toString('hex') });
				response.writeHead(request.method === 'PUT' ? 204 : 200);
				response.end(request.method === 'PUT' ? undefined : Buffer.from([0, 255, 1]));
			});
		});
		proxy.listen(0, '127.0.0.1');
		await once(proxy, 'listening');
		transport = new HttpTransport({ HTTP_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` });
	});
	after(() => {
		transport.dispose();
		proxy.closeAllConnections();
		proxy.close();
	});

	it('go up and down through the proxy of the environment, byte for byte', async () => {
		const transfer = transportFetch(transport, 'Plugins');
		const { signal } = new AbortController();
		const up = await transfer('http://files.test/up?sig=1', {
			method: 'PUT',
			headers: { 'content-type': 'x/y' },
			body: Buffer.from([255, 0, 7]),
			signal,
		});
		assert.deepEqual([up.status, up.ok], [204, true]);
		const down = await transfer('http://files.test/down', { method: 'GET', signal });
		assert.deepEqual([...new Uint8Array(await down.arrayBuffer())], [0, 255, 1]);
		assert.deepEqual(seen, [
			{ method: 'PUT', url: 'http://files.test/up?sig=1', body: 'ff0007' },
			{ method: 'GET', url: 'http://files.test/down', body: '' },
		]);
	});
});
