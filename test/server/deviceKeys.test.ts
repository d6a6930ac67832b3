import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { WebSocket } from 'ws';
import { within } from '../support/deadline.ts';
import { type ServerFixture, serverFixture } from '../support/serverFixture.ts';

describe('device keys', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());
	const wanted = { accountUserId: 'user-1', clientId: 'client-1', protectionPolicy: 'allow_os_protected_nonextractable' };

	it('are made, published and used over stdio, and sign nothing but their own payload', async () => {
		fixture = await serverFixture();
		const server = fixture.start();
		await server.initialize();
		await assert.rejects(server.request('device/key/create', { accountUserId: 'user-1', clientId: 'client-1' }), /hardware/);
		await assert.rejects(server.request('device/key/create', { ...wanted, accountUserId: '' }), /accountUserId/);
		const made = await server.request('device/key/create', wanted);
		assert.equal(made.protectionClass, 'os_protected_nonextractable');
		assert.deepEqual(await server.request('device/key/public', { keyId: made.keyId }), made);
		const payload = {
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
		};
		const { signatureDerBase64, signedPayloadBase64 } = await server.request('device/key/sign', { keyId: made.keyId, payload });
		const key = createPublicKey({ key: Buffer.from(made.publicKeySpkiDerBase64, 'base64'), type: 'spki', format: 'der' });
		const signed = Buffer.from(signedPayloadBase64, 'base64');
		assert.equal(verify('sha256', signed, key, Buffer.from(signatureDerBase64, 'base64')), true);
		assert.deepEqual(JSON.parse(signed.toString()), payload);
		await assert.rejects(server.request('device/key/sign', { keyId: made.keyId, payload: { ...payload, type: 'raw' } }));
		await assert.rejects(
			server.request('device/key/sign', { keyId: made.keyId, payload: { ...payload, accountUserId: 'user-2' } }),
			/another account/,
		);
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
