import assert from 'node:assert/strict';
import os from 'node:os';
import { describe, it } from 'mocha';
import { loadNativeKeyring, type NativeKeyring, SystemKeyring } from './keyring.ts';

/** A system with a keyring; `gate` is waited for before it answers. */
function system(gate: () => Promise<void> = () => Promise.resolve()) {
	const secrets = new Map<string, string>();
	let [running, most] = [0, 0];
	const during = async <T>(work: () => T): Promise<T> => {
		most = Math.max(most, ++running);
		try {
			await gate();
			return work();
		} finally {
			running--;
		}
	};
	const native: NativeKeyring = {
		AsyncEntry: class {
			readonly #key: string;
			constructor(service: string, account: string) {
				this.#key = `${service}/${account}`;
			}
			getPassword() {
				return during(() => secrets.get(this.#key) ?? null);
			}
			setPassword(secret: string) {
				return during(() => void secrets.set(this.#key, secret));
			}
			deleteCredential() {
				return during(() => secrets.delete(this.#key));
			}
		},
	};
	return { native, secrets, most: () => most };
}

const place = { service: 'Tiller', account: 'a' };

describe('the keyring of the system', () => {
	it('is loaded when it is needed, and keeps what it is given', async () => {
		const { native, secrets } = system();
		let loads = 0;
		const keyring = new SystemKeyring({ load: () => (loads++, native) });
		assert.equal(loads, 0);
		assert.equal(await keyring.get(place), null);
		await keyring.set(place, 'secret');
		assert.deepEqual([...secrets], [['Tiller/a', 'secret']]);
		assert.equal(await keyring.get(place), 'secret');
		assert.equal(await keyring.get({ ...place, account: 'b' }), null);
		assert.equal(await keyring.delete(place), true);
		assert.equal(await keyring.delete(place), false);
		assert.equal(loads, 1);
	});

	it('is asked one thing at a time', async () => {
		const { native, most } = system(() => new Promise((resolve) => setImmediate(resolve)));
		const keyring = new SystemKeyring({ load: () => native });
		await Promise.all(Array.from({ length: 20 }, (_, at) => keyring.set({ ...place, account: String(at) }, 'x')));
		assert.equal(most(), 1);
	});

	it('says why it cannot be used, and is tried again', async () => {
		let problem: Error | null = new Error('no bus');
		const { native } = system(() => (problem === null ? Promise.resolve() : Promise.reject(problem)));
		const keyring = new SystemKeyring({ load: () => native });
		await assert.rejects(keyring.get(place), { message: 'the keyring of this system cannot be used: no bus' });
		problem = null;
		assert.equal(await keyring.get(place), null);
	});

	it('that does not answer holds nobody up for longer than the limit, and everybody else not at all', async () => {
		const { promise, resolve } = Promise.withResolvers<void>();
		const { native } = system(() => promise);
		const keyring = new SystemKeyring({ load: () => native, timeoutMs: 10 });
		await assert.rejects(keyring.get(place), /did not answer within 0\.01 s/);
		await assert.rejects(keyring.get(place), /does not answer/);
		resolve();
		await new Promise((done) => setImmediate(done));
		assert.equal(await keyring.get(place), null);
	});

	it('is refused by name where the build has no module for it', async () => {
		const keyring = new SystemKeyring({ load: () => loadNativeKeyring(os.tmpdir()) });
		await assert.rejects(keyring.get(place), new RegExp(`no module for the keyring of ${process.platform}-${process.arch}`));
	});
});
