import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { keyVariable, knownProviders, providerId, providerPath, providerTable } from './knownProviders.ts';

describe('providers that can be set up', () => {
	it('each have an id of their own, and an address unless each person has another', () => {
		assert.equal(new Set(knownProviders.map(({ id }) => id)).size, knownProviders.length);
		for (const { id, baseUrl } of knownProviders) assert.ok(baseUrl === null ? id === 'azure' : URL.canParse(baseUrl), id);
	});
	it('get an id that no other has, from whatever name', () => {
		assert.equal(providerId('My Server!', new Set()), 'my-server');
		assert.equal(providerId('My Server', new Set(['my-server', 'my-server-2'])), 'my-server-3');
		assert.equal(providerId('日本', new Set()), 'provider');
	});
	it('are written under their id, whatever it is made of', () => {
		assert.equal(providerPath('my-own'), 'model_providers.my-own');
		assert.equal(providerPath('a.b'), 'model_providers."a.b"');
	});
	it('name a variable for their key, and never the key', () => {
		assert.equal(keyVariable('my-server-2'), 'TILLER_MY_SERVER_2_KEY');
		const own = { id: 'own', name: 'Own', baseUrl: 'http://h/v1', wireApi: 'chat', envKey: 'K' } as const;
		assert.deepEqual(providerTable(own), { name: 'Own', base_url: 'http://h/v1', wire_api: 'chat', env_key: 'K' });
		assert.deepEqual(providerTable({ ...own, envKey: null }), { name: 'Own', base_url: 'http://h/v1', wire_api: 'chat' });
	});
});
