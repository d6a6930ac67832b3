import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { hintsOf, needsApproval } from './approvalNeed.ts';

describe('the approval of a call', () => {
	const asked = (mode: 'auto' | 'prompt' | 'writes' | 'approve', annotations: unknown, fullAccess = false) =>
		needsApproval({ mode, hints: hintsOf(annotations), fullAccess });

	it('of a tool that may write is asked for with `writes`, also with full access', () => {
		assert.deepEqual(
			[asked('writes', { readOnlyHint: true }), asked('writes', {}), asked('writes', { readOnlyHint: false }), asked('writes', null, true)],
			[false, true, true, true],
		);
		assert.equal(asked('writes', { readOnlyHint: true, destructiveHint: true }), true);
	});

	it('follows the other modes', () => {
		assert.deepEqual(
			[
				asked('approve', {}),
				asked('prompt', { readOnlyHint: true }, true),
				asked('auto', { readOnlyHint: true }),
				asked('auto', {}),
				asked('auto', {}, true),
			],
			[false, true, false, true, false],
		);
	});
});
