import assert from 'node:assert/strict';
import type { ResponseItem } from '../items/responseItem.ts';
import { CallNames } from './callNames.ts';

describe('names of calls', () => {
	const call = (call_id: string, id?: string): ResponseItem => ({
		type: 'custom_tool_call',
		...(id === undefined ? {} : { id }),
		call_id,
		name: 'apply_patch',
		input: '',
	});
	const nameOf = (item: ResponseItem) => ('call_id' in item ? item.call_id : null);

	for (const [begin, end] of [
		['ctc_1', 'ctc_1'],
		['ctc_1', undefined],
		[undefined, 'ctc_1'],
	] as const) {
		it(`stay from the begin (item ${begin}) to the end (item ${end})`, () => {
			const names = new CallNames();
			assert.equal(nameOf(names.added(call('call_1', begin))), 'call_1');
			assert.equal(nameOf(names.done(call('call_1', end))), 'call_1');
		});
	}

	it('are different for calls of one response that are named alike, however their begins and ends mix', () => {
		const names = new CallNames();
		const first = nameOf(names.added(call('call_1', 'a')));
		const second = nameOf(names.added(call('call_1', 'b')));
		assert.notEqual(first, second);
		assert.equal(nameOf(names.done(call('call_1', 'b'))), second);
		assert.equal(nameOf(names.done(call('call_1', 'a'))), first);
	});

	it('are different for calls of later responses; what was not finished gives its name back', () => {
		const names = new CallNames();
		names.added(call('call_0', 'x'));
		names.done(call('call_1', 'a'));
		names.nextResponse();
		assert.notEqual(nameOf(names.done(call('call_1', 'a'))), 'call_1');
		assert.equal(nameOf(names.done(call('call_0', 'y'))), 'call_0');
	});
});
