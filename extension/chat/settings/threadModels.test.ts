import assert from 'node:assert/strict';
import type { Model } from '../../../server/protocol/account/model.ts';
import { ThreadModels } from './threadModels.ts';

describe('the models of a thread', () => {
	it('are those of its own provider', async () => {
		const configured = { provider: 'openai', models: [{ model: 'big' } as Model], named: [null] };
		let changed = () => {};
		const known = new Promise<void>((resolve) => {
			changed = resolve;
		});
		let asked = 0;
		const models = new ThreadModels({
			configured: () => configured,
			used: () => [],
			onChange: () => changed(),
			readLocal: async () => {
				asked++;
				return ['llama', 'qwen'];
			},
		});
		const names = (provider: string | null) => models.of(provider).map(({ model }) => model);
		assert.deepEqual([names(null), names('openai'), names('demo'), names('ollama')], [['big'], ['big'], [], []]);
		await known;
		assert.deepEqual(names('ollama'), ['llama', 'qwen']);
		assert.equal(asked, 1);
	});

	it('are those that the server lists for a provider that is not configured', async () => {
		const known = Promise.withResolvers<void>();
		const models = new ThreadModels({
			configured: () => ({ provider: 'openai', models: [], named: [] }),
			used: () => [],
			onChange: () => known.resolve(),
			readListed: (provider) => Promise.resolve([{ model: `${provider}-model` } as Model]),
		});
		assert.deepEqual(models.of('vscode'), []);
		await known.promise;
		assert.deepEqual(
			models.of('vscode').map(({ model }) => model),
			['vscode-model'],
		);
	});

	it('always have the one that is configured and those that were used, also when the provider names none', () => {
		const models = new ThreadModels({
			configured: () => ({ provider: 'own', models: [], named: ['gpt-mock', null] }),
			used: (provider) => (provider === 'own' ? ['other', 'gpt-mock'] : ['far']),
			onChange: () => {},
		});
		const names = (provider: string | null) => models.of(provider).map(({ model }) => model);
		assert.deepEqual([names(null), names('own'), names('elsewhere')], [['gpt-mock', 'other'], ['gpt-mock', 'other'], ['far']]);
	});
});
