import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { certificate, certificateKey } from '../../../test/support/certificate.ts';
import { HttpTransport } from './httpStream.ts';
import { ModelError } from '../model.ts';

describe('the way to a provider', () => {
	const servers: (http.Server | https.Server)[] = [];
	const transports: HttpTransport[] = [];
	let folder: string;
	beforeEach(() => {
		folder = mkdtempSync(path.join(os.tmpdir(), 'tiller-http-'));
	});
	afterEach(async () => {
		for (const transport of transports.splice(0)) transport.dispose();
		for (const server of servers.splice(0)) {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		}
		rmSync(folder, { recursive: true, force: true });
	});

	const listening = async <S extends http.Server | https.Server>(server: S) => {
		servers.push(server);
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		return (server.address() as AddressInfo).port;
	};
	const secure = (answer: http.RequestListener) => listening(https.createServer({ cert: certificate, key: certificateKey }, answer));
	const plain = (answer: http.RequestListener) => listening(http.createServer(answer));
	const ask = async (url: string, env: Record<string, string>, headers: Record<string, string> = {}) => {
		const transport = new HttpTransport(env);
		transports.push(transport);
		const send = {
			method: 'POST',
			url: new URL(url),
			headers,
			body: '{"a":1}',
			providerName: 'Mock',
			secrets: ['sk-secret'],
			idleTimeoutMs: 5000,
		} as const;
		const answer = await transport.send(send, new AbortController().signal);
		return { status: answer.statusCode, body: await text(answer) };
	};
	/** A proxy that says where it was asked to go, and goes to the port that it is given. */
	const proxy = async () => {
		const asked: string[] = [];
		const server = http.createServer((request, response) => {
			asked.push(`${request.method} ${request.url}`);
			response.end('by proxy');
		});
		server.on('connect', (request, client: net.Socket) => {
			asked.push(`CONNECT ${request.url}`);
			const [, port = ''] = (request.url ?? '').split(':');
			const upstream = net.connect(Number(port), '127.0.0.1', () => {
				client.write('HTTP/1.1 200 OK\r\n\r\n');
				upstream.pipe(client).pipe(upstream);
			});
			for (const socket of [client, upstream]) socket.on('error', () => socket.destroy());
		});
		return { address: `127.0.0.1:${await listening(server)}`, asked };
	};

	for (const variable of ['CODEX_CA_CERTIFICATE', 'SSL_CERT_FILE']) {
		it(`trusts the certificates that ${variable} names, beside all others`, async () => {
			const port = await secure((_, response) => response.end('hello'));
			const file = path.join(folder, 'ca.pem');
			writeFileSync(file, `# Ours\n${certificate}`);
			assert.equal((await ask(`https://localhost:${port}/`, { [variable]: file })).body, 'hello');
			await assert.rejects(ask(`https://localhost:${port}/`, {}), /self.signed/i);
			await assert.rejects(
				ask(`https://localhost:${port}/`, { [variable]: path.join(folder, 'missing') }),
				(error: unknown) => error instanceof ModelError && error.message.includes(variable),
			);
			writeFileSync(file, 'no certificate');
			await assert.rejects(ask(`https://localhost:${port}/`, { [variable]: file }), /holds no certificate/);
		});
	}

	it('leads through the proxy that ALL_PROXY names, without a scheme too, for both protocols', async () => {
		const file = path.join(folder, 'ca.pem');
		writeFileSync(file, certificate);
		const port = await secure((_, response) => response.end('hello'));
		for (const form of ['', 'http://']) {
			const { address, asked } = await proxy();
			assert.equal((await ask('http://model.invalid/x', { ALL_PROXY: form + address })).body, 'by proxy');
			assert.equal((await ask(`https://localhost:${port}/`, { all_proxy: form + address, SSL_CERT_FILE: file })).body, 'hello');
			assert.deepEqual(asked, ['POST http://model.invalid/x', `CONNECT localhost:${port}`]);
		}
		await assert.rejects(ask('http://model.invalid/', { ALL_PROXY: 'socks5://127.0.0.1:1' }), /kind that is not known \(socks5/);
	});

	it('goes past the proxy for what NO_PROXY names, also as a network', async () => {
		const port = await plain((_, response) => response.end('direct'));
		const { address, asked } = await proxy();
		for (const except of ['127.0.0.0/8', '10.0.0.0/8, 127.0.0.1/32', '127.0.0.1', '*', `127.0.0.1:${port}`]) {
			assert.equal((await ask(`http://127.0.0.1:${port}/`, { HTTP_PROXY: address, NO_PROXY: except })).body, 'direct', except);
		}
		for (const other of ['127.0.0.0/33', '10.0.0.0/8', '::1/128', 'x/8', '127.0.0.1:1']) {
			assert.equal((await ask(`http://127.0.0.1:${port}/`, { HTTP_PROXY: address, NO_PROXY: other })).body, 'by proxy', other);
		}
		assert.equal(asked.length, 5);
	});

	it('follows 307 and 308 with the whole request, and gives the key to no other server', async () => {
		const seen: string[] = [];
		const end = await plain((request, response) => {
			void text(request).then((body) => {
				seen.push(`${request.headers.authorization ?? 'no key'} ${body}`);
				response.end('there');
			});
		});
		for (const status of [307, 308]) {
			const port = await plain((request, response) => {
				const to = request.url === '/a' ? '/b' : `http://127.0.0.1:${end}/c`;
				if (request.url === '/b') seen.push(request.headers.authorization ?? 'no key');
				response.writeHead(status, { location: to }).end();
			});
			assert.equal((await ask(`http://127.0.0.1:${port}/a`, {}, { authorization: 'Bearer sk-secret' })).body, 'there');
		}
		assert.deepEqual(seen, ['Bearer sk-secret', 'no key {"a":1}', 'Bearer sk-secret', 'no key {"a":1}']);
	});

	it('does not go round in circles, nor from TLS to none, nor elsewhere with 302', async () => {
		let count = 0;
		const port = await plain((request, response) => {
			count++;
			response.writeHead(request.url === '/found' ? 302 : 307, { location: '/again' }).end();
		});
		assert.equal((await ask(`http://127.0.0.1:${port}/`, {})).status, 307);
		assert.equal(count, 6);
		assert.equal((await ask(`http://127.0.0.1:${port}/found`, {})).status, 302);
		const file = path.join(folder, 'ca.pem');
		writeFileSync(file, certificate);
		const tls = await secure((_, response) => response.writeHead(308, { location: `http://127.0.0.1:${port}/` }).end());
		assert.equal((await ask(`https://localhost:${tls}/`, { SSL_CERT_FILE: file })).status, 308);
	});
});
