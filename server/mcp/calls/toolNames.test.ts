import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { modelNames } from './toolNames.ts';

const long = 'a_tool_with_a_very_long_name_that_goes_on_and_on_until_it_is_longer_than_is_allowed';

describe('names of tools for models', () => {
	it('have only characters that models take', () => {
		assert.deepEqual(modelNames([{ name: 'my.server', tools: ['with.dot', 'with-dash', 'mIxEd', ''] }])[0], [
			{ namespace: 'mcp__my_server__', name: 'with_dot' },
			{ namespace: 'mcp__my_server__', name: 'with_dash' },
			{ namespace: 'mcp__my_server__', name: 'mIxEd' },
			{ namespace: 'mcp__my_server__', name: '_' },
		]);
	});

	it('are different, and at most 64 characters long together', () => {
		const servers = [
			{ name: 'dash-ed', tools: ['a b', 'a.b', 'größe', 'grüße', '工具', '道具', long, `${long}2`] },
			{ name: 'dash_ed', tools: ['a b'] },
			{ name: 'x'.repeat(80), tools: ['short', long] },
			{ name: `${'x'.repeat(80)}y`, tools: ['short', long] },
			{ name: 'x'.repeat(51), tools: ['s'] },
		];
		const all = modelNames(servers).flat();
		assert.equal(new Set(all.map(({ namespace, name }) => `${namespace}.${name}`)).size, 14);
		for (const { namespace, name } of all) assert.match(`${namespace}${name}`, /^[A-Za-z0-9_]{1,64}$/);
		assert.deepEqual(modelNames(servers).flat(), all);
	});

	it('cannot be taken over by a server that is called as another one will be', () => {
		const own = { name: 'my-server', tools: ['act'] };
		const [squeezed] = modelNames([own, { name: 'my_server', tools: ['act'] }]);
		const taken = (squeezed?.[0]?.namespace ?? '').replace(/^mcp__|__$/g, '');
		const all = modelNames([own, { name: 'my_server', tools: ['act'] }, { name: taken, tools: ['act'] }]).flat();
		assert.equal(new Set(all.map(({ namespace }) => namespace)).size, 3);
	});

	it('of one tool do not change when another server comes', () => {
		const [alone] = modelNames([{ name: 'one', tools: ['a', 'b'] }]);
		assert.deepEqual(
			modelNames([
				{ name: 'one', tools: ['a', 'b'] },
				{ name: 'two', tools: ['a'] },
			])[0],
			alone,
		);
	});
});
