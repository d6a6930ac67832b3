import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { AppServerProcess } from '../support/appServerProcess.ts';
import { certificate, certificateKey } from '../support/certificate.ts';
import { until } from '../support/deadline.ts';
import { chatgptToken, FakeIssuer } from '../support/model/fakeIssuer.ts';
import { say } from '../support/model/fakeModelServer.ts';
import { NamedProxy } from '../support/namedProxy.ts';
import { OtlpCollector } from '../support/otlpCollector.ts';
import { type ServerFixture, serverFixture } from '../support/serverFixture.ts';

const choice = { proxy: null, noProxy: [], strictTls: true, systemCertificates: false };
/** Names that nobody but a proxy can find. */
const named = (url: string, name: string) => url.replace('127.0.0.1', name);

describe('the settings of an editor for its network', () => {
	let fixture: ServerFixture;
	const stops: (() => Promise<unknown> | void)[] = [];
	const proxies: NamedProxy[] = [];
	beforeEach(async () => {
		fixture = await serverFixture(Array.from({ length: 8 }, () => say('Hello.')));
		for (let count = 0; count < 2; count++) proxies.push(await NamedProxy.start());
	});
	afterEach(async () => {
		await fixture.dispose();
		for (const stop of stops.splice(0)) await stop();
		for (const proxy of proxies.splice(0)) await proxy.stop();
	});
	const proxy = (index: number) => proxies[index] as NamedProxy;
	const start = async (network: object | null, env: Readonly<Record<string, string>> = {}): Promise<AppServerProcess> => {
		const server = fixture.start({ env });
		await server.initialize({ experimentalApi: true, ...(network === null ? {} : { network }) });
		return server;
	};
	const config = async (change: (text: string) => string) => {
		const file = path.join(fixture.home.codexHome, 'config.toml');
		await fixture.home.config(change(await readFile(file, 'utf8')));
	};
	const listening = async (server: http.Server | https.Server) => {
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		stops.push(() => (server.closeAllConnections(), server.close(), undefined));
		return (server.address() as AddressInfo).port;
	};
	/** The model behind TLS, with a certificate that nobody knows. */
	const secureModel = async () => {
		const port = await listening(
			https.createServer({ cert: certificate, key: certificateKey }, (request, response) => {
				const { method, headers } = request;
				const onward = http.request(`${new URL(fixture.model.url).origin}${request.url}`, { method, headers }, (answer) => {
					response.writeHead(answer.statusCode ?? 502, answer.headers);
					answer.pipe(response);
				});
				request.pipe(onward);
			}),
		);
		return (host: string) => config((text) => text.replace(/base_url = .*/, `base_url = "https://${host}:${port}/v1"`));
	};
	const turn = async (server: AppServerProcess, threadId: string) => (await server.runTurn(threadId, 'Hello')).status;

	it('lead every kind of request through its proxy, over the one of the environment, and through another one as soon as that is chosen', async () => {
		const issuer = await FakeIssuer.start();
		const collector = await OtlpCollector.start();
		stops.push(
			() => issuer.stop(),
			() => collector.stop(),
		);
		const other = await listening(http.createServer((_request, response) => response.writeHead(404).end()));
		await config((text) =>
			[
				`chatgpt_base_url = "http://chatgpt.test:${other}"`,
				text.replace(/base_url = "(.*)"/, (_, url: string) => `base_url = "${named(url, 'model.test')}"`),
				`[mcp_servers.web]\nurl = "http://mcp.test:${other}/mcp"`,
				'[analytics]\nenabled = true',
				`[otel]\nexporter = { otlp-http = { endpoint = "${named(collector.url('logs'), 'otel.test')}", protocol = "json" } }`,
				`[tiller]\nlogin_issuer = "${named(issuer.url, 'issuer.test')}"`,
			].join('\n'),
		);
		const server = await start({ ...choice, proxy: proxy(0).url });
		const askAll = async (through: NamedProxy) => {
			const { loginId } = await server.request('account/login/start', { type: 'chatgptDeviceCode' });
			await server.request('account/login/cancel', { loginId });
			const accessToken = chatgptToken();
			await server.request('account/login/start', { type: 'chatgptAuthTokens', accessToken, chatgptAccountId: 'ws-1' });
			await server.request('app/list', { forceRefetch: true }).catch(() => {});
			const threadId = await server.startThread(fixture.home);
			assert.equal(await turn(server, threadId), 'completed');
			await server.request('mcpServerStatus/list', {});
			await server.request('account/logout', undefined);
			const wanted = ['model.test', 'mcp.test', 'issuer.test', 'chatgpt.test', 'otel.test'];
			await until('all went through the proxy', () => wanted.every((host) => through.hosts.has(host)));
		};
		await askAll(proxy(0));
		assert.equal(proxy(1).hosts.size, 0);
		await server.request('network/set', { ...choice, proxy: proxy(1).url });
		await askAll(proxy(1));
		// What had begun before may have gone the old way; it is over now.
		for (const each of proxies) each.hosts.clear();
		await askAll(proxy(1));
		assert.deepEqual([...proxy(0).hosts], [], 'nothing goes the old way');
	});

	it('check certificates behind a proxy, unless that is switched off, and name the cause', async () => {
		const use = await secureModel();
		await use('model.test');
		const server = await start({ ...choice, proxy: proxy(0).url });
		const threadId = await server.startThread(fixture.home);
		const failed = await server.runTurn(threadId, 'Hello');
		assert.equal(failed.status, 'failed');
		assert.match(JSON.stringify(failed.error), /certificate/i);
		await server.request('network/set', { ...choice, proxy: proxy(0).url, strictTls: false });
		assert.equal(await turn(server, threadId), 'completed');
		await server.request('network/set', { ...choice, proxy: proxy(0).url });
		assert.equal(await turn(server, threadId), 'failed', 'no connection of before is used');
	});

	it('never switch checks off for what is reached directly', async () => {
		await (await secureModel())('localhost');
		const server = await start({ ...choice, noProxy: ['localhost'], strictTls: false });
		assert.equal(await turn(server, await server.startThread(fixture.home)), 'failed');
	});

	it('trust the authorities of the system, when they say so', async function () {
		// Elsewhere they are not in a folder that a variable names.
		if (process.platform !== 'linux') return this.skip();
		await (await secureModel())('localhost');
		const folder = path.join(fixture.home.root, 'authorities');
		await mkdir(folder);
		await writeFile(path.join(folder, 'ours.pem'), certificate);
		const server = await start(choice, { SSL_CERT_DIR: folder });
		const threadId = await server.startThread(fixture.home);
		assert.equal(await turn(server, threadId), 'failed');
		await server.request('network/set', { ...choice, systemCertificates: true });
		assert.equal(await turn(server, threadId), 'completed');
	});

	it('pass the proxy for what http.noProxy names, and say so of a proxy of another kind', async () => {
		const server = await start({ ...choice, proxy: proxy(0).url });
		assert.match((await server.requestError('network/set', { ...choice, proxy: 'http://' })).message, /`proxy` must be an address/);
		await config((text) => text.replace('127.0.0.1', 'model.test'));
		const threadId = await server.startThread(fixture.home);
		assert.equal(await turn(server, threadId), 'completed');
		await server.request('network/set', { ...choice, proxy: proxy(0).url, noProxy: ['*.test'] });
		assert.equal(await turn(server, threadId), 'failed', 'nobody else knows the name');
		await server.request('network/set', { ...choice, proxy: 'socks5://127.0.0.1:1' });
		assert.match(JSON.stringify((await server.runTurn(threadId, 'Hello')).error), /of a kind that is not known \(socks5/);
	});
});
