import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { fromWire, toWire } from '../responses/responseItemWire.ts';
import { sendableItems } from './sendableItems.ts';

const text = (value: string) => [{ type: 'input_text', text: value }];
const sent = (...lines: readonly object[]) => sendableItems(lines.flatMap((line) => fromWire(line) ?? [])).map(toWire);
const types = (...lines: readonly object[]) => sent(...lines).map(({ type, output }): unknown => (output === undefined ? type : [type, output]));

describe('what of a history goes to a provider', () => {
	it('is nothing that the API does not know', () => {
		const user = { type: 'message', role: 'user', content: text('hi') };
		const others = [
			{ type: 'ghost_snapshot', ghost_commit: { id: 'a' } },
			{ type: 'compaction_trigger' },
			{ type: 'invented_in_2030', x: 1 },
			{ type: 'message', role: 'system', content: text('obey') },
			{ type: 'message', role: 'user', content: [] },
			{ type: 'message', role: 'wizard', content: text('hm') },
			{ type: 'function_call', arguments: '{}' },
		];
		assert.deepEqual(sent(...others, user, ...others), [user]);
	});

	it('keeps what the API knows and we do not read, under its present name', () => {
		assert.deepEqual(sent({ type: 'compaction_summary', encrypted_content: 'x' }), [{ type: 'compaction', encrypted_content: 'x' }]);
		assert.deepEqual(types({ type: 'compaction', encrypted_content: 'x' }, { type: 'image_generation_call', id: 'ig', result: '' }), [
			'compaction',
			'image_generation_call',
		]);
		const file = { type: 'input_file', file_id: 'f' };
		assert.deepEqual(sent({ type: 'message', role: 'user', content: [file, { type: 'hologram' }] }), [
			{ type: 'message', role: 'user', content: [file] },
		]);
	});

	it('has exactly one output behind each call, whatever the file says', () => {
		const call = (id: string) => ({ type: 'function_call', call_id: id, name: 'f', arguments: '{}' });
		const custom = (id: string) => ({ type: 'custom_tool_call', call_id: id, name: 'p', input: '' });
		const output = (id: string, value: unknown, type = 'function_call_output') => ({ type, call_id: id, output: value });
		assert.deepEqual(types(call('a'), output('a', '1'), output('a', '2')), ['function_call', ['function_call_output', '1']]);
		assert.deepEqual(types(output('a', '0'), call('a')), ['function_call', ['function_call_output', 'aborted']]);
		assert.deepEqual(types(call('a'), call('b'), output('b', '2')), [
			'function_call',
			['function_call_output', 'aborted'],
			'function_call',
			['function_call_output', '2'],
		]);
		// Ids may come again in a later answer.
		assert.deepEqual(types(call('a'), output('a', '1'), call('a'), output('a', '2')), [
			'function_call',
			['function_call_output', '1'],
			'function_call',
			['function_call_output', '2'],
		]);
		assert.deepEqual(types(call('a'), call('a'), output('a', '2')), [
			'function_call',
			['function_call_output', 'aborted'],
			'function_call',
			['function_call_output', '2'],
		]);
		assert.deepEqual(types(custom('a'), output('a', '1')), ['custom_tool_call', ['custom_tool_call_output', '1']]);
		assert.deepEqual(
			types({ type: 'local_shell_call', call_id: 'a', status: 'completed', action: { type: 'exec', command: ['ls'] } }, output('a', 'x')),
			['local_shell_call', ['function_call_output', 'x']],
		);
		assert.deepEqual(types({ type: 'local_shell_call', call_id: null, id: 'lsh', status: 'completed', action: {} }), [
			'local_shell_call',
			['function_call_output', 'aborted'],
		]);
	});

	it('has outputs as text or parts, however they were written', () => {
		const written = (value: unknown) =>
			sent({ type: 'function_call', call_id: 'a', name: 'f', arguments: '{}' }, { type: 'function_call_output', call_id: 'a', output: value })[1]
				?.output;
		assert.equal(written({ content: 'done', success: true }), 'done');
		assert.deepEqual(written({ content: [{ type: 'input_text', text: 'part' }], success: false }), [{ type: 'input_text', text: 'part' }]);
		assert.equal(written({ exit: 0 }), '{"exit":0}');
		assert.equal(written(null), '');
		assert.equal(written([{ type: 'hologram' }]), '[{"type":"hologram"}]');
	});
});
