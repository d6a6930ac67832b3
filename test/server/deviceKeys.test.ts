import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { WebSocket } from 'ws';
import type { AppServerProcess } from '../support/appServerProcess.ts';
import { within } from '../support/deadline.ts';
import { type ServerFixture, serverFixture } from '../support/serverFixture.ts';
import { SocketClient } from '../support/socketClient.ts';

describe('device keys', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());
	const wanted = { accountUserId: 'user-1', clientId: 'client-1', protectionPolicy: 'allow_os_protected_nonextractable' };

	const payload = () => ({
		type: 'remoteControlClientConnection',
		nonce: 'n',
		audience: 'remote_control_client_websocket',
		sessionId: 's',
		targetOrigin: 'https://example.invalid',
		targetPath: '/x',
		accountUserId: 'user-1',
		clientId: 'client-1',
		tokenSha256Base64url: 'h',
		tokenExpiresAt: Math.floor(Date.now() / 1000) + 600,
		scopes: ['a'],
	});
	const folder = () => path.join(fixture.home.codexHome, 'tiller', 'device-keys');
	const start = async () => {
		fixture = await serverFixture();
		const server = fixture.start();
		await server.initialize();
		return server;
	};
	const reason = async (server: AppServerProcess, method: string, params: object) => {
		const { code, message } = await server.requestError(method, params);
		return `${code} ${message}`;
	};

	it('are made, published and used over stdio, and answer with every member', async () => {
		const server = await start();
		const made = await server.request('device/key/create', wanted);
		assert.deepEqual(Object.keys(made).toSorted(), ['algorithm', 'keyId', 'protectionClass', 'publicKeySpkiDerBase64']);
		assert.deepEqual([made.algorithm, made.protectionClass], ['ecdsa_p256_sha256', 'os_protected_nonextractable']);
		assert.deepEqual(await server.request('device/key/public', { keyId: made.keyId }), made);
		const wish = payload();
		const signed = await server.request('device/key/sign', { keyId: made.keyId, payload: wish });
		assert.deepEqual(Object.keys(signed).toSorted(), ['algorithm', 'protectionClass', 'signatureDerBase64', 'signedPayloadBase64']);
		assert.deepEqual([signed.algorithm, signed.protectionClass], ['ecdsa_p256_sha256', 'os_protected_nonextractable']);
		const key = createPublicKey({ key: Buffer.from(made.publicKeySpkiDerBase64, 'base64'), type: 'spki', format: 'der' });
		assert.equal(key.asymmetricKeyDetails?.namedCurve, 'prime256v1');
		const bytes = Buffer.from(signed.signedPayloadBase64, 'base64');
		assert.equal(verify('sha256', bytes, key, Buffer.from(signed.signatureDerBase64, 'base64')), true);
		assert.deepEqual(JSON.parse(bytes.toString()), wish);
		const other = await server.request('device/key/create', wanted);
		assert.notEqual(other.keyId, made.keyId);
		assert.notEqual(other.publicKeySpkiDerBase64, made.publicKeySpkiDerBase64);
		await server.close();
		const again = fixture.start();
		await again.initialize();
		assert.deepEqual(await again.request('device/key/public', { keyId: made.keyId }), made);
	});

	it('are made in hardware alone where the client does not allow another protection, and so not at all', async () => {
		const server = await start();
		for (const protectionPolicy of [undefined, null, 'hardware_only'])
			assert.match(await reason(server, 'device/key/create', { ...wanted, protectionPolicy }), /no hardware-protected keys/);
		for (const protectionPolicy of ['none', 'allow', 1, ''])
			assert.match(
				await reason(server, 'device/key/create', { ...wanted, protectionPolicy }),
				/^-32\d+ .*(?:protectionPolicy|unknown variant|expected)/,
			);
		assert.equal(existsSync(folder()), false);
	});

	it('are for an account and a client, which must be named', async () => {
		const server = await start();
		for (const name of ['accountUserId', 'clientId']) {
			for (const value of ['', ' ']) assert.match(await reason(server, 'device/key/create', { ...wanted, [name]: value }), new RegExp(name));
			assert.match(await reason(server, 'device/key/create', { ...wanted, [name]: undefined }), new RegExp(`^-32\\d+ .*${name}`));
		}
		assert.equal(existsSync(folder()), false);
	});

	it('sign nothing but their own payload, whole and for whom they were made', async () => {
		const server = await start();
		const { keyId } = await server.request('device/key/create', wanted);
		const sign = (change: object) => reason(server, 'device/key/sign', { keyId, payload: { ...payload(), ...change } });
		for (const name of Object.keys(payload())) assert.match(await sign({ [name]: undefined }), new RegExp(`^-32\\d+ .*${name}`), name);
		for (const type of ['raw', 'remoteControl', '']) assert.match(await sign({ type }), /^-32/);
		for (const each of ['aGVsbG8=', [1, 2], null, { bytes: 'aGVsbG8=' }])
			assert.match(await reason(server, 'device/key/sign', { keyId, payload: each }), /^-32\d+ .*payload/);
		assert.match(await sign({ audience: 'anybody' }), /^-32\d+ .*unknown variant `anybody`/);
		assert.match(await sign({ accountUserId: 'user-2' }), /another account or client/);
		assert.match(await sign({ clientId: 'client-2' }), /another account or client/);
		assert.match(await sign({ tokenExpiresAt: Math.floor(Date.now() / 1000) - 1 }), /has expired/);
		assert.match(await sign({ tokenExpiresAt: 'soon' }), /^-32\d+ .*tokenExpiresAt/);
	});

	it('that are not there, or damaged, are named so, by no path', async () => {
		const server = await start();
		const unknown = 'dk_00000000-0000-4000-8000-000000000000';
		for (const keyId of [unknown, '../../auth', '']) {
			assert.match(await reason(server, 'device/key/public', { keyId }), /no device key/);
			assert.match(await reason(server, 'device/key/sign', { keyId, payload: payload() }), /no device key/);
		}
		const { keyId } = await server.request('device/key/create', wanted);
		writeFileSync(path.join(folder(), `${keyId}.json`), '{');
		assert.match(await reason(server, 'device/key/public', { keyId }), /damaged/);
	});

	it('are refused over a socket before anything is touched', async () => {
		fixture = await serverFixture();
		const socket = path.join(fixture.home.root, 's.sock');
		const server = fixture.start({ args: ['app-server', '--listen', `unix://${socket}`] });
		await server.waitUntilReady(() => /listening/.test(server.stderr));
		const client = await SocketClient.connect(socket);
		for (const [method, params] of [
			['device/key/create', wanted],
			['device/key/public', { keyId: 'x' }],
			['device/key/sign', { keyId: 'x', payload: payload() }],
		] as const)
			await assert.rejects(client.request(method, params), /device keys are not available over/);
		assert.equal(existsSync(folder()), false);
		await client.close();
	});

	it('are refused over a websocket before anything is touched', async () => {
		fixture = await serverFixture();
		const server = fixture.start({ args: ['app-server', '--listen', 'ws://127.0.0.1:0'] });
		await server.waitUntilReady(() => /listening/.test(server.stderr));
		const socket = new WebSocket(/ws:\/\/127\.0\.0\.1:\d+/.exec(server.stderr)?.[0] ?? '');
		await within('the upgrade', new Promise((resolve) => socket.once('open', resolve)));
		const ask = async (message: object): Promise<{ readonly error?: { readonly message: string } }> => {
			const answer = new Promise<string>((resolve) => socket.once('message', (data) => resolve(String(data))));
			socket.send(JSON.stringify(message));
			return JSON.parse(await within('an answer', answer));
		};
		await ask({ id: 1, method: 'initialize', params: { clientInfo: { name: 'x', version: '1' } } });
		const { error } = await ask({ id: 2, method: 'device/key/create', params: wanted });
		assert.match(error?.message ?? '', /websocket/);
		assert.equal(existsSync(path.join(fixture.home.codexHome, 'tiller', 'device-keys')), false);
		socket.terminate();
	});
});
