import assert from 'node:assert/strict';
import type { CommandExecutionRequestApprovalParams } from './approval.ts';
import { decisionsToOffer } from './approvalDecisions.ts';

const question: CommandExecutionRequestApprovalParams = { threadId: 't', turnId: 'u', itemId: 'i', startedAtMs: 0 };

describe('the answers that are offered for a command', () => {
	it('are those of the server, with a refusal that lets the turn go on before the one that ends it', () => {
		assert.deepEqual(decisionsToOffer({ ...question, availableDecisions: ['accept', 'cancel'] }), ['accept', 'decline', 'cancel']);
		assert.deepEqual(decisionsToOffer({ ...question, availableDecisions: ['accept', 'decline'] }), ['accept', 'decline']);
		assert.deepEqual(decisionsToOffer({ ...question, availableDecisions: ['accept'] }), ['accept', 'decline']);
	});

	it('are the usual ones where the server lists none, with the rule that it proposes', () => {
		const rule = { acceptWithExecpolicyAmendment: { execpolicy_amendment: ['npm', 'test'] } };
		assert.deepEqual(decisionsToOffer({ ...question, proposedExecpolicyAmendment: ['npm', 'test'] }), [
			'accept',
			'acceptForSession',
			rule,
			'decline',
			'cancel',
		]);
	});
});
