import assert from 'node:assert/strict';
import type { DynamicToolSpec } from '../store/dynamicToolSpec.ts';
import type { ToolContext } from './tool.ts';
import { toolSearch } from './toolSearch.ts';

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

	it('says what is wrong with a bad call', async () => {
		const outcome = await toolSearch(specs)?.run(
			{ callId: 'c', name: 'tool_search', namespace: null, kind: 'search', input: '{"limit":"many"}' },
			{} as ToolContext,
		);
		assert.equal(outcome?.success, false);
	});
});
