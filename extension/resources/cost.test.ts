import assert from 'node:assert/strict';
import { costOf, readPrices } from './cost.ts';

const used = (model: string | null, inputTokens: number, cachedInputTokens: number, outputTokens: number, modelProvider = 'openai') => ({
	modelProvider,
	model,
	usage: { totalTokens: inputTokens + outputTokens, inputTokens, cachedInputTokens, outputTokens, reasoningOutputTokens: outputTokens },
});

describe('the cost of models', () => {
	const { prices } = readPrices({
		big: { input: 2, cachedInput: 0.5, output: 10 },
		plain: { input: 1, output: 4, currency: 'EUR' },
		'azure/big': { input: 3, output: 12 },
	});

	it('counts cached input at its own price, and reasoning as the output that it is', () => {
		assert.deepEqual(costOf([used('big', 1_000_000, 400_000, 100_000)], prices), {
			amounts: [{ currency: 'USD', amount: 1.2 + 0.2 + 1 }],
			unpriced: [],
		});
		assert.deepEqual(costOf([used('plain', 1_000_000, 400_000, 0)], prices).amounts, [{ currency: 'EUR', amount: 1 }]);
	});

	it('keeps currencies apart, prefers the price of the provider, and names what has no price', () => {
		const all = [
			used('big', 1_000_000, 0, 0, 'azure'),
			used('plain', 1_000_000, 0, 0),
			used('other', 5, 0, 5),
			used(null, 5, 0, 5),
			used('toString', 1, 0, 0),
		];
		assert.deepEqual(costOf(all, prices), {
			amounts: [
				{ currency: 'USD', amount: 3 },
				{ currency: 'EUR', amount: 1 },
			],
			unpriced: ['other', 'openai', 'toString'],
		});
	});

	it('takes only prices for prices', () => {
		const { prices: read, refused } = readPrices({
			a: { input: 1, output: 2 },
			b: { input: '1', output: 2 },
			c: 3,
			d: { input: 1, output: 2, currency: 'dollars' },
		});
		assert.deepEqual(Object.keys(read), ['a']);
		assert.deepEqual(refused, ['b', 'c', 'd']);
		assert.deepEqual(readPrices(null), { prices: {}, refused: [] });
	});
});
