import assert from 'node:assert/strict';
import { toCommandApproval, toFileChangeApproval } from './approvals.ts';

describe('a question to a person', () => {
	const command = (script: string, reason: string | null) =>
		toCommandApproval('t', {
			kind: 'command',
			turnId: 'u',
			askedAt: 1,
			question: { itemId: 'i', argv: ['sh', '-c', script], cwd: '/w', reason, actions: [], proposedPrefix: null, decisions: [{ type: 'accept' }] },
		} as unknown as Parameters<typeof toCommandApproval>[1]);

	it('says which characters of it cannot be seen, whatever client draws it', () => {
		assert.equal('reason' in command('ls', null), false);
		assert.equal(command('ls', 'To look.').reason, 'To look.');
		const note = 'Look closely: this holds characters that cannot be seen or change how the text reads';
		assert.equal(command('echo \u202egnirts', null).reason, `${note} (U+202E).`);
		assert.equal(command('ls', 'To \u200blook.').reason, `To ⟨U+200B⟩look. ${note} (U+200B).`);
		const change = { path: '/w/a\u2066.ts', kind: { type: 'add' as const }, diff: 'x\u{e0041}' };
		const asked = toFileChangeApproval('t', {
			kind: 'fileChange',
			turnId: 'u',
			askedAt: 1,
			question: { itemId: 'i', changes: [change], reason: null, grantRoot: null },
		} as unknown as Parameters<typeof toFileChangeApproval>[1]);
		assert.equal(asked.reason, `${note} (U+2066, U+E0041).`);
	});
});
