import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { mcpApprovalAnswer, mcpApprovalOf } from './mcpApproval.ts';

const asked = {
	threadId: 't',
	turnId: 'u',
	serverName: 'files',
	mode: 'form',
	message: 'Allow the files MCP server to run tool "write "x""?',
	requestedSchema: { type: 'object', properties: {} },
} as const;

describe("leave for what an MCP server's tool does", () => {
	it('is told from a form', () => {
		assert.equal(mcpApprovalOf({ ...asked, _meta: null }), null);
		assert.equal(mcpApprovalOf({ ...asked, _meta: { codex_approval_kind: 'other' } }), null);
		const meta = {
			codex_approval_kind: 'mcp_tool_call',
			persist: ['always', 'session', 'never'],
			tool_description: 'Writes.',
			tool_params_display: [{ display_name: 'path', value: '/x' }, { display_name: 'n', value: 1 }, 'odd'],
		};
		assert.deepEqual(mcpApprovalOf({ ...asked, _meta: meta }), {
			threadId: 't',
			serverName: 'files',
			persist: ['session', 'always'],
			what: {
				type: 'call',
				tool: 'write "x"',
				description: 'Writes.',
				arguments: [
					{ name: 'path', value: '/x' },
					{ name: 'n', value: '1' },
					{ name: '', value: '' },
				],
			},
		});
		assert.deepEqual(mcpApprovalOf({ ...asked, _meta: { tiller_approval_kind: 'mcp_server_start', command: 'npx x', folder: '/ws' } })?.what, {
			type: 'start',
			command: 'npx x',
			folder: '/ws',
			plugin: null,
		});
		const ofPlugin = { tiller_approval_kind: 'mcp_server_start', command: 'npx x', folder: '/cache', plugin: 'notes@shop' };
		assert.deepEqual(mcpApprovalOf({ ...asked, _meta: ofPlugin })?.what, {
			type: 'start',
			command: 'npx x',
			folder: '/cache',
			plugin: 'notes@shop',
		});
	});

	it('is given for as long as the person says', () => {
		const answer = (decision: 'accept' | 'acceptForSession' | 'acceptAlways' | 'decline') => mcpApprovalAnswer({ kind: 'mcpApproval', decision });
		assert.deepEqual(answer('accept'), { action: 'accept', content: {}, _meta: null });
		assert.deepEqual(answer('acceptForSession')._meta, { persist: 'session' });
		assert.deepEqual(answer('acceptAlways')._meta, { persist: 'always' });
		assert.equal(answer('decline').action, 'decline');
	});
});
