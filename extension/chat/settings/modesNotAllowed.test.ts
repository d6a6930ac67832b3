import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { modesNotAllowed } from './modesNotAllowed.ts';

describe('modes that an administrator does not allow', () => {
	const named = (limits: Parameters<typeof modesNotAllowed>[0]) => [...modesNotAllowed(limits)];
	it('are none where nothing is required', () => {
		assert.deepEqual(named(null), []);
		assert.deepEqual(named({ allowedApprovalPolicies: null, allowedSandboxModes: null }), []);
	});
	it('are those outside of the sandbox modes or the approval policies', () => {
		assert.deepEqual(named({ allowedApprovalPolicies: null, allowedSandboxModes: ['read-only', 'workspace-write'] }), ['fullAccess']);
		assert.deepEqual(named({ allowedApprovalPolicies: ['on-request'], allowedSandboxModes: null }), ['fullAccess']);
		assert.deepEqual(named({ allowedApprovalPolicies: ['never'], allowedSandboxModes: ['read-only'] }), ['readOnly', 'auto', 'fullAccess']);
	});
});
