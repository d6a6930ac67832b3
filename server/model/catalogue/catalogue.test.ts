import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { bundledModels, defaultModel, modelInfo, effortToSend } from './catalogue.ts';

/** As the release 0.171 has them: windows, usual effort, efforts, and the tier that clients choose. All of them have a fast tier. */
const RELEASE: readonly (readonly [string, number, number, string, string, string | null])[] = [
	['gpt-6.2-sol', 500_000, 872_000, 'low', 'low medium high xhigh max ultra', null],
	['gpt-6.2-astra', 272_000, 872_000, 'low', 'low medium high xhigh max ultra', null],
	['gpt-6-astra', 272_000, 872_000, 'low', 'low medium high xhigh max ultra', null],
	['gpt-6.1-sol', 500_000, 872_000, 'low', 'low medium high xhigh max ultra', null],
	['gpt-6.1-terra', 500_000, 872_000, 'low', 'low medium high xhigh max ultra', null],
	['gpt-6-sol', 272_000, 872_000, 'medium', 'low medium high xhigh max ultra', 'priority'],
	['gpt-6-luna', 272_000, 872_000, 'medium', 'low medium high xhigh max', 'priority'],
	['gpt-5.6-sol', 272_000, 872_000, 'low', 'low medium high xhigh max ultra', null],
	['gpt-5.6-terra', 272_000, 872_000, 'medium', 'low medium high xhigh max ultra', null],
	['gpt-5.6-luna', 272_000, 872_000, 'medium', 'low medium high xhigh max', null],
	['gpt-5.5', 272_000, 272_000, 'medium', 'low medium high xhigh', null],
	['codex-auto-review', 272_000, 872_000, 'medium', 'low medium high xhigh max', null],
];

describe('the models that are known without asking', () => {
	it('are those of the newest release, with its facts', () => {
		const models = new Map(bundledModels('openai').map((model) => [model.slug, model]));
		const known = RELEASE.map(([slug]) => {
			const model = models.get(slug);
			assert.ok(model, slug);
			assert.deepEqual(
				[model.speedTiers, model.defaultVerbosity, model.toolOutputTokens, model.applyPatchTool],
				[['fast'], 'low', 10_000, 'freeform'],
				slug,
			);
			const efforts = model.supportedEfforts.map(({ effort }) => effort).join(' ');
			return [slug, model.contextWindow, model.maxContextWindow, model.defaultEffort, efforts, model.defaultServiceTier ?? null];
		});
		assert.deepEqual(known, RELEASE);
		assert.equal(defaultModel('openai'), 'gpt-6.2-sol');
		assert.deepEqual(
			[...models.values()].filter(({ isDefault }) => isDefault).map(({ slug }) => slug),
			['gpt-6.2-sol'],
		);
	});

	it('are asked for the effort that their provider knows, where `ultra` is chosen', () => {
		const sent = (slug: string, effort = 'ultra') => effortToSend(modelInfo(slug), effort);
		assert.deepEqual(
			['gpt-6.2-sol', 'gpt-6.2-astra', 'gpt-6.1-terra', 'gpt-6.1-sol', 'gpt-6-astra', 'gpt-5.5'].map((slug) => sent(slug)),
			Array.from({ length: 6 }, () => 'xhigh'),
		);
		assert.deepEqual(
			['gpt-6-sol', 'gpt-6-luna', 'gpt-5.6-sol', 'gpt-5.6-terra'].map((slug) => sent(slug)),
			Array.from({ length: 4 }, () => 'max'),
		);
		assert.deepEqual([sent('gpt-6.2-sol', 'max'), sent('gpt-6.2-sol', 'low'), sent('gpt-9.9-nova')], ['max', 'low', 'ultra']);
	});

	it('only name models that are known as what follows them', () => {
		for (const { slug, upgrade } of bundledModels('openai'))
			if (upgrade) assert.ok(modelInfo(upgrade.model).known, `${slug} leads to ${upgrade.model}`);
	});

	it('leave others a window with which a long thread is made shorter in time, and say that it is assumed', () => {
		const unknown = modelInfo('gpt-9.9-nova');
		assert.deepEqual([unknown.known, unknown.contextWindow, unknown.isWindowAssumed], [false, 128_000, true]);
		assert.equal(modelInfo('openai/gpt-6.2-sol-2026-11-01').contextWindow, 500_000);
	});
});
