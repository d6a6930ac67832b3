import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { type Keyring, KeyringError } from '../../auth/keyring.ts';
import { CredentialFile, credentialKey, type McpCredentials } from './credentialFile.ts';
import { CredentialKeyring, PreferredCredentials } from './credentialKeyring.ts';

const server = { name: 'web', url: 'https://example.test/mcp' };
const credentials: McpCredentials = {
	serverName: server.name,
	serverUrl: server.url,
	clientId: 'client',
	clientSecret: null,
	accessToken: 'access',
	refreshToken: 'refresh',
	scopes: ['read', 'write'],
	expiresAt: 4_000_000_000_000,
};

describe('sign-ins to MCP servers in the keyring', () => {
	let home: string;
	let secrets: Map<string, string>;
	let runs: boolean;
	let told: string[];
	const keyring: Keyring = {
		get: async (place) => (check(), secrets.get(place.account) ?? null),
		set: async (place, secret) => (check(), void secrets.set(place.account, secret)),
		delete: async (place) => (check(), secrets.delete(place.account)),
	};
	const check = () => {
		if (!runs) throw new KeyringError('no keyring runs');
	};
	const file = () => path.join(home, '.credentials.json');

	beforeEach(() => {
		home = fs.mkdtempSync(path.join(os.tmpdir(), 'mcp-keyring-'));
		[secrets, runs, told] = [new Map(), true, []];
	});
	afterEach(() => fs.rmSync(home, { recursive: true }));

	it('are read back as they were, and in the form that other programs keep them in', async () => {
		const store = new CredentialKeyring(keyring);
		assert.equal(await store.load(server), null);
		await store.save(credentials);
		assert.deepEqual(await store.load(server), credentials);
		const secret: unknown = JSON.parse(secrets.get(credentialKey(server)) ?? '');
		assert.deepEqual(secret, {
			server_name: 'web',
			url: server.url,
			client_id: 'client',
			token_response: {
				access_token: 'access',
				token_type: 'bearer',
				expires_in: (secret as { token_response: { expires_in: number } }).token_response.expires_in,
				refresh_token: 'refresh',
				scope: 'read write',
			},
			expires_at: credentials.expiresAt,
		});
		assert.equal(await store.load({ ...server, url: 'https://other.test/mcp' }), null);
		assert.equal(await store.remove(server), true);
		assert.equal(await store.remove(server), false);
	});

	it('count as none when they are no such thing', async () => {
		const store = new CredentialKeyring(keyring);
		for (const secret of ['', 'x', '[]', '{}', '{"client_id":"c","token_response":{"access_token":7}}', '{"client_id":"c","token_response":null}']) {
			secrets.set(credentialKey(server), secret);
			assert.equal(await store.load(server), null, secret);
		}
	});

	it('do not go into a file when only the keyring may have them', async () => {
		runs = false;
		const store = new CredentialKeyring(keyring);
		await assert.rejects(store.save(credentials), /no keyring runs/);
		await assert.rejects(store.load(server), /no keyring runs/);
		assert.equal(fs.existsSync(file()), false);
	});

	it('go into the file where no keyring runs, and out of it once one does', async () => {
		const store = new PreferredCredentials(new CredentialKeyring(keyring), new CredentialFile(home), (message) => told.push(message));
		runs = false;
		await store.save(credentials);
		assert.deepEqual(await store.load(server), credentials);
		assert.match(told[0] ?? '', /kept in a file: no keyring runs/);
		runs = true;
		assert.deepEqual(await store.load(server), credentials);
		await store.save({ ...credentials, accessToken: 'newer' });
		assert.equal(fs.existsSync(file()), false);
		assert.equal((await store.load(server))?.accessToken, 'newer');
		assert.equal(await store.remove(server), true);
		assert.equal(await store.load(server), null);
		assert.equal(await store.remove(server), false);
	});
});
