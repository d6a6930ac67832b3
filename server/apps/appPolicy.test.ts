import assert from 'node:assert/strict';
import { appToolPolicy, isAppEnabled } from './appPolicy.ts';

const unknown = { destructive: null, openWorld: null };
const policy = (
	apps: Parameters<typeof appToolPolicy>[0],
	tool = 'read',
	hints: { destructive: boolean | null; openWorld: boolean | null } = unknown,
) => {
	const { isOffered, approval } = appToolPolicy(apps, { app: 'mail', tool, hints });
	return isOffered ? approval : 'off';
};

describe('what the configuration says of apps', () => {
	it('leaves them on when it says nothing', () => {
		assert.equal(policy(undefined), 'auto');
		assert.equal(isAppEnabled({}, 'mail'), true);
		assert.equal(isAppEnabled({}, 'constructor'), true);
	});

	it('the nearest word counts', () => {
		assert.equal(policy({ _default: { enabled: false } }), 'off');
		assert.equal(policy({ _default: { enabled: false }, mail: { enabled: true } }), 'auto');
		assert.equal(policy({ mail: { enabled: false, tools: { read: { enabled: true } } } }), 'off', 'an app that is off has no tools');
		assert.equal(policy({ mail: { default_tools_enabled: false } }), 'off');
		assert.equal(policy({ mail: { default_tools_enabled: false, tools: { read: { enabled: true, approval_mode: 'approve' } } } }), 'approve');
		assert.equal(policy({ mail: { default_tools_approval_mode: 'prompt', tools: { other: { approval_mode: 'approve' } } } }), 'prompt');
		assert.equal(policy({ mail: { tools: { read: { enabled: false } } } }), 'off');
	});

	it('what says nothing of itself counts as dangerous where that is switched off', () => {
		const harmless = { destructive: false, openWorld: false };
		assert.equal(policy({ mail: { destructive_enabled: false } }), 'off');
		assert.equal(policy({ mail: { open_world_enabled: false } }, 'read', { destructive: false, openWorld: true }), 'off');
		assert.equal(policy({ mail: { destructive_enabled: false, open_world_enabled: false } }, 'read', harmless), 'auto');
		assert.equal(policy({ _default: { destructive_enabled: false }, mail: { destructive_enabled: true } }), 'auto');
	});
});
