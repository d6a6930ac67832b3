import assert from 'node:assert/strict';
import { modeOf, policiesOf } from './approvalMode.ts';

describe('approval mode', () => {
	it('is found again in the policies it stands for', () => {
		for (const mode of ['readOnly', 'auto', 'fullAccess'] as const) {
			const policies = policiesOf(mode);
			assert.ok(policies !== null);
			assert.equal(modeOf(policies.approvalPolicy, policies.sandboxPolicy), mode);
		}
	});

	it('is custom for any other combination', () => {
		assert.equal(modeOf('never', { type: 'readOnly', networkAccess: false }), 'custom');
		assert.equal(policiesOf('custom'), null);
	});
});
