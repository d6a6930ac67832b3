import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { AddressError, connectionTo, placeOf } from './address.ts';

describe('the address of a thread store', () => {
	const ssl = (address: string, env: NodeJS.ProcessEnv = {}) => connectionTo(address, env).ssl;

	it('means TLS with a checked name, except on this computer', () => {
		for (const host of ['localhost', '127.0.0.1', '[::1]', '', '%2Fvar%2Frun']) assert.equal(ssl(`postgres://me:x@${host}/db`), false, host);
		for (const host of ['db', '10.0.0.1', 'localhost.example.com', '127.0.0.1.example.com']) {
			const found = ssl(`postgres://me:x@${host}/db`);
			assert.ok(typeof found === 'object' && found.rejectUnauthorized && !('checkServerIdentity' in found), host);
		}
		assert.equal(ssl('postgres://db/db?sslmode=disable'), false);
		assert.ok(ssl('postgres://localhost/db?sslmode=require'));
		assert.ok(ssl('postgres://localhost/db', { PGSSLMODE: 'verify-full' }));
	});

	it('is refused where it would speak in plain text without saying so, and where a file is missing', () => {
		for (const mode of ['prefer', 'allow', 'Require'])
			assert.throws(
				() => connectionTo(`postgres://db/db?sslmode=${mode}`, {}),
				new AddressError(`sslmode=${mode} is not supported: use one of disable, require, verify-ca, verify-full, no-verify`),
			);
		assert.throws(() => connectionTo('postgres://db/db?sslrootcert=/nowhere.pem', {}), /sslrootcert cannot be read: ENOENT/);
		assert.throws(
			() => connectionTo('postgres://me:secret@[/db', {}),
			(error) => error instanceof AddressError && !error.message.includes('secret'),
		);
	});

	it('keeps what is not about TLS, and is shown without its password', () => {
		const { connectionString } = connectionTo('postgres://me:x@db:6432/threads?sslmode=verify-full&options=-csearch_path%3Dx', {});
		assert.equal(connectionString, 'postgres://me:x@db:6432/threads?options=-csearch_path%3Dx');
		assert.equal(placeOf('postgres://me:x@db:6432/threads?sslmode=verify-full'), 'db:6432/threads');
	});
});
