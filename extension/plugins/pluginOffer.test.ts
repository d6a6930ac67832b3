import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { PluginListResponse, PluginSummary } from '../../server/protocol/integrations/plugin.ts';
import { addedNames, groupOffers, leftovers } from './pluginOffer.ts';

const plugin = (id: string, installed: boolean): PluginSummary => ({
	...{ id, name: id, shareContext: null, source: { type: 'local', path: `/m/${id}` }, installed, enabled: installed },
	...{ installPolicy: 'AVAILABLE', authPolicy: 'ON_USE', availability: 'AVAILABLE', interface: null, keywords: [] },
});
const list: PluginListResponse = {
	marketplaces: [
		{ name: 'one', path: '/one', interface: null, plugins: [plugin('a@one', false), plugin('b@one', true)] },
		{ name: 'two', path: '/two', interface: null, plugins: [plugin('c@two', true)] },
	],
	marketplaceLoadErrors: [],
	featuredPluginIds: [],
};

describe('the list of plugins', () => {
	it('has the installed ones first, and no empty groups', () => {
		assert.deepEqual(
			groupOffers(list).map(({ marketplace, offers }) => [marketplace?.name ?? null, offers.map((offer) => offer.plugin.id)]),
			[
				[null, ['b@one', 'c@two']],
				['one', ['a@one']],
			],
		);
	});

	it('keeps plugins whose marketplace is gone', () => {
		const configured = { 'b@one': { enabled: true }, 'x@gone': { enabled: false }, 'y@gone': {}, odd: 7 };
		assert.deepEqual(leftovers(list, configured), [
			{ id: 'x@gone', enabled: false },
			{ id: 'y@gone', enabled: true },
		]);
		assert.deepEqual(leftovers(list, null), []);
		assert.deepEqual(addedNames({ b: {}, a: {} }), ['a', 'b']);
	});
});
