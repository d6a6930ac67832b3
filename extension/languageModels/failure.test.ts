import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { failureReason, messagesOf } from './failure.ts';

const failed = (code: string, message: string, cause?: unknown) => Object.assign(new Error(message, { cause }), { code });

describe('a failure of a model of VS Code', () => {
	it('is known by its code', () => {
		assert.equal(failureReason(failed('NoPermissions', 'no')), 'consent');
		assert.equal(failureReason(failed('NotFound', 'gone')), 'notFound');
		assert.equal(failureReason(failed('Blocked', 'filtered')), 'blocked');
	});
	it('is known by its words, also those of its cause', () => {
		assert.equal(failureReason(failed('Blocked', 'You have exceeded your quota')), 'quota');
		assert.equal(failureReason(failed('Unknown', 'failed', new Error('429 too many requests'))), 'quota');
		assert.equal(failureReason(failed('Unknown', 'failed', new Error('the prompt exceeds the context window'))), 'tooLong');
		assert.equal(failureReason('odd'), 'other');
	});
	it('says each thing once', () => {
		assert.deepEqual(messagesOf(failed('Unknown', 'it failed: no route', new Error('no route'))), ['it failed: no route']);
		assert.deepEqual(messagesOf(failed('Unknown', 'it failed', new Error('no route'))), ['it failed', 'no route']);
		assert.deepEqual(messagesOf('odd'), ['odd']);
	});
});
