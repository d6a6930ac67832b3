import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

describe('what the configured provider can do', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	it('is told under both spellings, and nothing is promised that is not offered', async () => {
		fixture = await serverFixture();
		const server = fixture.start();
		await server.initialize();
		const capabilities = { namespaceTools: true, imageGeneration: false, webSearch: true };
		assert.deepEqual(await server.request('modelProvider/capabilities/read', {}), capabilities);
		const { modelProvider, listsModels, ...older } = await server.request('modelProvider/read', {});
		assert.deepEqual(older, capabilities);
		assert.equal(typeof modelProvider, 'string');
		// The fake model's provider has no list.
		assert.equal(listsModels, false);
	});

	it('is refused for a provider that does not exist', async () => {
		fixture = await serverFixture([], { model_provider: '"nobody"' });
		const server = fixture.start();
		await server.initialize();
		await assert.rejects(server.request('modelProvider/read', {}), /model_provider/);
	});
});
