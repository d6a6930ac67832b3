import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { DeviceKeyError, DeviceKeys } from './deviceKeys.ts';

describe('device keys', () => {
	let home: string;
	let keys: DeviceKeys;
	const now = 1_800_000_000_000;
	const owner = { accountUserId: 'user-1', clientId: 'client-1' };
	const payload = { type: 'remoteControlClientConnection', ...owner, nonce: 'n', tokenExpiresAt: now / 1000 + 60 } as const;
	beforeEach(() => {
		home = fs.mkdtempSync(path.join(os.tmpdir(), 'tiller-device-keys-'));
		keys = new DeviceKeys({ home, now: () => now });
	});
	afterEach(() => fs.rmSync(home, { recursive: true, force: true }));
	const create = () => keys.create({ ...owner, policy: 'allow_os_protected_nonextractable' });
	const files = () => fs.readdirSync(path.join(home, 'tiller', 'device-keys'));

	it('are refused where only hardware will do, and for an empty account, before anything is written', () => {
		assert.throws(() => keys.create({ ...owner, policy: 'hardware_only' }), DeviceKeyError);
		assert.throws(() => keys.create({ accountUserId: ' ', clientId: 'c', policy: 'allow_os_protected_nonextractable' }), /accountUserId/);
		assert.equal(fs.existsSync(path.join(home, 'tiller')), false);
	});

	it('sign with the private half of the key that they publish, also after a restart', () => {
		const made = create();
		const later = new DeviceKeys({ home, now: () => now });
		assert.deepEqual(later.find(made.keyId), made);
		const { signature, signed } = later.sign(made.keyId, payload);
		const publicKey = createPublicKey({ key: made.publicKey, type: 'spki', format: 'der' });
		assert.equal(publicKey.asymmetricKeyDetails?.namedCurve, 'prime256v1');
		assert.equal(verify('sha256', signed, publicKey, signature), true);
		assert.deepEqual(JSON.parse(signed.toString()), payload);
	});

	it('lie in files of this user alone', function () {
		if (process.platform === 'win32') this.skip();
		create();
		const folder = path.join(home, 'tiller', 'device-keys');
		assert.equal(fs.statSync(folder).mode & 0o777, 0o700);
		assert.deepEqual(
			files().map((name) => fs.statSync(path.join(folder, name)).mode & 0o777),
			[0o600],
		);
	});

	it('sign nothing for another account or client, and nothing that has expired', () => {
		const { keyId } = create();
		for (const wrong of [{ accountUserId: 'user-2' }, { clientId: 'client-2' }, { tokenExpiresAt: now / 1000 }]) {
			assert.throws(() => keys.sign(keyId, { ...payload, ...wrong }), DeviceKeyError);
		}
	});

	it('are found by their id and by no path', () => {
		create();
		for (const keyId of ['dk_00000000-0000-4000-8000-000000000000', '../../auth', 'dk_../x', ''])
			assert.throws(() => keys.find(keyId), /no device key/);
	});

	it('say so when their file is damaged', () => {
		const { keyId } = create();
		fs.writeFileSync(path.join(home, 'tiller', 'device-keys', `${keyId}.json`), '{"accountUserId":"user-1"');
		assert.throws(() => keys.sign(keyId, payload), /damaged/);
	});
});
