import assert from 'node:assert/strict';
import { once } from 'node:events';
import fs from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { say } from '../support/model/fakeModelServer.ts';
import { type ServerFixture, serverFixture } from '../support/serverFixture.ts';

const KEY = 'sk-proj-abcdefghijklmnopqrstuvwxyz0123456789';

describe('feedback', () => {
	let fixture: ServerFixture;
	let receiver: http.Server | null = null;
	const received: string[] = [];
	let status = 200;
	afterEach(async () => {
		await fixture.dispose();
		receiver?.closeAllConnections();
		receiver?.close();
		receiver = null;
	});

	const setUp = async (config: (url: string) => string) => {
		fixture = await serverFixture([say('Hi.')]);
		received.splice(0);
		status = 200;
		receiver = http.createServer((request, response) => {
			const chunks: Buffer[] = [];
			request.on('data', (chunk: Buffer) => chunks.push(chunk));
			request.on('end', () => {
				received.push(Buffer.concat(chunks).toString());
				response.writeHead(status).end();
			});
		});
		receiver.listen(0, '127.0.0.1');
		await once(receiver, 'listening');
		const file = path.join(fixture.home.codexHome, 'config.toml');
		const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/feedback`;
		await fixture.home.config(`${await fs.readFile(file, 'utf8')}\n${config(url)}`);
		const server = fixture.start();
		await server.initialize();
		return server;
	};
	const toReceiver = (url: string) => `[tiller]\nfeedback_url = "${url}"\n`;

	it('is sent exactly as it was shown, with the log of the thread and without keys', async () => {
		const server = await setUp(toReceiver);
		const threadId = await server.startThread(fixture.home);
		await server.runTurn(threadId, 'hello');
		const extra = path.join(fixture.home.workspace, 'extra.log');
		await fs.writeFile(extra, `my key is ${KEY}`);
		const { preparedId, address, body } = await server.request('feedback/prepare', {
			classification: 'bug',
			reason: `It broke with ${KEY}.`,
			threadId,
			includeLogs: true,
			extraLogFiles: [extra, path.join(fixture.home.workspace, 'missing.log')],
			tags: { team: 'blue' },
		});
		assert.deepEqual(received, []);
		assert.match(address, /\/feedback$/);
		assert.deepEqual(await server.request('feedback/send', { preparedId }), { threadId });
		assert.deepEqual(received, [body]);
		const content = JSON.parse(body);
		assert.ok(!body.includes(KEY));
		assert.deepEqual([content.classification, content.tags, content.client.name], ['bug', { team: 'blue' }, 'tiller-test']);
		assert.deepEqual(
			content.files.map(({ name }: { name: string }) => name),
			['codex-logs.log', 'extra.log'],
		);
		assert.match(content.files[0].text, /DEBUG answered connection=1 method=turn\/start thread=/);
		assert.deepEqual(content.unreadable, [{ name: 'missing.log', reason: 'it is not there' }]);
		assert.match((await server.requestError('feedback/send', { preparedId })).message, /was sent already/);
	});

	it('can be tried again when it was not taken', async () => {
		const server = await setUp(toReceiver);
		const { preparedId } = await server.request('feedback/prepare', { classification: 'bug', includeLogs: false });
		status = 500;
		assert.match((await server.requestError('feedback/send', { preparedId })).message, /answered 500/);
		status = 204;
		await server.request('feedback/send', { preparedId });
		assert.equal(received.length, 2);
	});

	it('goes nowhere unless somebody names an address, and says so', async () => {
		const server = await setUp(() => '');
		const params = { classification: 'bug', includeLogs: false };
		assert.match((await server.requestError('feedback/upload', params)).message, /set tiller\.feedback_url/);
		assert.equal((await server.request('feedback/prepare', params)).address, null);
		assert.deepEqual(received, []);
	});

	it('is refused where it is switched off, and in a project that names an address', async () => {
		const server = await setUp((url) => `${toReceiver(url)}\n[feedback]\nenabled = false\n`);
		const failure = await server.requestError('feedback/upload', { classification: 'bug', includeLogs: false });
		assert.deepEqual([failure.code, received], [-32600, []]);
	});
});
