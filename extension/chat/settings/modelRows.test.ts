import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Model } from '../../../server/protocol/account/model.ts';
import type { ModelGroup } from './modelGroups.ts';
import { modelSections } from './modelRows.ts';

const facts = { contextWindow: 1000, supportsTools: null, price: null };
const model = (name: string, more: object = {}): Model =>
	({ model: name, displayName: name, inputModalities: ['text', 'image'], facts, ...more }) as Model;
const group = (provider: string, ...models: readonly Model[]): ModelGroup => ({ provider, name: provider.toUpperCase(), models, problem: null });

describe('the rows of the list of models', () => {
	const price = { input: 3, output: 15, cachedInput: null, currency: 'USD' };
	const groups = [
		group('a', model('one', { facts: { ...facts, price } }), model('two', { facts: { ...facts, supportsTools: false }, inputModalities: ['text'] })),
		group('b', model('one'), model('three', { facts: undefined, inputModalities: ['text'] })),
	];
	const sections = (favourites: readonly { provider: string; model: string }[] = [], prices = {}) =>
		modelSections({ groups, current: { provider: 'b', model: 'one' }, favourites, prices });

	it('begin with the provider of the thread, and tell models of one name apart', () => {
		assert.deepEqual(
			sections().groups.map(({ group: { provider }, rows }) => [
				provider,
				rows.map(({ model: name, isCurrent }) => `${name}${isCurrent ? '*' : ''}`),
			]),
			[
				['b', ['one*', 'three']],
				['a', ['one', 'two']],
			],
		);
	});
	it('have favourites at the top, once, and none of a provider that is not there', () => {
		const { favourites, groups: others } = sections([
			{ provider: 'a', model: 'one' },
			{ provider: 'gone', model: 'one' },
		]);
		assert.deepEqual(
			favourites.map(({ provider, model: name }) => [provider, name]),
			[['a', 'one']],
		);
		assert.deepEqual(
			others.map(({ rows }) => rows.length),
			[2, 1],
		);
	});
	it('say the person’s price before that of the provider, and limits only where somebody knows', () => {
		const rows = (prices: object) => sections([], prices).groups.flatMap(({ rows: each }) => each);
		const own = { input: 1, output: 2, currency: 'EUR' };
		assert.deepEqual(
			rows({ 'b/one': own }).map(({ price: shown }) => shown?.currency ?? null),
			['EUR', null, 'USD', null],
		);
		assert.deepEqual(
			rows({ one: own }).map(({ price: shown }) => shown?.currency ?? null),
			['EUR', null, 'EUR', null],
		);
		assert.deepEqual(
			rows({}).map(({ limits }) => limits),
			[[], [], [], ['noTools', 'noImages']],
		);
	});
});
