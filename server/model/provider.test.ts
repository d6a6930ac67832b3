import assert from 'node:assert/strict';
import { bundledModels, defaultModel, modelInfo } from './catalogue/catalogue.ts';
import { resolveProviders } from './provider.ts';

describe('providers', () => {
	it('are the built-in ones and those of the configuration', () => {
		const { providers, problems } = resolveProviders({
			mine: {
				name: 'Mine',
				base_url: 'http://localhost:8000/v1/',
				env_key: 'MINE',
				request_max_retries: 0,
				http_headers: { a: 'b' },
				a_key_of_the_future: 1,
			},
		});
		assert.deepEqual(problems, []);
		assert.deepEqual([...providers.keys()].sort(), ['demo', 'lmstudio', 'mine', 'ollama', 'openai', 'vscode']);
		const mine = providers.get('mine');
		assert.equal(mine?.baseUrl, 'http://localhost:8000/v1');
		assert.deepEqual([mine?.envKey, mine?.requestMaxRetries, mine?.streamMaxRetries, mine?.httpHeaders], ['MINE', 0, 5, { a: 'b' }]);
	});

	const wrong: readonly (readonly [Record<string, unknown>, string, RegExp])[] = [
		[{ base_url: 'localhost:1' }, 'base_url', /http or https address.*"localhost:1"/],
		[{ base_url: 'http://x', request_max_retries: 'many' }, 'request_max_retries', /expected (int|number).*"many"/],
		[{ base_url: 'http://x', stream_max_retries: -1 }, 'stream_max_retries', /at least 0.*-1/],
		[{ base_url: 'http://x', wire_api: 'soap' }, 'wire_api', /"responses", "chat", "anthropic" or "gemini", found "soap"/],
		[{ base_url: 'http://x', http_headers: { a: 1 } }, 'http_headers.a', /expected string, found 1/],
		[{ name: 'x' }, 'base_url', /missing/],
		[{ base_url: 'http://x', auth: { command: ' ' } }, 'auth.command', /expected a program/],
		[{ base_url: 'http://x', auth: { args: [] } }, 'auth.command', /expected string, found nothing/],
		[{ base_url: 'http://x', auth: { command: 'x', timeout_ms: 0 } }, 'auth.timeout_ms', /at least 1.*0/],
		[{ base_url: 'http://x', auth: { command: 'x' }, env_key: 'K' }, 'auth', /cannot be combined with env_key/],
		[{ base_url: 'http://x', auth: { command: 'x' }, requires_openai_auth: true }, 'auth', /cannot be combined with requires_openai_auth/],
	];
	for (const [table, key, message] of wrong) {
		it(`with a wrong ${key} are left out, and the key and its value are named: ${JSON.stringify(table)}`, () => {
			const { providers, problems } = resolveProviders({ mine: table });
			assert.equal(providers.has('mine'), false);
			assert.equal(problems[0]?.path.join('.'), `model_providers.mine.${key}`);
			assert.match(problems[0]?.message ?? '', message);
		});
	}

	it('that are built in stay as they are', () => {
		const { providers, problems } = resolveProviders({ openai: { base_url: 'http://elsewhere' } });
		assert.equal(providers.get('openai')?.baseUrl, 'https://api.openai.com/v1');
		assert.match(problems[0]?.message ?? '', /built in/);
	});
});

describe('the catalogue', () => {
	it('has one default model for each list, and it is listed', () => {
		for (const id of ['openai', 'demo']) {
			assert.deepEqual(
				bundledModels(id).flatMap((model) => (model.isDefault ? [model.slug] : [])),
				[defaultModel(id)],
			);
		}
	});

	it('knows a model by its dated name and with its maker in front', () => {
		for (const slug of ['gpt-5.4', 'gpt-5.4-2026-03-05', 'openai/gpt-5.4']) {
			const info = modelInfo(slug);
			assert.deepEqual([info.slug, info.contextWindow, info.defaultEffort, info.known], [slug, 272_000, 'xhigh', true]);
		}
	});

	it('knows a variant by the model that its name begins with', () => {
		const facts = (slug: string) => [modelInfo(slug).known, modelInfo(slug).contextWindow, modelInfo(slug).supportedEfforts];
		assert.deepEqual(facts('gpt-5.2-codex'), facts('gpt-5.2'));
		assert.deepEqual(facts('openai/gpt-5.4-mini-fast-2026-01-02'), facts('gpt-5.4-mini'));
		assert.equal(modelInfo('gpt-5.2-codex').slug, 'gpt-5.2-codex');
		for (const slug of ['gpt-5.25', 'gpt-5', 'gpt', '-', '']) assert.equal(modelInfo(slug).known, false, slug);
	});

	it('assumes nothing of an unknown model that it might refuse', () => {
		const info = modelInfo('llama-9:7b');
		assert.deepEqual(
			[info.known, info.defaultEffort, info.defaultVerbosity, info.supportsParallelToolCalls, info.applyPatchTool],
			[false, null, null, false, 'function'],
		);
		assert.deepEqual([info.contextWindow, info.isWindowAssumed], [128_000, true], 'but a window, so that long threads are compacted');
		assert.deepEqual(
			['gpt-6.2-sol', 'gpt-6.2-astra', 'gpt-5.5'].map((slug) => [modelInfo(slug).contextWindow, modelInfo(slug).isWindowAssumed]),
			[
				[500_000, undefined],
				[272_000, undefined],
				[272_000, undefined],
			],
		);
	});
});
