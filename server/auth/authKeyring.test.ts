import assert from 'node:assert/strict';
import { AuthKeyring, PreferredAuthStore } from './authKeyring.ts';
import { MemoryAuthStore } from './authStore.ts';
import { type Keyring, KeyringError, type KeyringPlace } from './keyring.ts';

const HOME = '/no/such/home';
const table = { auth_mode: 'apikey', OPENAI_API_KEY: 'sk-kept' };

describe('a sign-in in the keyring', () => {
	let secrets: Map<string, string>;
	let isLocked: boolean;
	const use = <T>(work: () => T): Promise<T> => (isLocked ? Promise.reject(new KeyringError('it is locked')) : Promise.resolve(work()));
	const key = ({ service, account }: KeyringPlace) => `${service}/${account}`;
	const keyring: Keyring = {
		get: (place) => use(() => secrets.get(key(place)) ?? null),
		set: (place, secret) => use(() => void secrets.set(key(place), secret)),
		delete: (place) => use(() => secrets.delete(key(place))),
	};
	beforeEach(() => {
		secrets = new Map();
		isLocked = false;
	});

	it('has a place of its own for each home, and is there for the next program', async () => {
		await new AuthKeyring(keyring, HOME).write(table);
		assert.match([...secrets.keys()].join(), /^Codex Auth\/cli\|[0-9a-f]{16}$/);
		const next = new AuthKeyring(keyring, HOME);
		await next.load();
		assert.deepEqual(next.read(), table);
		const other = new AuthKeyring(keyring, '/another/home');
		await other.load();
		assert.deepEqual(other.read(), {});
		await next.clear();
		assert.equal(secrets.size, 0);
	});

	it('is refused in words while the keyring cannot be used', async () => {
		isLocked = true;
		const store = new AuthKeyring(keyring, HOME);
		await store.load();
		assert.deepEqual([store.read(), store.problem()], [{}, 'it is locked']);
		await assert.rejects(store.write(table), /it is locked.*cli_auth_credentials_store = "file"/);
	});

	it('lies in the file where there is no keyring, and never in both', async () => {
		const file = new MemoryAuthStore();
		const told: string[] = [];
		const store = new PreferredAuthStore(new AuthKeyring(keyring, HOME), file, (message) => told.push(message));
		isLocked = true;
		await store.write(table);
		assert.deepEqual([file.read(), store.read(), told.length], [table, table, 1]);
		isLocked = false;
		await store.write({ ...table, OPENAI_API_KEY: 'sk-next' });
		assert.deepEqual([file.read(), store.read()['OPENAI_API_KEY']], [{}, 'sk-next']);
	});
});
