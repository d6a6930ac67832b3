import assert from 'node:assert/strict';
import type { DynamicToolSpec } from '../store/dynamicToolSpec.ts';
import type { ToolContext } from './tool.ts';
import { toolFinder, toolSearch } from './toolSearch.ts';

const tool = (namespace: string, name: string, description: string): DynamicToolSpec => ({
	namespace,
	name,
	description,
	inputSchema: { type: 'object', properties: { city: { type: 'string' } } },
	deferLoading: true,
});
const specs = [
	tool('sky', 'forecast', 'Tells the weather of the next days.'),
	tool('sky', 'rainRadar', 'Shows where it rains now.'),
	tool('office', 'book_room', 'Books a meeting room.'),
	{ ...tool('office', 'offered', 'Weather, offered at once.'), deferLoading: false },
];

async function search(args: object) {
	const outcome = await toolSearch(specs)?.run(
		{ callId: 'c', name: 'tool_search', namespace: null, kind: 'search', input: JSON.stringify(args) },
		{} as ToolContext,
	);
	return (outcome?.found ?? []).map((spec) => (spec.type === 'namespace' ? [spec.name, ...spec.tools.map((each) => each.name)] : []));
}

describe('the search for tools', () => {
	it('is there only when there is something to find', () => {
		assert.equal(toolSearch([]), null);
		assert.equal(toolSearch([{ ...specs[0], deferLoading: false } as DynamicToolSpec]), null);
	});

	it('finds deferred tools by words of their name, description and arguments, best first', async () => {
		assert.deepEqual(await search({ query: 'weather forecast' }), [['sky', 'forecast']]);
		assert.deepEqual(await search({ query: 'radar' }), [['sky', 'rainRadar']]);
		assert.deepEqual(await search({ query: 'rooms' }), [['office', 'book_room']]);
		assert.equal((await search({ query: 'city' })).flat().length, 5);
		assert.equal((await search({ query: 'city', limit: 1 })).length, 1);
		assert.deepEqual(await search({ query: 'zebra' }), []);
	});

	it('is a function where the provider has none, and offers what it finds from then on', async () => {
		const found: string[] = [];
		const finder = toolFinder(specs, (tools) => found.push(...tools.map(({ namespace, name }) => `${namespace}.${name}`)));
		const run = (input: string) => finder?.run({ callId: 'c', name: 'find_tools', namespace: null, kind: 'function', input }, {} as ToolContext);
		const outcome = await run('{"query":"forecast"}');
		assert.deepEqual([found, outcome?.success], [['sky.forecast'], true]);
		assert.match(String(outcome?.output), /skyforecast: Tells the weather/);
		assert.match(String((await run('{"query":"zebra"}'))?.output), /No tool fits/);
		assert.equal((await run('{}'))?.success, false);
		assert.equal(
			toolFinder([], () => {}),
			null,
		);
	});

	it('says what is wrong with a bad call', async () => {
		const outcome = await toolSearch(specs)?.run(
			{ callId: 'c', name: 'tool_search', namespace: null, kind: 'search', input: '{"limit":"many"}' },
			{} as ToolContext,
		);
		assert.equal(outcome?.success, false);
	});
});
