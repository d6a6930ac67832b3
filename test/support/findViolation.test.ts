import assert from 'node:assert/strict';
import { findViolation } from './findViolation.ts';

describe('findViolation', () => {
	it('finds what the method table does not allow', () => {
		const asked = new Map([[1, 'thread/loaded/list']]);
		assert.equal(findViolation({ id: 1, result: { data: [], nextCursor: null } }, asked), null);
		assert.match(findViolation({ id: 1, result: { data: [5], nextCursor: null } }, asked) ?? '', /thread\/loaded\/list result: .*integer `5`/);
		assert.match(findViolation({ method: 'warning', params: { threadId: null } }, asked) ?? '', /warning params: .*missing field `message`/);
		assert.match(findViolation({ method: 'codex/event/x', params: {} }, asked) ?? '', /not in the method table/);
		assert.match(findViolation({ id: 0, method: 'item/fileChange/requestApproval', params: {} }, asked) ?? '', /missing field/);
	});
});
