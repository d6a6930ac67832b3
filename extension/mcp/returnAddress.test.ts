import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { bringBack, returnAddress } from './returnAddress.ts';

describe('the way back from a sign-in', () => {
	const visited: string[] = [];
	let page: http.Server;
	let redirect = '';
	beforeEach(async () => {
		visited.splice(0);
		// What waits for the browser on the server's computer.
		page = http.createServer((request, response) => {
			visited.push(request.url ?? '');
			response.end('You may close this page.');
		});
		page.listen(0, '127.0.0.1');
		await once(page, 'listening');
		redirect = `http://127.0.0.1:${(page.address() as AddressInfo).port}/callback`;
	});
	afterEach(() => {
		page.closeAllConnections();
		page.close();
	});
	const visit = async (address: string) => void (await (await fetch(address)).text());

	it('needs nothing where the browser reaches the same address', async () => {
		await bringBack(redirect, { external: (address) => Promise.resolve(`${address}/`), paste: () => assert.fail('somebody was asked'), visit });
		assert.deepEqual(visited, []);
	});

	it('is the address that the browser ended at, where the port is another one on the computer of the person', async () => {
		const asked: (string | null)[] = [];
		const answers = ['https://provider.test/start', ` http://127.0.0.1:1/callback?code=a%26b&state=s `];
		await bringBack(redirect, {
			external: () => Promise.resolve('http://localhost:61000/callback'),
			paste: (problem) => {
				asked.push(problem);
				return Promise.resolve(answers.shift());
			},
			visit,
		});
		assert.deepEqual(asked, [null, 'https://provider.test/start']);
		assert.deepEqual(visited, ['/callback?code=a%26b&state=s']);
	});

	it('goes on by itself where the person pastes nothing', async () => {
		await bringBack(redirect, {
			external: () => Promise.resolve('https://tunnel.test/callback'),
			paste: () => Promise.resolve(undefined),
			visit,
		});
		assert.deepEqual(visited, []);
	});

	it('leads to the server alone, whatever is pasted', () => {
		const to = (pasted: string) => returnAddress('http://127.0.0.1:7/callback', pasted);
		assert.equal(to('https://evil.test:9/callback?state=s&error=denied#x'), 'http://127.0.0.1:7/callback?state=s&error=denied');
		for (const wrong of ['', 'x', 'http://127.0.0.1:7/other?code=a&state=s', 'http://127.0.0.1:7/callback?code=a', 'http://127.0.0.1:7/callback'])
			assert.equal(to(wrong), null);
	});
});
