import assert from 'node:assert/strict';
import type { RequestDefinition } from './define.ts';
import { findExperimental } from './findExperimental.ts';
import type { ClientMethod } from '../methods.ts';
import { clientRequests } from '../methods.ts';

function gate(method: ClientMethod, params: unknown): string | null {
	const definition: RequestDefinition = clientRequests[method];
	return findExperimental(definition, definition.params.parse(params));
}

const granular = { granular: { sandbox_approval: true, rules: true, mcp_elicitations: true } };

describe('findExperimental', () => {
	it('names an experimental method', () => {
		assert.equal(gate('mock/experimentalMethod', {}), 'mock/experimentalMethod');
		assert.equal(gate('thread/turns/list', { threadId: 't' }), 'thread/turns/list');
	});

	it('names an experimental member of a stable method', () => {
		assert.equal(gate('thread/start', { mockExperimentalField: 'x' }), 'thread/start.mockExperimentalField');
		assert.equal(gate('thread/start', { experimentalRawEvents: true }), 'thread/start.experimentalRawEvents');
		assert.equal(gate('thread/start', { persistExtendedHistory: true }), 'thread/start.persistFullHistory');
		assert.equal(
			gate('turn/start', { threadId: 't', input: [], collaborationMode: { mode: 'plan', settings: { model: 'm' } } }),
			'turn/start.collaborationMode',
		);
	});

	it('counts an empty list as used, but not null or false', () => {
		assert.equal(gate('thread/start', { dynamicTools: [] }), 'thread/start.dynamicTools');
		assert.equal(gate('thread/start', { dynamicTools: null, experimentalRawEvents: false, persistExtendedHistory: false }), null);
	});

	it('names an experimental variant, wherever it is', () => {
		assert.equal(gate('thread/start', { approvalPolicy: granular }), 'askForApproval.granular');
		assert.equal(gate('turn/start', { threadId: 't', input: [], approvalPolicy: granular }), 'askForApproval.granular');
		assert.equal(gate('thread/start', { approvalPolicy: 'on-request' }), null);
		assert.equal(
			gate('account/login/start', { type: 'chatgptAuthTokens', accessToken: 'a', chatgptAccountId: 'b' }),
			'account/login/start.chatgptAuthTokens',
		);
		assert.equal(gate('account/login/start', { type: 'apiKey', apiKey: 'k' }), null);
	});

	it('lets command/exec through, but not with a permission profile', () => {
		assert.equal(gate('command/exec', { command: ['ls'], sandboxPolicy: { type: 'readOnly' } }), null);
		assert.equal(gate('command/exec', { command: ['ls'], permissionProfile: { type: 'disabled' } }), 'command/exec.permissionProfile');
	});

	it('names the permission selection of all thread and turn requests', () => {
		const permissions = { type: 'profile', id: 'p' };
		assert.equal(gate('thread/start', { permissions }), 'thread/start.permissions');
		assert.equal(gate('thread/resume', { threadId: 't', permissions }), 'thread/resume.permissions');
		assert.equal(gate('thread/fork', { threadId: 't', permissions }), 'thread/fork.permissions');
		assert.equal(gate('turn/start', { threadId: 't', input: [], permissions }), 'turn/start.permissions');
	});
});
