import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { McpToolCallItem } from '../items/item.ts';
import { itemEntries, itemFromRecord, startedEntries } from './itemRecords.ts';

const item: McpToolCallItem = {
	type: 'mcpToolCall',
	id: 'call_1',
	server: 'rich server',
	tool: 'with.dot',
	arguments: { text: 'x', list: [1, { a: null }] },
	status: 'completed',
	result: { content: [{ type: 'hologram', data: 'x', _meta: { a: 1 } }], structuredContent: { n: 1 }, meta: { b: [2] }, isError: false },
	error: null,
	durationMs: 1234,
};
const read = (written: McpToolCallItem) => itemFromRecord(JSON.parse(JSON.stringify(itemEntries('turn', written)[0]?.payload)), () => 'next');

describe('records of calls of MCP tools', () => {
	it('give back what was written, with all members of the result', () => {
		const failed: McpToolCallItem = { ...item, status: 'failed', result: null, error: 'user rejected MCP tool call', durationMs: 3 };
		const wrong: McpToolCallItem = { ...item, status: 'failed', result: { content: [], structuredContent: null, meta: null, isError: true } };
		for (const each of [item, failed, wrong, { ...item, readOnly: true }, { ...failed, readOnly: false }])
			assert.deepEqual(read(each), { phase: 'itemCompleted', item: each });
	});

	it('tell of a call that had begun when the server ended', () => {
		const begun: McpToolCallItem = { ...item, status: 'inProgress', result: null, durationMs: null };
		const [entry] = startedEntries('turn', begun);
		assert.deepEqual(
			itemFromRecord(JSON.parse(JSON.stringify(entry?.payload)), () => 'next'),
			{ phase: 'itemStarted', item: begun },
		);
	});

	it('of other programs are read too', () => {
		const payload = {
			type: 'mcp_tool_call_end',
			call_id: 'c',
			invocation: { server: 's', tool: 't', arguments: {} },
			duration: { secs: 1, nanos: 500_000_000 },
		};
		const ok = itemFromRecord({ ...payload, result: { Ok: { content: [{ type: 'text', text: 'a' }] } } }, () => 'next');
		assert.deepEqual(ok?.item, {
			...item,
			id: 'c',
			server: 's',
			tool: 't',
			arguments: {},
			durationMs: 1500,
			result: { content: [{ type: 'text', text: 'a' }], structuredContent: null, meta: null, isError: false },
		});
		const err = itemFromRecord({ ...payload, result: { Err: 'no' } }, () => 'next');
		assert.equal(err?.item.type === 'mcpToolCall' && err.item.error, 'no');
	});
});
