import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { forOlderClient, isOlderClient } from './olderClient.ts';

describe('an answer for an older client', () => {
	it('is told by the name and the release of the client', () => {
		const clients = [
			['codex-tui', '0.130.0'],
			['codex-tui', '0.171.0'],
			['codex-tui', '0.171.1-alpha.2'],
			['tiller', '0.1.0'],
			['codex_vscode', '26.1.0'],
		] as const;
		assert.deepEqual(
			clients.map(([name, version]) => isOlderClient({ name, version })),
			[true, false, false, false, false],
		);
	});

	it('has no word that is new to it, and all else as it was', () => {
		const message = { type: 'userMessage', id: 'u', content: [{ type: 'text', text: 'max' }] };
		const agent = { type: 'collabAgentToolCall', id: 'c', tool: 'listAgents', reasoningEffort: 'ultra' };
		const answer = {
			data: [
				{
					supportedReasoningEfforts: [
						{ reasoningEffort: 'high', description: 'h' },
						{ reasoningEffort: 'max', description: 'm' },
					],
					defaultReasoningEffort: 'max',
				},
			],
			turns: [{ items: [message, { type: 'sleep', id: 's', durationMs: 1 }, agent] }],
			reasoningEffort: 'max',
			account: { planType: 'promax' },
			config: { web_search: 'indexed', apps: { mail: { default_tools_approval_mode: 'writes' } } },
			arguments: { effort: 'max', planType: 'promax' },
			nothing: null,
		};
		assert.deepEqual(forOlderClient(answer), {
			data: [{ supportedReasoningEfforts: [{ reasoningEffort: 'high', description: 'h' }], defaultReasoningEffort: 'xhigh' }],
			turns: [{ items: [message, { ...agent, tool: 'sendInput', reasoningEffort: 'xhigh' }] }],
			reasoningEffort: 'xhigh',
			account: { planType: 'unknown' },
			config: { web_search: 'cached', apps: { mail: { default_tools_approval_mode: 'prompt' } } },
			arguments: { effort: 'max', planType: 'promax' },
			nothing: null,
		});
	});
});
